// Written by scripts/generate-schemas.py; do not edit.

/// The types of Kubernetes' API; docs/schemas.md describes the format.
let builtInSchemas: StaticString = #"""
    V 1.36
    E FQDN,IPv4,IPv6
    E Never,PreemptLowerPriority
    E Delete,Recycle,Retain
    E Immediate,WaitForFirstConsumer
    E Fail,Ignore
    E IfNeeded,Never
    E Equivalent,Exact
    E None,NoneOnDryRun,Some,Unknown
    E Audit,Deny,Warn
    E OrderedReady,Parallel
    E Allow,Forbid,Replace
    E Indexed,NonIndexed
    E Failed,TerminatingOrFailed
    E any,cert sign,client auth,code signing,content commitment,crl sign,data encipherment,decipher only,digital signature,email protection,encipher only,ipsec end system,ipsec tunnel,ipsec user,key agreement,key encipherment,microsoft sgc,netscape sgc,ocsp signing,s/mime,server auth,signing,timestamping
    E Active,Terminating
    E Pending,Running,Terminated
    E ReadOnlyMany,ReadWriteMany,ReadWriteOnce,ReadWriteOncePod
    E Block,Filesystem
    E Available,Bound,Failed,Pending,Released
    E ControllerResizeInProgress,ControllerResizeInfeasible,NodeResizeInProgress,NodeResizeInfeasible,NodeResizePending
    E Bound,Lost,Pending
    E ClusterFirst,ClusterFirstWithHostNet,Default,None
    E Always,Never,OnFailure
    E Failed,Pending,Running,Succeeded,Unknown
    E BestEffort,Burstable,Guaranteed
    E BestEffort,CrossNamespacePodAffinity,NotBestEffort,NotTerminating,PriorityClass,Terminating,VolumeAttributesClass
    E Cluster,Local
    E ,IPv4,IPv6
    E PreferDualStack,RequireDualStack,SingleStack
    E ClientIP,None
    E ClusterIP,ExternalName,LoadBalancer,NodePort
    E SCTP,TCP,UDP
    E Egress,Ingress
    E AlwaysAllow,IfHealthyBudget
    E ApplyConfiguration,JSONPatch
    E *,CONNECT,CREATE,DELETE,UPDATE
    E *,Cluster,Namespaced
    E Allow,Deny
    E OnDelete,RollingUpdate
    E Recreate,RollingUpdate
    E NoExecute,NoSchedule,PreferNoSchedule
    E None,ReadOnly,ReadWrite
    E Dedicated,Managed,Shared
    E ,BlockDevice,CharDevice,Directory,DirectoryOrCreate,File,FileOrCreate,Socket
    E InProgress,Infeasible,Pending
    E Always,IfNotPresent,Never
    E FallbackToLogsOnError,File
    E Always,OnRootMismatch
    E Merge,Strict
    E Equal,Exists,Gt,Lt
    E Honor,Ignore
    E DoNotSchedule,ScheduleAnyway
    E SIGABRT,SIGALRM,SIGBUS,SIGCHLD,SIGCLD,SIGCONT,SIGFPE,SIGHUP,SIGILL,SIGINT,SIGIO,SIGIOT,SIGKILL,SIGPIPE,SIGPOLL,SIGPROF,SIGPWR,SIGQUIT,SIGRTMAX,SIGRTMAX-1,SIGRTMAX-10,SIGRTMAX-11,SIGRTMAX-12,SIGRTMAX-13,SIGRTMAX-14,SIGRTMAX-2,SIGRTMAX-3,SIGRTMAX-4,SIGRTMAX-5,SIGRTMAX-6,SIGRTMAX-7,SIGRTMAX-8,SIGRTMAX-9,SIGRTMIN,SIGRTMIN+1,SIGRTMIN+10,SIGRTMIN+11,SIGRTMIN+12,SIGRTMIN+13,SIGRTMIN+14,SIGRTMIN+15,SIGRTMIN+2,SIGRTMIN+3,SIGRTMIN+4,SIGRTMIN+5,SIGRTMIN+6,SIGRTMIN+7,SIGRTMIN+8,SIGRTMIN+9,SIGSEGV,SIGSTKFLT,SIGSTOP,SIGSYS,SIGTERM,SIGTRAP,SIGTSTP,SIGTTIN,SIGTTOU,SIGURG,SIGUSR1,SIGUSR2,SIGVTALRM,SIGWINCH,SIGXCPU,SIGXFSZ
    E NoExecute,NoSchedule,None
    E Count,FailIndex,FailJob,Ignore
    E Default,Unmasked
    E Bidirectional,HostToContainer,None
    E Localhost,RuntimeDefault,Unconfined
    E DoesNotExist,Exists,In,NotIn
    E All,ExactCount
    E In,NotIn
    E HTTP,HTTPS
    E Exact,ImplementationSpecific,Prefix
    E FromClaim,FromClass
    E DoesNotExist,Exists,Gt,In,Lt,NotIn
    E Equal,Exists
    E FieldValueDuplicate,FieldValueForbidden,FieldValueInvalid,FieldValueRequired
    T 0 admissionregistration.v1.MutatingAdmissionPolicy @admissionregistration.k8s.io/v1:MutatingAdmissionPolicy 0apiVersion:s 0kind:s +metadata:#104; +spec:#105;
    T 1 admissionregistration.v1.MutatingAdmissionPolicyBinding @admissionregistration.k8s.io/v1:MutatingAdmissionPolicyBinding 0apiVersion:s 0kind:s +metadata:#104; +spec:#106;
    T 2 admissionregistration.v1.MutatingWebhookConfiguration @admissionregistration.k8s.io/v1:MutatingWebhookConfiguration 0apiVersion:s 0kind:s +metadata:#104; webhooks:[mname;#107;
    T 3 admissionregistration.v1.ValidatingAdmissionPolicy @admissionregistration.k8s.io/v1:ValidatingAdmissionPolicy 0apiVersion:s 0kind:s +metadata:#104; +spec:#108; +status:#109;
    T 4 admissionregistration.v1.ValidatingAdmissionPolicyBinding @admissionregistration.k8s.io/v1:ValidatingAdmissionPolicyBinding 0apiVersion:s 0kind:s +metadata:#104; !+spec:#110;
    T 5 admissionregistration.v1.ValidatingWebhookConfiguration @admissionregistration.k8s.io/v1:ValidatingWebhookConfiguration 0apiVersion:s 0kind:s +metadata:#104; webhooks:[mname;#111;
    T 6 admissionregistration.v1alpha1.MutatingAdmissionPolicy @admissionregistration.k8s.io/v1alpha1:MutatingAdmissionPolicy 0apiVersion:s 0kind:s +metadata:#104; +spec:#112;
    T 7 admissionregistration.v1alpha1.MutatingAdmissionPolicyBinding @admissionregistration.k8s.io/v1alpha1:MutatingAdmissionPolicyBinding 0apiVersion:s 0kind:s +metadata:#104; +spec:#113;
    T 8 admissionregistration.v1beta1.MutatingAdmissionPolicy @admissionregistration.k8s.io/v1beta1:MutatingAdmissionPolicy 0apiVersion:s 0kind:s +metadata:#104; +spec:#114;
    T 9 admissionregistration.v1beta1.MutatingAdmissionPolicyBinding @admissionregistration.k8s.io/v1beta1:MutatingAdmissionPolicyBinding 0apiVersion:s 0kind:s +metadata:#104; +spec:#115;
    T 10 apiserverinternal.v1alpha1.StorageVersion @internal.apiserver.k8s.io/v1alpha1:StorageVersion 0apiVersion:s 0kind:s !+metadata:#104; +spec:#116; +status:#117;
    T 11 apps.v1.ControllerRevision @apps/v1:ControllerRevision 0apiVersion:s data:o 0kind:s +metadata:#104; !revision:l
    T 12 apps.v1.DaemonSet @apps/v1:DaemonSet 0apiVersion:s 0kind:s +metadata:#104; +spec:#118; +status:#119;
    T 13 apps.v1.Deployment @apps/v1:Deployment 0apiVersion:s 0kind:s +metadata:#104; +spec:#120; +status:#121;
    T 14 apps.v1.ReplicaSet @apps/v1:ReplicaSet 0apiVersion:s 0kind:s +metadata:#104; +spec:#122; +status:#123;
    T 15 apps.v1.StatefulSet @apps/v1:StatefulSet 0apiVersion:s 0kind:s +metadata:#104; +spec:#124; +status:#125;
    T 16 authentication.v1.SelfSubjectReview @authentication.k8s.io/v1:SelfSubjectReview 0apiVersion:s 0kind:s +metadata:#104; +status:#126;
    T 17 authentication.v1.TokenRequest @authentication.k8s.io/v1:TokenRequest 0apiVersion:s 0kind:s +metadata:#104; +spec:#127; +status:#128;
    T 18 authentication.v1.TokenReview @authentication.k8s.io/v1:TokenReview 0apiVersion:s 0kind:s +metadata:#104; !+spec:#129; +status:#130;
    T 19 authorization.v1.LocalSubjectAccessReview @authorization.k8s.io/v1:LocalSubjectAccessReview 0apiVersion:s 0kind:s +metadata:#104; !+spec:#131; +status:#132;
    T 20 authorization.v1.SelfSubjectAccessReview @authorization.k8s.io/v1:SelfSubjectAccessReview 0apiVersion:s 0kind:s +metadata:#104; !+spec:#133; +status:#132;
    T 21 authorization.v1.SelfSubjectRulesReview @authorization.k8s.io/v1:SelfSubjectRulesReview 0apiVersion:s 0kind:s +metadata:#104; !+spec:#134; +status:#135;
    T 22 authorization.v1.SubjectAccessReview @authorization.k8s.io/v1:SubjectAccessReview 0apiVersion:s 0kind:s +metadata:#104; !+spec:#131; +status:#132;
    T 23 autoscaling.v1.HorizontalPodAutoscaler @autoscaling/v1:HorizontalPodAutoscaler 0apiVersion:s 0kind:s +metadata:#104; !+spec:#136; +status:#137;
    T 24 autoscaling.v1.Scale @autoscaling/v1:Scale 0apiVersion:s 0kind:s +metadata:#104; +spec:#138; +status:#139;
    T 25 autoscaling.v2.HorizontalPodAutoscaler @autoscaling/v2:HorizontalPodAutoscaler 0apiVersion:s 0kind:s +metadata:#104; !+spec:#140; +status:#141;
    T 26 batch.v1.CronJob @batch/v1:CronJob 0apiVersion:s 0kind:s +metadata:#104; !+spec:#142; +status:#143;
    T 27 batch.v1.Job @batch/v1:Job 0apiVersion:s 0kind:s +metadata:#104; +spec:#144; +status:#145;
    T 28 certificates.v1.CertificateSigningRequest @certificates.k8s.io/v1:CertificateSigningRequest 0apiVersion:s 0kind:s +metadata:#104; !+spec:#146; +status:#147;
    T 29 coordination.v1.Lease @coordination.k8s.io/v1:Lease 0apiVersion:s 0kind:s +metadata:#104; +spec:#148;
    T 30 coordination.v1alpha2.LeaseCandidate @coordination.k8s.io/v1alpha2:LeaseCandidate 0apiVersion:s 0kind:s +metadata:#104; !+spec:#149;
    T 31 coordination.v1beta1.LeaseCandidate @coordination.k8s.io/v1beta1:LeaseCandidate 0apiVersion:s 0kind:s +metadata:#104; !+spec:#150;
    T 32 core.v1.Binding @v1:Binding 0apiVersion:s 0kind:s +metadata:#104; !+target:#151;
    T 33 core.v1.ComponentStatus @v1:ComponentStatus 0apiVersion:s conditions:[mtype;#152; 0kind:s +metadata:#104;
    T 34 core.v1.ConfigMap @v1:ConfigMap 0apiVersion:s binaryData:{B data:{s immutable:b 0kind:s +metadata:#104;
    T 35 core.v1.Endpoints @v1:Endpoints 0apiVersion:s 0kind:s +metadata:#104; subsets:[a#153;
    T 36 core.v1.Event @v1:Event 0action:s 0apiVersion:s 0count:i *eventTime:u *firstTimestamp:t !+involvedObject:#151; 0kind:s *lastTimestamp:t 0message:s !+metadata:#104; 0reason:s related:#151; *reportingComponent:s *reportingInstance:s series:#154; +source:#155; 0type:s
    T 37 core.v1.LimitRange @v1:LimitRange 0apiVersion:s 0kind:s +metadata:#104; +spec:#156;
    T 38 core.v1.Namespace @v1:Namespace 0apiVersion:s 0kind:s +metadata:#104; +spec:#157; +status:#158;
    T 39 core.v1.Node @v1:Node 0apiVersion:s 0kind:s +metadata:#104; +spec:#159; +status:#160;
    T 40 core.v1.NodeProxyOptions @v1:NodeProxyOptions 0apiVersion:s 0kind:s 0path:s
    T 41 core.v1.PersistentVolume @v1:PersistentVolume 0apiVersion:s 0kind:s +metadata:#104; +spec:#161; +status:#162;
    T 42 core.v1.PersistentVolumeClaim @v1:PersistentVolumeClaim 0apiVersion:s 0kind:s +metadata:#104; +spec:#163; +status:#164;
    T 43 core.v1.Pod @v1:Pod 0apiVersion:s 0kind:s +metadata:#104; +spec:#165; +status:#166;
    T 44 core.v1.PodAttachOptions @v1:PodAttachOptions 0apiVersion:s 0container:s 0kind:s stderr:b stdin:b stdout:b tty:b
    T 45 core.v1.PodExecOptions @v1:PodExecOptions 0apiVersion:s command:[as 0container:s 0kind:s stderr:b stdin:b stdout:b tty:b
    T 46 core.v1.PodPortForwardOptions @v1:PodPortForwardOptions 0apiVersion:s 0kind:s ports:[-i
    T 47 core.v1.PodProxyOptions @v1:PodProxyOptions 0apiVersion:s 0kind:s 0path:s
    T 48 core.v1.PodTemplate @v1:PodTemplate 0apiVersion:s 0kind:s +metadata:#104; +template:#167;
    T 49 core.v1.ReplicationController @v1:ReplicationController 0apiVersion:s 0kind:s +metadata:#104; +spec:#168; +status:#169;
    T 50 core.v1.ResourceQuota @v1:ResourceQuota 0apiVersion:s 0kind:s +metadata:#104; +spec:#170; +status:#171;
    T 51 core.v1.Secret @v1:Secret 0apiVersion:s data:{B immutable:b 0kind:s +metadata:#104; stringData:{s 0type:s
    T 52 core.v1.Service @v1:Service 0apiVersion:s 0kind:s +metadata:#104; +spec:#172; +status:#173;
    T 53 core.v1.ServiceAccount @v1:ServiceAccount 0apiVersion:s automountServiceAccountToken:b imagePullSecrets:[a#174; 0kind:s +metadata:#104; secrets:[mname;#151;
    T 54 core.v1.ServiceProxyOptions @v1:ServiceProxyOptions 0apiVersion:s 0kind:s 0path:s
    T 55 discovery.v1.EndpointSlice @discovery.k8s.io/v1:EndpointSlice !addressType:e0; 0apiVersion:s endpoints:[a#175; 0kind:s +metadata:#104; ports:[a#176;
    T 56 events.v1.Event @events.k8s.io/v1:Event 0action:s 0apiVersion:s 0~deprecatedCount:i *~deprecatedFirstTimestamp:t *~deprecatedLastTimestamp:t +~deprecatedSource:#155; !eventTime:u 0kind:s +metadata:#104; 0note:s 0reason:s +regarding:#151; related:#151; 0reportingController:s 0reportingInstance:s series:#177; 0type:s
    T 57 flowcontrol.v1.FlowSchema @flowcontrol.apiserver.k8s.io/v1:FlowSchema 0apiVersion:s 0kind:s +metadata:#104; +spec:#178; +status:#179;
    T 58 flowcontrol.v1.PriorityLevelConfiguration @flowcontrol.apiserver.k8s.io/v1:PriorityLevelConfiguration 0apiVersion:s 0kind:s +metadata:#104; +spec:#180; +status:#181;
    T 59 networking.v1.IPAddress @networking.k8s.io/v1:IPAddress 0apiVersion:s 0kind:s +metadata:#104; !+spec:#182;
    T 60 networking.v1.Ingress @networking.k8s.io/v1:Ingress 0apiVersion:s 0kind:s +metadata:#104; +spec:#183; +status:#184;
    T 61 networking.v1.IngressClass @networking.k8s.io/v1:IngressClass 0apiVersion:s 0kind:s +metadata:#104; +spec:#185;
    T 62 networking.v1.NetworkPolicy @networking.k8s.io/v1:NetworkPolicy 0apiVersion:s 0kind:s +metadata:#104; +spec:#186;
    T 63 networking.v1.ServiceCIDR @networking.k8s.io/v1:ServiceCIDR 0apiVersion:s 0kind:s +metadata:#104; +spec:#187; +status:#188;
    T 64 networking.v1beta1.IPAddress @networking.k8s.io/v1beta1:IPAddress 0apiVersion:s 0kind:s +metadata:#104; !+spec:#189;
    T 65 networking.v1beta1.ServiceCIDR @networking.k8s.io/v1beta1:ServiceCIDR 0apiVersion:s 0kind:s +metadata:#104; +spec:#190; +status:#191;
    T 66 node.v1.RuntimeClass @node.k8s.io/v1:RuntimeClass 0apiVersion:s !handler:s 0kind:s +metadata:#104; overhead:#192; scheduling:#193;
    T 67 policy.v1.Eviction @policy/v1:Eviction 0apiVersion:s deleteOptions:#99; 0kind:s +metadata:#104;
    T 68 policy.v1.PodDisruptionBudget @policy/v1:PodDisruptionBudget 0apiVersion:s 0kind:s +metadata:#104; +spec:#194; +status:#195;
    T 69 rbac.v1.ClusterRole @rbac.authorization.k8s.io/v1:ClusterRole aggregationRule:#196; 0apiVersion:s 0kind:s +metadata:#104; *rules:[a#197;
    T 70 rbac.v1.ClusterRoleBinding @rbac.authorization.k8s.io/v1:ClusterRoleBinding 0apiVersion:s 0kind:s +metadata:#104; !+roleRef:#198; subjects:[a#199;
    T 71 rbac.v1.Role @rbac.authorization.k8s.io/v1:Role 0apiVersion:s 0kind:s +metadata:#104; *rules:[a#197;
    T 72 rbac.v1.RoleBinding @rbac.authorization.k8s.io/v1:RoleBinding 0apiVersion:s 0kind:s +metadata:#104; !+roleRef:#198; subjects:[a#199;
    T 73 resource.v1.DeviceClass @resource.k8s.io/v1:DeviceClass 0apiVersion:s 0kind:s +metadata:#104; !+spec:#200;
    T 74 resource.v1.ResourceClaim @resource.k8s.io/v1:ResourceClaim 0apiVersion:s 0kind:s +metadata:#104; !+spec:#201; +status:#202;
    T 75 resource.v1.ResourceClaimTemplate @resource.k8s.io/v1:ResourceClaimTemplate 0apiVersion:s 0kind:s +metadata:#104; !+spec:#203;
    T 76 resource.v1.ResourceSlice @resource.k8s.io/v1:ResourceSlice 0apiVersion:s 0kind:s +metadata:#104; !+spec:#204;
    T 77 resource.v1alpha3.DeviceTaintRule @resource.k8s.io/v1alpha3:DeviceTaintRule 0apiVersion:s 0kind:s +metadata:#104; !+spec:#205; +status:#206;
    T 78 resource.v1alpha3.ResourcePoolStatusRequest @resource.k8s.io/v1alpha3:ResourcePoolStatusRequest 0apiVersion:s 0kind:s !+metadata:#104; !+spec:#207; status:#208;
    T 79 resource.v1beta1.DeviceClass @resource.k8s.io/v1beta1:DeviceClass 0apiVersion:s 0kind:s +metadata:#104; !+spec:#209;
    T 80 resource.v1beta1.ResourceClaim @resource.k8s.io/v1beta1:ResourceClaim 0apiVersion:s 0kind:s +metadata:#104; !+spec:#210; +status:#211;
    T 81 resource.v1beta1.ResourceClaimTemplate @resource.k8s.io/v1beta1:ResourceClaimTemplate 0apiVersion:s 0kind:s +metadata:#104; !+spec:#212;
    T 82 resource.v1beta1.ResourceSlice @resource.k8s.io/v1beta1:ResourceSlice 0apiVersion:s 0kind:s +metadata:#104; !+spec:#213;
    T 83 resource.v1beta2.DeviceClass @resource.k8s.io/v1beta2:DeviceClass 0apiVersion:s 0kind:s +metadata:#104; !+spec:#214;
    T 84 resource.v1beta2.DeviceTaintRule @resource.k8s.io/v1beta2:DeviceTaintRule 0apiVersion:s 0kind:s +metadata:#104; !+spec:#215; +status:#216;
    T 85 resource.v1beta2.ResourceClaim @resource.k8s.io/v1beta2:ResourceClaim 0apiVersion:s 0kind:s +metadata:#104; !+spec:#217; +status:#218;
    T 86 resource.v1beta2.ResourceClaimTemplate @resource.k8s.io/v1beta2:ResourceClaimTemplate 0apiVersion:s 0kind:s +metadata:#104; !+spec:#219;
    T 87 resource.v1beta2.ResourceSlice @resource.k8s.io/v1beta2:ResourceSlice 0apiVersion:s 0kind:s +metadata:#104; !+spec:#220;
    T 88 scheduling.v1.PriorityClass @scheduling.k8s.io/v1:PriorityClass 0apiVersion:s 0description:s 0globalDefault:b 0kind:s +metadata:#104; preemptionPolicy:e1; *value:i
    T 89 storage.v1.CSIDriver @storage.k8s.io/v1:CSIDriver 0apiVersion:s 0kind:s +metadata:#104; !+spec:#221;
    T 90 storage.v1.CSINode @storage.k8s.io/v1:CSINode 0apiVersion:s 0kind:s +metadata:#104; !+spec:#222;
    T 91 storage.v1.CSIStorageCapacity @storage.k8s.io/v1:CSIStorageCapacity 0apiVersion:s capacity:q 0kind:s maximumVolumeSize:q +metadata:#104; nodeTopology:#223; !storageClassName:s
    T 92 storage.v1.StorageClass @storage.k8s.io/v1:StorageClass allowVolumeExpansion:b allowedTopologies:[a#224; 0apiVersion:s 0kind:s +metadata:#104; mountOptions:[as parameters:{s !provisioner:s reclaimPolicy:e2; volumeBindingMode:e3;
    T 93 storage.v1.VolumeAttachment @storage.k8s.io/v1:VolumeAttachment 0apiVersion:s 0kind:s +metadata:#104; !+spec:#225; +status:#226;
    T 94 storage.v1.VolumeAttributesClass @storage.k8s.io/v1:VolumeAttributesClass 0apiVersion:s !driverName:s 0kind:s +metadata:#104; parameters:{s
    T 95 storage.v1beta1.VolumeAttributesClass @storage.k8s.io/v1beta1:VolumeAttributesClass 0apiVersion:s !driverName:s 0kind:s +metadata:#104; parameters:{s
    T 96 apiextensions.v1.CustomResourceDefinition @apiextensions.k8s.io/v1:CustomResourceDefinition 0apiVersion:s 0kind:s +metadata:#104; !+spec:#227; +status:#228;
    T 97 meta.v1.APIGroup @v1:APIGroup 0apiVersion:s 0kind:s !name:s +preferredVersion:#229; serverAddressByClientCIDRs:[a#230; !versions:[a#229;
    T 98 meta.v1.CreateOptions @meta.k8s.io/v1:CreateOptions 0apiVersion:s dryRun:[as 0fieldManager:s 0fieldValidation:s 0kind:s
    T 99 meta.v1.DeleteOptions @v1:DeleteOptions @meta.k8s.io/v1:DeleteOptions 0apiVersion:s dryRun:[as gracePeriodSeconds:l ignoreStoreReadErrorWithClusterBreakingPotential:b 0kind:s ~orphanDependents:b preconditions:#231; propagationPolicy:s
    T 100 meta.v1.PatchOptions @meta.k8s.io/v1:PatchOptions 0apiVersion:s dryRun:[as 0fieldManager:s 0fieldValidation:s force:b 0kind:s
    T 101 meta.v1.Status @v1:Status 0apiVersion:s code:i details:#232; 0kind:s 0message:s +metadata:#233; 0reason:s 0status:s
    T 102 meta.v1.UpdateOptions @meta.k8s.io/v1:UpdateOptions 0apiVersion:s dryRun:[as 0fieldManager:s 0fieldValidation:s 0kind:s
    T 103 apiregistration.v1.APIService @apiregistration.k8s.io/v1:APIService 0apiVersion:s 0kind:s +metadata:#104; +spec:#234; +status:#235;
    T 104 meta.v1.ObjectMeta annotations:{s creationTimestamp:t deletionGracePeriodSeconds:l deletionTimestamp:t finalizers:[ss 0generateName:s 0generation:l labels:{s managedFields:[a#236; 0name:s 0namespace:s ownerReferences:[muid;#237; 0resourceVersion:s 0~selfLink:s 0uid:s
    T 105 admissionregistration.v1.MutatingAdmissionPolicySpec failurePolicy:e4; matchConditions:[mname;#238; matchConstraints:#239; mutations:[a#240; paramKind:#241; reinvocationPolicy:e5; variables:[a#242;
    T 106 admissionregistration.v1.MutatingAdmissionPolicyBindingSpec matchResources:#239; paramRef:#243; 0policyName:s
    T 107 admissionregistration.v1.MutatingWebhook !admissionReviewVersions:[as !+clientConfig:#244; failurePolicy:e4; matchConditions:[mname;#238; matchPolicy:e6; !name:s namespaceSelector:#223; objectSelector:#223; reinvocationPolicy:e5; rules:[a#245; !sideEffects:e7; timeoutSeconds:i
    T 108 admissionregistration.v1.ValidatingAdmissionPolicySpec auditAnnotations:[a#246; failurePolicy:e4; matchConditions:[mname;#238; matchConstraints:#239; paramKind:#241; validations:[a#247; variables:[mname;#242;
    T 109 admissionregistration.v1.ValidatingAdmissionPolicyStatus conditions:[mtype;#248; 0observedGeneration:l typeChecking:#249;
    T 110 admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec matchResources:#239; paramRef:#243; !policyName:s !validationActions:[se8;
    T 111 admissionregistration.v1.ValidatingWebhook !admissionReviewVersions:[as !+clientConfig:#244; failurePolicy:e4; matchConditions:[mname;#238; matchPolicy:e6; !name:s namespaceSelector:#223; objectSelector:#223; rules:[a#245; !sideEffects:e7; timeoutSeconds:i
    T 112 admissionregistration.v1alpha1.MutatingAdmissionPolicySpec failurePolicy:e4; matchConditions:[mname;#250; matchConstraints:#251; mutations:[a#252; paramKind:#253; reinvocationPolicy:e5; variables:[a#254;
    T 113 admissionregistration.v1alpha1.MutatingAdmissionPolicyBindingSpec matchResources:#251; paramRef:#255; 0policyName:s
    T 114 admissionregistration.v1beta1.MutatingAdmissionPolicySpec failurePolicy:s matchConditions:[mname;#256; matchConstraints:#257; mutations:[a#258; paramKind:#259; reinvocationPolicy:e5; variables:[a#260;
    T 115 admissionregistration.v1beta1.MutatingAdmissionPolicyBindingSpec matchResources:#257; paramRef:#261; 0policyName:s
    T 116 apiserverinternal.v1alpha1.StorageVersionSpec
    T 117 apiserverinternal.v1alpha1.StorageVersionStatus 0commonEncodingVersion:s conditions:[mtype;#262; storageVersions:[mapiServerID;#263;
    T 118 apps.v1.DaemonSetSpec 0minReadySeconds:i revisionHistoryLimit:i !selector:#223; !+template:#167; +updateStrategy:#264;
    T 119 apps.v1.DaemonSetStatus collisionCount:i conditions:[mtype;#265; !currentNumberScheduled:i !desiredNumberScheduled:i numberAvailable:i !numberMisscheduled:i !numberReady:i numberUnavailable:i 0observedGeneration:l updatedNumberScheduled:i
    T 120 apps.v1.DeploymentSpec 0minReadySeconds:i 0paused:b progressDeadlineSeconds:i replicas:i revisionHistoryLimit:i !selector:#223; +strategy:#266; !+template:#167;
    T 121 apps.v1.DeploymentStatus availableReplicas:i collisionCount:i conditions:[mtype;#267; 0observedGeneration:l readyReplicas:i replicas:i terminatingReplicas:i unavailableReplicas:i updatedReplicas:i
    T 122 apps.v1.ReplicaSetSpec 0minReadySeconds:i replicas:i !selector:#223; +template:#167;
    T 123 apps.v1.ReplicaSetStatus availableReplicas:i conditions:[mtype;#268; fullyLabeledReplicas:i 0observedGeneration:l readyReplicas:i !replicas:i terminatingReplicas:i
    T 124 apps.v1.StatefulSetSpec 0minReadySeconds:i ordinals:#269; persistentVolumeClaimRetentionPolicy:#270; 0podManagementPolicy:e9; replicas:i revisionHistoryLimit:i !selector:#223; 0serviceName:s !+template:#167; +updateStrategy:#271; volumeClaimTemplates:[a#42;
    T 125 apps.v1.StatefulSetStatus *availableReplicas:i collisionCount:i conditions:[mtype;#272; currentReplicas:i 0currentRevision:s 0observedGeneration:l readyReplicas:i !replicas:i 0updateRevision:s updatedReplicas:i
    T 126 authentication.v1.SelfSubjectReviewStatus +userInfo:#273;
    T 127 authentication.v1.TokenRequestSpec audiences:[as boundObjectRef:#274; expirationSeconds:l
    T 128 authentication.v1.TokenRequestStatus expirationTimestamp:t 0token:s
    T 129 authentication.v1.TokenReviewSpec audiences:[as !token:s
    T 130 authentication.v1.TokenReviewStatus audiences:[as authenticated:b 0error:s +user:#273;
    T 131 authorization.v1.SubjectAccessReviewSpec extra:{[-s groups:[as nonResourceAttributes:#275; resourceAttributes:#276; 0uid:s 0user:s
    T 132 authorization.v1.SubjectAccessReviewStatus !allowed:b denied:b 0evaluationError:s 0reason:s
    T 133 authorization.v1.SelfSubjectAccessReviewSpec nonResourceAttributes:#275; resourceAttributes:#276;
    T 134 authorization.v1.SelfSubjectRulesReviewSpec 0namespace:s
    T 135 authorization.v1.SubjectRulesReviewStatus 0evaluationError:s !incomplete:b !nonResourceRules:[a#277; !resourceRules:[a#278;
    T 136 autoscaling.v1.HorizontalPodAutoscalerSpec !maxReplicas:i minReplicas:i !+scaleTargetRef:#279; targetCPUUtilizationPercentage:i
    T 137 autoscaling.v1.HorizontalPodAutoscalerStatus currentCPUUtilizationPercentage:i !currentReplicas:i !desiredReplicas:i lastScaleTime:t 0observedGeneration:l
    T 138 autoscaling.v1.ScaleSpec 0replicas:i
    T 139 autoscaling.v1.ScaleStatus !replicas:i 0selector:s
    T 140 autoscaling.v2.HorizontalPodAutoscalerSpec behavior:#280; !maxReplicas:i metrics:[a#281; minReplicas:i !+scaleTargetRef:#282;
    T 141 autoscaling.v2.HorizontalPodAutoscalerStatus conditions:[mtype;#283; *currentMetrics:[a#284; currentReplicas:i !desiredReplicas:i lastScaleTime:t 0observedGeneration:l
    T 142 batch.v1.CronJobSpec 0concurrencyPolicy:e10; failedJobsHistoryLimit:i !+jobTemplate:#285; !schedule:s startingDeadlineSeconds:l successfulJobsHistoryLimit:i suspend:b timeZone:s
    T 143 batch.v1.CronJobStatus active:[a#151; lastScheduleTime:t lastSuccessfulTime:t
    T 144 batch.v1.JobSpec activeDeadlineSeconds:l backoffLimit:i backoffLimitPerIndex:i completionMode:e11; completions:i managedBy:s manualSelector:b maxFailedIndexes:i parallelism:i podFailurePolicy:#286; podReplacementPolicy:e12; selector:#223; successPolicy:#287; suspend:b !+template:#167; ttlSecondsAfterFinished:i
    T 145 batch.v1.JobStatus active:i 0completedIndexes:s completionTime:t conditions:[a#288; failed:i 0failedIndexes:s ready:i startTime:t succeeded:i terminating:i uncountedTerminatedPods:#289;
    T 146 certificates.v1.CertificateSigningRequestSpec expirationSeconds:i extra:{[-s groups:[as !request:B !signerName:s 0uid:s usages:[ae13; 0username:s
    T 147 certificates.v1.CertificateSigningRequestStatus 0certificate:B conditions:[mtype;#290;
    T 148 coordination.v1.LeaseSpec acquireTime:u holderIdentity:s leaseDurationSeconds:i leaseTransitions:i preferredHolder:s renewTime:u strategy:s
    T 149 coordination.v1alpha2.LeaseCandidateSpec !binaryVersion:s 0emulationVersion:s !leaseName:s pingTime:u renewTime:u !strategy:s
    T 150 coordination.v1beta1.LeaseCandidateSpec !binaryVersion:s 0emulationVersion:s !leaseName:s pingTime:u renewTime:u !strategy:s
    T 151 core.v1.ObjectReference^ 0apiVersion:s 0fieldPath:s 0kind:s 0name:s 0namespace:s 0resourceVersion:s 0uid:s
    T 152 core.v1.ComponentCondition 0error:s 0message:s !status:s !type:s
    T 153 core.v1.EndpointSubset addresses:[a#291; notReadyAddresses:[a#291; ports:[a#292;
    T 154 core.v1.EventSeries 0count:i lastObservedTime:u
    T 155 core.v1.EventSource 0component:s 0host:s
    T 156 core.v1.LimitRangeSpec !limits:[a#293;
    T 157 core.v1.NamespaceSpec finalizers:[as
    T 158 core.v1.NamespaceStatus conditions:[mtype;#294; 0phase:e14;
    T 159 core.v1.NodeSpec ~configSource:#295; 0~externalID:s 0podCIDR:s podCIDRs:[ss 0providerID:s taints:[a#296; 0unschedulable:b
    T 160 core.v1.NodeStatus addresses:[mtype;#297; allocatable:{q capacity:{q conditions:[mtype;#298; config:#299; +daemonEndpoints:#300; declaredFeatures:[as features:#301; images:[a#302; +nodeInfo:#303; 0phase:e15; runtimeHandlers:[a#304; volumesAttached:[a#305; volumesInUse:[as
    T 161 core.v1.PersistentVolumeSpec accessModes:[ae16; ~awsElasticBlockStore:#306; ~azureDisk:#307; ~azureFile:#308; capacity:{q ~cephfs:#309; ~cinder:#310; claimRef:#151; csi:#311; fc:#312; ~flexVolume:#313; ~flocker:#314; ~gcePersistentDisk:#315; ~glusterfs:#316; hostPath:#317; iscsi:#318; local:#319; mountOptions:[as nfs:#320; nodeAffinity:#321; 0persistentVolumeReclaimPolicy:e2; ~photonPersistentDisk:#322; ~portworxVolume:#323; ~quobyte:#324; ~rbd:#325; ~scaleIO:#326; 0storageClassName:s ~storageos:#327; volumeAttributesClassName:s volumeMode:e17; ~vsphereVolume:#328;
    T 162 core.v1.PersistentVolumeStatus lastPhaseTransitionTime:t 0message:s 0phase:e18; 0reason:s
    T 163 core.v1.PersistentVolumeClaimSpec accessModes:[ae16; dataSource:#329; dataSourceRef:#330; +resources:#331; selector:#223; storageClassName:s volumeAttributesClassName:s volumeMode:e17; 0volumeName:s
    T 164 core.v1.PersistentVolumeClaimStatus accessModes:[ae16; allocatedResourceStatuses:{e19; allocatedResources:{q capacity:{q conditions:[mtype;#332; 0currentVolumeAttributesClassName:s modifyVolumeStatus:#333; 0phase:e20;
    T 165 core.v1.PodSpec activeDeadlineSeconds:l affinity:#334; automountServiceAccountToken:b !containers:[mname;#335; dnsConfig:#336; 0dnsPolicy:e21; enableServiceLinks:b ephemeralContainers:[mname;#337; hostAliases:[mip;#338; 0hostIPC:b 0hostNetwork:b 0hostPID:b hostUsers:b 0hostname:s hostnameOverride:s imagePullSecrets:[mname;#174; initContainers:[mname;#335; 0nodeName:s nodeSelector:{s^ os:#339; overhead:{q preemptionPolicy:e1; priority:i 0priorityClassName:s readinessGates:[a#340; resourceClaims:[mname;#341; resources:#342; 0restartPolicy:e22; runtimeClassName:s 0schedulerName:s schedulingGates:[mname;#343; schedulingGroup:#344; securityContext:#345; 0~serviceAccount:s 0serviceAccountName:s setHostnameAsFQDN:b shareProcessNamespace:b 0subdomain:s terminationGracePeriodSeconds:l tolerations:[a#346; topologySpreadConstraints:[mtopologyKey,whenUnsatisfiable;#347; volumes:[mname;#348;
    T 166 core.v1.PodStatus allocatedResources:{q conditions:[mtype;#349; containerStatuses:[a#350; ephemeralContainerStatuses:[a#350; extendedResourceClaimStatus:#351; 0hostIP:s hostIPs:[a#352; initContainerStatuses:[a#350; 0message:s nodeAllocatableResourceClaimStatuses:[a#353; 0nominatedNodeName:s 0observedGeneration:l 0~phase:e23; 0podIP:s podIPs:[mip;#354; 0qosClass:e24; 0reason:s 0~resize:s resourceClaimStatuses:[mname;#355; resources:#342; startTime:t
    T 167 core.v1.PodTemplateSpec +metadata:#104; +spec:#165;
    T 168 core.v1.ReplicationControllerSpec 0minReadySeconds:i replicas:i=1 selector:{s^ template:#167;
    T 169 core.v1.ReplicationControllerStatus availableReplicas:i conditions:[mtype;#356; fullyLabeledReplicas:i 0observedGeneration:l readyReplicas:i !replicas:i
    T 170 core.v1.ResourceQuotaSpec hard:{q scopeSelector:#357; scopes:[ae25;
    T 171 core.v1.ResourceQuotaStatus hard:{q used:{q
    T 172 core.v1.ServiceSpec allocateLoadBalancerNodePorts:b 0clusterIP:s clusterIPs:[as externalIPs:[as 0externalName:s 0externalTrafficPolicy:e26; 0healthCheckNodePort:i internalTrafficPolicy:e26; ipFamilies:[ae27; ipFamilyPolicy:e28; loadBalancerClass:s 0~loadBalancerIP:s loadBalancerSourceRanges:[as ports:[mport,protocol;#358; 0publishNotReadyAddresses:b selector:{s^ 0sessionAffinity:e29; sessionAffinityConfig:#359; trafficDistribution:s 0type:e30;
    T 173 core.v1.ServiceStatus conditions:[mtype;#248; +loadBalancer:#360;
    T 174 core.v1.LocalObjectReference^ 0name:s
    T 175 discovery.v1.Endpoint !addresses:[ss +conditions:#361; ~deprecatedTopology:{s hints:#362; hostname:s nodeName:s targetRef:#151; zone:s
    T 176 discovery.v1.EndpointPort^ appProtocol:s name:s port:i protocol:e31;
    T 177 events.v1.EventSeries !count:i !lastObservedTime:u
    T 178 flowcontrol.v1.FlowSchemaSpec distinguisherMethod:#363; *matchingPrecedence:i !+priorityLevelConfiguration:#364; rules:[a#365;
    T 179 flowcontrol.v1.FlowSchemaStatus conditions:[mtype;#366;
    T 180 flowcontrol.v1.PriorityLevelConfigurationSpec exempt:#367; limited:#368; !type:s
    T 181 flowcontrol.v1.PriorityLevelConfigurationStatus conditions:[mtype;#369;
    T 182 networking.v1.IPAddressSpec !parentRef:#370;
    T 183 networking.v1.IngressSpec defaultBackend:#371; ingressClassName:s rules:[a#372; tls:[a#373;
    T 184 networking.v1.IngressStatus +loadBalancer:#374;
    T 185 networking.v1.IngressClassSpec 0controller:s parameters:#375;
    T 186 networking.v1.NetworkPolicySpec egress:[a#376; ingress:[a#377; +podSelector:#223; policyTypes:[ae32;
    T 187 networking.v1.ServiceCIDRSpec cidrs:[as
    T 188 networking.v1.ServiceCIDRStatus conditions:[mtype;#248;
    T 189 networking.v1beta1.IPAddressSpec !parentRef:#378;
    T 190 networking.v1beta1.ServiceCIDRSpec cidrs:[as
    T 191 networking.v1beta1.ServiceCIDRStatus conditions:[mtype;#248;
    T 192 node.v1.Overhead podFixed:{q
    T 193 node.v1.Scheduling nodeSelector:{s^ tolerations:[a#346;
    T 194 policy.v1.PodDisruptionBudgetSpec maxUnavailable:x minAvailable:x selector:#223; unhealthyPodEvictionPolicy:e33;
    T 195 policy.v1.PodDisruptionBudgetStatus conditions:[mtype;#248; *currentHealthy:i *desiredHealthy:i disruptedPods:{t *disruptionsAllowed:i *expectedPods:i 0observedGeneration:l
    T 196 rbac.v1.AggregationRule clusterRoleSelectors:[a#223;
    T 197 rbac.v1.PolicyRule apiGroups:[as nonResourceURLs:[as resourceNames:[as resources:[as !verbs:[as
    T 198 rbac.v1.RoleRef^ *apiGroup:s !kind:s !name:s
    T 199 rbac.v1.Subject^ 0apiGroup:s !kind:s !name:s 0namespace:s
    T 200 resource.v1.DeviceClassSpec config:[a#379; extendedResourceName:s selectors:[a#380;
    T 201 resource.v1.ResourceClaimSpec +devices:#381;
    T 202 resource.v1.ResourceClaimStatus allocation:#382; devices:[mdriver,device,pool,shareID;#383; reservedFor:[muid;#384;
    T 203 resource.v1.ResourceClaimTemplateSpec +metadata:#104; !+spec:#201;
    T 204 resource.v1.ResourceSliceSpec allNodes:b devices:[a#385; !driver:s nodeName:s nodeSelector:#386; perDeviceNodeSelection:b !+pool:#387; sharedCounters:[a#388;
    T 205 resource.v1alpha3.DeviceTaintRuleSpec deviceSelector:#389; !+taint:#390;
    T 206 resource.v1alpha3.DeviceTaintRuleStatus conditions:[mtype;#248;
    T 207 resource.v1alpha3.ResourcePoolStatusRequestSpec !driver:s limit:i=100 0poolName:s
    T 208 resource.v1alpha3.ResourcePoolStatusRequestStatus conditions:[mtype;#248; !poolCount:i pools:[a#391;
    T 209 resource.v1beta1.DeviceClassSpec config:[a#392; extendedResourceName:s selectors:[a#393;
    T 210 resource.v1beta1.ResourceClaimSpec +devices:#394;
    T 211 resource.v1beta1.ResourceClaimStatus allocation:#395; devices:[mdriver,device,pool,shareID;#396; reservedFor:[muid;#397;
    T 212 resource.v1beta1.ResourceClaimTemplateSpec +metadata:#104; !+spec:#210;
    T 213 resource.v1beta1.ResourceSliceSpec allNodes:b devices:[a#398; !driver:s 0nodeName:s nodeSelector:#386; perDeviceNodeSelection:b !+pool:#399; sharedCounters:[a#400;
    T 214 resource.v1beta2.DeviceClassSpec config:[a#401; extendedResourceName:s selectors:[a#402;
    T 215 resource.v1beta2.DeviceTaintRuleSpec deviceSelector:#403; !+taint:#404;
    T 216 resource.v1beta2.DeviceTaintRuleStatus conditions:[mtype;#248;
    T 217 resource.v1beta2.ResourceClaimSpec +devices:#405;
    T 218 resource.v1beta2.ResourceClaimStatus allocation:#406; devices:[mdriver,device,pool,shareID;#407; reservedFor:[muid;#408;
    T 219 resource.v1beta2.ResourceClaimTemplateSpec +metadata:#104; !+spec:#217;
    T 220 resource.v1beta2.ResourceSliceSpec allNodes:b devices:[a#409; !driver:s nodeName:s nodeSelector:#386; perDeviceNodeSelection:b !+pool:#410; sharedCounters:[a#411;
    T 221 storage.v1.CSIDriverSpec attachRequired:b fsGroupPolicy:s nodeAllocatableUpdatePeriodSeconds:l podInfoOnMount:b preventPodSchedulingIfMissing:b requiresRepublish:b seLinuxMount:b serviceAccountTokenInSecrets:b storageCapacity:b tokenRequests:[a#412; volumeLifecycleModes:[ss
    T 222 storage.v1.CSINodeSpec !drivers:[mname;#413;
    T 223 meta.v1.LabelSelector^ matchExpressions:[a#414; matchLabels:{s
    T 224 core.v1.TopologySelectorTerm^ matchLabelExpressions:[a#415;
    T 225 storage.v1.VolumeAttachmentSpec !attacher:s !nodeName:s !+source:#416;
    T 226 storage.v1.VolumeAttachmentStatus attachError:#417; !attached:b attachmentMetadata:{s detachError:#417;
    T 227 apiextensions.v1.CustomResourceDefinitionSpec conversion:#418; !group:s !+names:#419; 0preserveUnknownFields:b !scope:s !versions:[a#420;
    T 228 apiextensions.v1.CustomResourceDefinitionStatus +acceptedNames:#419; conditions:[mtype;#421; 0observedGeneration:l storedVersions:[as
    T 229 meta.v1.GroupVersionForDiscovery !groupVersion:s !version:s
    T 230 meta.v1.ServerAddressByClientCIDR !clientCIDR:s !serverAddress:s
    T 231 meta.v1.Preconditions resourceVersion:s uid:s
    T 232 meta.v1.StatusDetails causes:[a#422; 0group:s 0kind:s 0name:s retryAfterSeconds:i 0uid:s
    T 233 meta.v1.ListMeta 0continue:s remainingItemCount:l 0resourceVersion:s 0~selfLink:s shardInfo:#423;
    T 234 apiregistration.v1.APIServiceSpec 0caBundle:B 0group:s !groupPriorityMinimum:i 0insecureSkipTLSVerify:b service:#424; 0version:s !versionPriority:i
    T 235 apiregistration.v1.APIServiceStatus conditions:[mtype;#425;
    T 236 meta.v1.ManagedFieldsEntry 0apiVersion:s 0fieldsType:s fieldsV1:o 0manager:s 0operation:s 0subresource:s time:t
    T 237 meta.v1.OwnerReference^ !apiVersion:s blockOwnerDeletion:b controller:b !kind:s !name:s !uid:s
    T 238 admissionregistration.v1.MatchCondition !expression:s !name:s
    T 239 admissionregistration.v1.MatchResources^ excludeResourceRules:[a#426; matchPolicy:e6; namespaceSelector:#223; objectSelector:#223; resourceRules:[a#426;
    T 240 admissionregistration.v1.Mutation applyConfiguration:#427; jsonPatch:#428; !patchType:e34;
    T 241 admissionregistration.v1.ParamKind^ 0apiVersion:s 0kind:s
    T 242 admissionregistration.v1.Variable^ !expression:s !name:s
    T 243 admissionregistration.v1.ParamRef^ 0name:s 0namespace:s parameterNotFoundAction:s selector:#223;
    T 244 admissionregistration.v1.WebhookClientConfig 0caBundle:B service:#429; url:s
    T 245 admissionregistration.v1.RuleWithOperations apiGroups:[as apiVersions:[as operations:[ae35; resources:[as scope:e36;
    T 246 admissionregistration.v1.AuditAnnotation !key:s !valueExpression:s
    T 247 admissionregistration.v1.Validation !expression:s 0message:s 0messageExpression:s reason:s
    T 248 meta.v1.Condition !lastTransitionTime:t !message:s 0observedGeneration:l !reason:s !status:s !type:s
    T 249 admissionregistration.v1.TypeChecking expressionWarnings:[a#430;
    T 250 admissionregistration.v1alpha1.MatchCondition !expression:s !name:s
    T 251 admissionregistration.v1alpha1.MatchResources^ excludeResourceRules:[a#431; matchPolicy:e6; namespaceSelector:#223; objectSelector:#223; resourceRules:[a#431;
    T 252 admissionregistration.v1alpha1.Mutation applyConfiguration:#432; jsonPatch:#433; !patchType:e34;
    T 253 admissionregistration.v1alpha1.ParamKind^ 0apiVersion:s 0kind:s
    T 254 admissionregistration.v1alpha1.Variable !expression:s !name:s
    T 255 admissionregistration.v1alpha1.ParamRef^ 0name:s 0namespace:s parameterNotFoundAction:e37; selector:#223;
    T 256 admissionregistration.v1beta1.MatchCondition !expression:s !name:s
    T 257 admissionregistration.v1beta1.MatchResources^ excludeResourceRules:[a#434; matchPolicy:s namespaceSelector:#223; objectSelector:#223; resourceRules:[a#434;
    T 258 admissionregistration.v1beta1.Mutation applyConfiguration:#435; jsonPatch:#436; !patchType:e34;
    T 259 admissionregistration.v1beta1.ParamKind^ 0apiVersion:s 0kind:s
    T 260 admissionregistration.v1beta1.Variable^ !expression:s !name:s
    T 261 admissionregistration.v1beta1.ParamRef^ 0name:s 0namespace:s parameterNotFoundAction:s selector:#223;
    T 262 apiserverinternal.v1alpha1.StorageVersionCondition lastTransitionTime:t !message:s 0observedGeneration:l !reason:s !status:s !type:s
    T 263 apiserverinternal.v1alpha1.ServerStorageVersion !apiServerID:s !decodableVersions:[ss !encodingVersion:s servedVersions:[ss
    T 264 apps.v1.DaemonSetUpdateStrategy rollingUpdate:#437; 0type:e38;
    T 265 apps.v1.DaemonSetCondition lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 266 apps.v1.DeploymentStrategy rollingUpdate:#438; 0type:e39;
    T 267 apps.v1.DeploymentCondition lastTransitionTime:t lastUpdateTime:t 0message:s 0reason:s !status:s !type:s
    T 268 apps.v1.ReplicaSetCondition lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 269 apps.v1.StatefulSetOrdinals *start:i
    T 270 apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy 0whenDeleted:s 0whenScaled:s
    T 271 apps.v1.StatefulSetUpdateStrategy rollingUpdate:#439; 0type:e38;
    T 272 apps.v1.StatefulSetCondition lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 273 authentication.v1.UserInfo extra:{[-s groups:[as 0uid:s 0username:s
    T 274 authentication.v1.BoundObjectReference 0apiVersion:s 0kind:s 0name:s 0uid:s
    T 275 authorization.v1.NonResourceAttributes 0path:s 0verb:s
    T 276 authorization.v1.ResourceAttributes fieldSelector:#440; 0group:s labelSelector:#441; 0name:s 0namespace:s 0resource:s 0subresource:s 0verb:s 0version:s
    T 277 authorization.v1.NonResourceRule nonResourceURLs:[as !verbs:[as
    T 278 authorization.v1.ResourceRule apiGroups:[as resourceNames:[as resources:[as !verbs:[as
    T 279 autoscaling.v1.CrossVersionObjectReference^ 0apiVersion:s !kind:s !name:s
    T 280 autoscaling.v2.HorizontalPodAutoscalerBehavior scaleDown:#442; scaleUp:#442;
    T 281 autoscaling.v2.MetricSpec containerResource:#443; external:#444; object:#445; pods:#446; resource:#447; !type:s
    T 282 autoscaling.v2.CrossVersionObjectReference 0apiVersion:s !kind:s !name:s
    T 283 autoscaling.v2.HorizontalPodAutoscalerCondition lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 284 autoscaling.v2.MetricStatus containerResource:#448; external:#449; object:#450; pods:#451; resource:#452; !type:s
    T 285 batch.v1.JobTemplateSpec +metadata:#104; +spec:#144;
    T 286 batch.v1.PodFailurePolicy !rules:[a#453;
    T 287 batch.v1.SuccessPolicy !rules:[a#454;
    T 288 batch.v1.JobCondition lastProbeTime:t lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 289 batch.v1.UncountedTerminatedPods failed:[ss succeeded:[ss
    T 290 certificates.v1.CertificateSigningRequestCondition lastTransitionTime:t lastUpdateTime:t 0message:s 0reason:s !status:s !type:s
    T 291 core.v1.EndpointAddress^ 0hostname:s !ip:s nodeName:s targetRef:#151;
    T 292 core.v1.EndpointPort^ appProtocol:s 0name:s !port:i 0protocol:e31;
    T 293 core.v1.LimitRangeItem default:{q defaultRequest:{q max:{q maxLimitRequestRatio:{q min:{q !type:s
    T 294 core.v1.NamespaceCondition lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 295 core.v1.NodeConfigSource configMap:#455;
    T 296 core.v1.Taint !effect:e40; !key:s timeAdded:t 0value:s
    T 297 core.v1.NodeAddress !address:s !type:s
    T 298 core.v1.NodeCondition lastHeartbeatTime:t lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 299 core.v1.NodeConfigStatus active:#295; assigned:#295; 0error:s lastKnownGood:#295;
    T 300 core.v1.NodeDaemonEndpoints +kubeletEndpoint:#456;
    T 301 core.v1.NodeFeatures supplementalGroupsPolicy:b
    T 302 core.v1.ContainerImage names:[as 0sizeBytes:l
    T 303 core.v1.NodeSystemInfo !architecture:s !bootID:s !containerRuntimeVersion:s !kernelVersion:s !~kubeProxyVersion:s !kubeletVersion:s !machineID:s !operatingSystem:s !osImage:s swap:#457; !systemUUID:s
    T 304 core.v1.NodeRuntimeHandler features:#458; 0name:s
    T 305 core.v1.AttachedVolume !devicePath:s !name:s
    T 306 core.v1.AWSElasticBlockStoreVolumeSource 0fsType:s 0partition:i 0readOnly:b !volumeID:s
    T 307 core.v1.AzureDiskVolumeSource cachingMode:e41;="ReadWrite" !diskName:s !diskURI:s fsType:s="ext4" kind:e42;="Shared" 0readOnly:b
    T 308 core.v1.AzureFilePersistentVolumeSource 0readOnly:b !secretName:s secretNamespace:s !shareName:s
    T 309 core.v1.CephFSPersistentVolumeSource !monitors:[as 0path:s 0readOnly:b 0secretFile:s secretRef:#459; 0user:s
    T 310 core.v1.CinderPersistentVolumeSource 0fsType:s 0readOnly:b secretRef:#459; !volumeID:s
    T 311 core.v1.CSIPersistentVolumeSource controllerExpandSecretRef:#459; controllerPublishSecretRef:#459; !driver:s 0fsType:s nodeExpandSecretRef:#459; nodePublishSecretRef:#459; nodeStageSecretRef:#459; 0readOnly:b volumeAttributes:{s !volumeHandle:s
    T 312 core.v1.FCVolumeSource 0fsType:s lun:i 0readOnly:b targetWWNs:[as wwids:[as
    T 313 core.v1.FlexPersistentVolumeSource !driver:s 0fsType:s options:{s 0readOnly:b secretRef:#459;
    T 314 core.v1.FlockerVolumeSource 0datasetName:s 0datasetUUID:s
    T 315 core.v1.GCEPersistentDiskVolumeSource 0fsType:s 0partition:i !pdName:s 0readOnly:b
    T 316 core.v1.GlusterfsPersistentVolumeSource !endpoints:s endpointsNamespace:s !path:s 0readOnly:b
    T 317 core.v1.HostPathVolumeSource !path:s type:e43;
    T 318 core.v1.ISCSIPersistentVolumeSource 0chapAuthDiscovery:b 0chapAuthSession:b 0fsType:s initiatorName:s !iqn:s iscsiInterface:s="default" !lun:i portals:[as 0readOnly:b secretRef:#459; !targetPortal:s
    T 319 core.v1.LocalVolumeSource fsType:s !path:s
    T 320 core.v1.NFSVolumeSource !path:s 0readOnly:b !server:s
    T 321 core.v1.VolumeNodeAffinity required:#386;
    T 322 core.v1.PhotonPersistentDiskVolumeSource 0fsType:s !pdID:s
    T 323 core.v1.PortworxVolumeSource 0fsType:s 0readOnly:b !volumeID:s
    T 324 core.v1.QuobyteVolumeSource 0group:s 0readOnly:b !registry:s 0tenant:s 0user:s !volume:s
    T 325 core.v1.RBDPersistentVolumeSource 0fsType:s !image:s keyring:s="/etc/ceph/keyring" !monitors:[as pool:s="rbd" 0readOnly:b secretRef:#459; user:s="admin"
    T 326 core.v1.ScaleIOPersistentVolumeSource fsType:s="xfs" !gateway:s 0protectionDomain:s 0readOnly:b !secretRef:#459; 0sslEnabled:b storageMode:s="ThinProvisioned" 0storagePool:s !system:s 0volumeName:s
    T 327 core.v1.StorageOSPersistentVolumeSource 0fsType:s 0readOnly:b secretRef:#151; 0volumeName:s 0volumeNamespace:s
    T 328 core.v1.VsphereVirtualDiskVolumeSource 0fsType:s 0storagePolicyID:s 0storagePolicyName:s !volumePath:s
    T 329 core.v1.TypedLocalObjectReference^ apiGroup:s !kind:s !name:s
    T 330 core.v1.TypedObjectReference apiGroup:s !kind:s !name:s namespace:s
    T 331 core.v1.VolumeResourceRequirements limits:{q requests:{q
    T 332 core.v1.PersistentVolumeClaimCondition lastProbeTime:t lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 333 core.v1.ModifyVolumeStatus !status:e44; 0targetVolumeAttributesClassName:s
    T 334 core.v1.Affinity nodeAffinity:#460; podAffinity:#461; podAntiAffinity:#462;
    T 335 core.v1.Container args:[as command:[as env:[mname;#463; envFrom:[a#464; 0image:s 0imagePullPolicy:e45; lifecycle:#465; livenessProbe:#466; !name:s ports:[mcontainerPort,protocol;#467; readinessProbe:#466; resizePolicy:[a#468; +resources:#342; restartPolicy:s restartPolicyRules:[a#469; securityContext:#470; startupProbe:#466; 0stdin:b 0stdinOnce:b 0terminationMessagePath:s 0terminationMessagePolicy:e46; 0tty:b volumeDevices:[mdevicePath;#471; volumeMounts:[mmountPath;#472; 0workingDir:s
    T 336 core.v1.PodDNSConfig nameservers:[as options:[a#473; searches:[as
    T 337 core.v1.EphemeralContainer args:[as command:[as env:[mname;#463; envFrom:[a#464; 0image:s 0imagePullPolicy:e45; lifecycle:#465; livenessProbe:#466; !name:s ports:[mcontainerPort,protocol;#467; readinessProbe:#466; resizePolicy:[a#468; +resources:#342; restartPolicy:s restartPolicyRules:[a#469; securityContext:#470; startupProbe:#466; 0stdin:b 0stdinOnce:b 0targetContainerName:s 0terminationMessagePath:s 0terminationMessagePolicy:e46; 0tty:b volumeDevices:[mdevicePath;#471; volumeMounts:[mmountPath;#472; 0workingDir:s
    T 338 core.v1.HostAlias hostnames:[as !ip:s
    T 339 core.v1.PodOS !name:s
    T 340 core.v1.PodReadinessGate !conditionType:s
    T 341 core.v1.PodResourceClaim !name:s resourceClaimName:s resourceClaimTemplateName:s
    T 342 core.v1.ResourceRequirements claims:[mname;#474; limits:{q requests:{q
    T 343 core.v1.PodSchedulingGate !name:s
    T 344 core.v1.PodSchedulingGroup podGroupName:s
    T 345 core.v1.PodSecurityContext appArmorProfile:#475; fsGroup:l fsGroupChangePolicy:e47; runAsGroup:l runAsNonRoot:b runAsUser:l seLinuxChangePolicy:s seLinuxOptions:#476; seccompProfile:#477; supplementalGroups:[al supplementalGroupsPolicy:e48; sysctls:[a#478; windowsOptions:#479;
    T 346 core.v1.Toleration 0effect:e40; 0key:s 0operator:e49; tolerationSeconds:l 0value:s
    T 347 core.v1.TopologySpreadConstraint labelSelector:#223; matchLabelKeys:[as !maxSkew:i minDomains:i nodeAffinityPolicy:e50; nodeTaintsPolicy:e50; !topologyKey:s !whenUnsatisfiable:e51;
    T 348 core.v1.Volume ~awsElasticBlockStore:#306; ~azureDisk:#307; ~azureFile:#480; ~cephfs:#481; ~cinder:#482; configMap:#483; csi:#484; downwardAPI:#485; emptyDir:#486; ephemeral:#487; fc:#312; ~flexVolume:#488; ~flocker:#314; ~gcePersistentDisk:#315; ~gitRepo:#489; ~glusterfs:#490; hostPath:#317; image:#491; iscsi:#492; !name:s nfs:#320; persistentVolumeClaim:#493; ~photonPersistentDisk:#322; ~portworxVolume:#323; projected:#494; ~quobyte:#324; ~rbd:#495; ~scaleIO:#496; secret:#497; ~storageos:#498; ~vsphereVolume:#328;
    T 349 core.v1.PodCondition lastProbeTime:t lastTransitionTime:t 0message:s 0observedGeneration:l 0reason:s !status:s !type:s
    T 350 core.v1.ContainerStatus allocatedResources:{q allocatedResourcesStatus:[mname;#499; 0containerID:s !image:s !imageID:s +lastState:#500; !name:s !ready:b resources:#342; !restartCount:i started:b +state:#500; 0stopSignal:e52; user:#501; volumeMounts:[mmountPath;#502;
    T 351 core.v1.PodExtendedResourceClaimStatus !requestMappings:[a#503; !resourceClaimName:s
    T 352 core.v1.HostIP !ip:s
    T 353 core.v1.NodeAllocatableResourceClaimStatus containers:[ss !resourceClaimName:s !resources:{q
    T 354 core.v1.PodIP !ip:s
    T 355 core.v1.PodResourceClaimStatus !name:s 0resourceClaimName:s
    T 356 core.v1.ReplicationControllerCondition lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 357 core.v1.ScopeSelector^ matchExpressions:[a#504;
    T 358 core.v1.ServicePort appProtocol:s 0name:s 0nodePort:i !port:i protocol:e31;="TCP" *targetPort:x
    T 359 core.v1.SessionAffinityConfig clientIP:#505;
    T 360 core.v1.LoadBalancerStatus ingress:[a#506;
    T 361 discovery.v1.EndpointConditions ready:b serving:b terminating:b
    T 362 discovery.v1.EndpointHints forNodes:[a#507; forZones:[a#508;
    T 363 flowcontrol.v1.FlowDistinguisherMethod !type:s
    T 364 flowcontrol.v1.PriorityLevelConfigurationReference !name:s
    T 365 flowcontrol.v1.PolicyRulesWithSubjects nonResourceRules:[a#509; resourceRules:[a#510; !subjects:[a#511;
    T 366 flowcontrol.v1.FlowSchemaCondition lastTransitionTime:t 0message:s 0reason:s 0status:s 0type:s
    T 367 flowcontrol.v1.ExemptPriorityLevelConfiguration lendablePercent:i nominalConcurrencyShares:i
    T 368 flowcontrol.v1.LimitedPriorityLevelConfiguration borrowingLimitPercent:i lendablePercent:i +limitResponse:#512; nominalConcurrencyShares:i
    T 369 flowcontrol.v1.PriorityLevelConfigurationCondition lastTransitionTime:t 0message:s 0reason:s 0status:s 0type:s
    T 370 networking.v1.ParentReference 0group:s !name:s 0namespace:s !resource:s
    T 371 networking.v1.IngressBackend resource:#329; service:#513;
    T 372 networking.v1.IngressRule 0host:s http:#514;
    T 373 networking.v1.IngressTLS hosts:[as 0secretName:s
    T 374 networking.v1.IngressLoadBalancerStatus ingress:[a#515;
    T 375 networking.v1.IngressClassParametersReference apiGroup:s !kind:s !name:s namespace:s scope:s
    T 376 networking.v1.NetworkPolicyEgressRule ports:[a#516; to:[a#517;
    T 377 networking.v1.NetworkPolicyIngressRule from:[a#517; ports:[a#516;
    T 378 networking.v1beta1.ParentReference 0group:s !name:s 0namespace:s !resource:s
    T 379 resource.v1.DeviceClassConfiguration opaque:#518;
    T 380 resource.v1.DeviceSelector cel:#519;
    T 381 resource.v1.DeviceClaim config:[a#520; constraints:[a#521; requests:[a#522;
    T 382 resource.v1.AllocationResult allocationTimestamp:t +devices:#523; nodeSelector:#386;
    T 383 resource.v1.AllocatedDeviceStatus conditions:[mtype;#248; data:o !device:s !driver:s networkData:#524; !pool:s 0shareID:s
    T 384 resource.v1.ResourceClaimConsumerReference 0apiGroup:s !name:s !resource:s !uid:s
    T 385 resource.v1.Device allNodes:b allowMultipleAllocations:b attributes:{#525; bindingConditions:[as bindingFailureConditions:[as bindsToNode:b capacity:{#526; consumesCounters:[a#527; !name:s nodeAllocatableResourceMappings:{#528; nodeName:s nodeSelector:#386; taints:[a#529;
    T 386 core.v1.NodeSelector^ !nodeSelectorTerms:[a#530;
    T 387 resource.v1.ResourcePool !generation:l !name:s !resourceSliceCount:l
    T 388 resource.v1.CounterSet !counters:{#531; !name:s
    T 389 resource.v1alpha3.DeviceTaintSelector 0device:s 0driver:s 0pool:s
    T 390 resource.v1alpha3.DeviceTaint !effect:e53; !key:s timeAdded:t 0value:s
    T 391 resource.v1alpha3.PoolStatus allocatedDevices:i availableDevices:i !driver:s !generation:l 0nodeName:s !poolName:s resourceSliceCount:i totalDevices:i unavailableDevices:i 0validationError:s
    T 392 resource.v1beta1.DeviceClassConfiguration opaque:#532;
    T 393 resource.v1beta1.DeviceSelector cel:#533;
    T 394 resource.v1beta1.DeviceClaim config:[a#534; constraints:[a#535; requests:[a#536;
    T 395 resource.v1beta1.AllocationResult allocationTimestamp:t +devices:#537; nodeSelector:#386;
    T 396 resource.v1beta1.AllocatedDeviceStatus conditions:[mtype;#248; data:o !device:s !driver:s networkData:#538; !pool:s 0shareID:s
    T 397 resource.v1beta1.ResourceClaimConsumerReference 0apiGroup:s !name:s !resource:s !uid:s
    T 398 resource.v1beta1.Device basic:#539; !name:s
    T 399 resource.v1beta1.ResourcePool !generation:l !name:s !resourceSliceCount:l
    T 400 resource.v1beta1.CounterSet !counters:{#540; !name:s
    T 401 resource.v1beta2.DeviceClassConfiguration opaque:#541;
    T 402 resource.v1beta2.DeviceSelector cel:#542;
    T 403 resource.v1beta2.DeviceTaintSelector 0device:s 0driver:s 0pool:s
    T 404 resource.v1beta2.DeviceTaint !effect:e53; !key:s timeAdded:t 0value:s
    T 405 resource.v1beta2.DeviceClaim config:[a#543; constraints:[a#544; requests:[a#545;
    T 406 resource.v1beta2.AllocationResult allocationTimestamp:t +devices:#546; nodeSelector:#386;
    T 407 resource.v1beta2.AllocatedDeviceStatus conditions:[mtype;#248; data:o !device:s !driver:s networkData:#547; !pool:s 0shareID:s
    T 408 resource.v1beta2.ResourceClaimConsumerReference 0apiGroup:s !name:s !resource:s !uid:s
    T 409 resource.v1beta2.Device allNodes:b allowMultipleAllocations:b attributes:{#548; bindingConditions:[as bindingFailureConditions:[as bindsToNode:b capacity:{#549; consumesCounters:[a#550; !name:s nodeAllocatableResourceMappings:{#551; nodeName:s nodeSelector:#386; taints:[a#404;
    T 410 resource.v1beta2.ResourcePool !generation:l !name:s !resourceSliceCount:l
    T 411 resource.v1beta2.CounterSet !counters:{#552; !name:s
    T 412 storage.v1.TokenRequest !audience:s expirationSeconds:l
    T 413 storage.v1.CSINodeDriver allocatable:#553; !name:s !nodeID:s topologyKeys:[as
    T 414 meta.v1.LabelSelectorRequirement !key:s !operator:s values:[as
    T 415 core.v1.TopologySelectorLabelRequirement !key:s !values:[as
    T 416 storage.v1.VolumeAttachmentSource inlineVolumeSpec:#161; persistentVolumeName:s
    T 417 storage.v1.VolumeError errorCode:i 0message:s time:t
    T 418 apiextensions.v1.CustomResourceConversion !strategy:s webhook:#554;
    T 419 apiextensions.v1.CustomResourceDefinitionNames categories:[as !kind:s 0listKind:s !plural:s shortNames:[as 0singular:s
    T 420 apiextensions.v1.CustomResourceDefinitionVersion additionalPrinterColumns:[a#555; 0~deprecated:b deprecationWarning:s !name:s schema:#556; selectableFields:[a#557; !served:b !storage:b subresources:#558;
    T 421 apiextensions.v1.CustomResourceDefinitionCondition lastTransitionTime:t 0message:s 0observedGeneration:l 0reason:s !status:s !type:s
    T 422 meta.v1.StatusCause 0field:s 0message:s 0reason:s
    T 423 meta.v1.ShardInfo !selector:s
    T 424 apiregistration.v1.ServiceReference 0name:s 0namespace:s port:i
    T 425 apiregistration.v1.APIServiceCondition lastTransitionTime:t 0message:s 0reason:s !status:s !type:s
    T 426 admissionregistration.v1.NamedRuleWithOperations^ apiGroups:[as apiVersions:[as operations:[ae35; resourceNames:[as resources:[as scope:e36;
    T 427 admissionregistration.v1.ApplyConfiguration 0expression:s
    T 428 admissionregistration.v1.JSONPatch 0expression:s
    T 429 admissionregistration.v1.ServiceReference !name:s !namespace:s path:s port:i
    T 430 admissionregistration.v1.ExpressionWarning !fieldRef:s !warning:s
    T 431 admissionregistration.v1alpha1.NamedRuleWithOperations^ apiGroups:[as apiVersions:[as operations:[ae35; resourceNames:[as resources:[as scope:e36;
    T 432 admissionregistration.v1alpha1.ApplyConfiguration 0expression:s
    T 433 admissionregistration.v1alpha1.JSONPatch 0expression:s
    T 434 admissionregistration.v1beta1.NamedRuleWithOperations^ apiGroups:[as apiVersions:[as operations:[ae35; resourceNames:[as resources:[as scope:e36;
    T 435 admissionregistration.v1beta1.ApplyConfiguration 0expression:s
    T 436 admissionregistration.v1beta1.JSONPatch 0expression:s
    T 437 apps.v1.RollingUpdateDaemonSet maxSurge:x maxUnavailable:x
    T 438 apps.v1.RollingUpdateDeployment maxSurge:x maxUnavailable:x
    T 439 apps.v1.RollingUpdateStatefulSetStrategy maxUnavailable:x partition:i
    T 440 authorization.v1.FieldSelectorAttributes 0rawSelector:s requirements:[a#559;
    T 441 authorization.v1.LabelSelectorAttributes 0rawSelector:s requirements:[a#414;
    T 442 autoscaling.v2.HPAScalingRules policies:[a#560; selectPolicy:s stabilizationWindowSeconds:i tolerance:q
    T 443 autoscaling.v2.ContainerResourceMetricSource !container:s !name:s !+target:#561;
    T 444 autoscaling.v2.ExternalMetricSource !+metric:#562; !+target:#561;
    T 445 autoscaling.v2.ObjectMetricSource !+describedObject:#282; !+metric:#562; !+target:#561;
    T 446 autoscaling.v2.PodsMetricSource !+metric:#562; !+target:#561;
    T 447 autoscaling.v2.ResourceMetricSource !name:s !+target:#561;
    T 448 autoscaling.v2.ContainerResourceMetricStatus !container:s !+current:#563; !name:s
    T 449 autoscaling.v2.ExternalMetricStatus !+current:#563; !+metric:#562;
    T 450 autoscaling.v2.ObjectMetricStatus !+current:#563; !+describedObject:#282; !+metric:#562;
    T 451 autoscaling.v2.PodsMetricStatus !+current:#563; !+metric:#562;
    T 452 autoscaling.v2.ResourceMetricStatus !+current:#563; !name:s
    T 453 batch.v1.PodFailurePolicyRule !action:e54; onExitCodes:#564; onPodConditions:[a#565;
    T 454 batch.v1.SuccessPolicyRule succeededCount:i succeededIndexes:s
    T 455 core.v1.ConfigMapNodeConfigSource !kubeletConfigKey:s !name:s !namespace:s 0resourceVersion:s 0uid:s
    T 456 core.v1.DaemonEndpoint !Port:i
    T 457 core.v1.NodeSwapStatus capacity:l
    T 458 core.v1.NodeRuntimeHandlerFeatures recursiveReadOnlyMounts:b userNamespaces:b
    T 459 core.v1.SecretReference^ 0name:s 0namespace:s
    T 460 core.v1.NodeAffinity preferredDuringSchedulingIgnoredDuringExecution:[a#566; requiredDuringSchedulingIgnoredDuringExecution:#386;
    T 461 core.v1.PodAffinity preferredDuringSchedulingIgnoredDuringExecution:[a#567; requiredDuringSchedulingIgnoredDuringExecution:[a#568;
    T 462 core.v1.PodAntiAffinity preferredDuringSchedulingIgnoredDuringExecution:[a#567; requiredDuringSchedulingIgnoredDuringExecution:[a#568;
    T 463 core.v1.EnvVar !name:s 0value:s valueFrom:#569;
    T 464 core.v1.EnvFromSource configMapRef:#570; 0prefix:s secretRef:#571;
    T 465 core.v1.Lifecycle postStart:#572; preStop:#572; stopSignal:e52;
    T 466 core.v1.Probe exec:#573; 0failureThreshold:i grpc:#574; httpGet:#575; 0initialDelaySeconds:i 0periodSeconds:i 0successThreshold:i tcpSocket:#576; terminationGracePeriodSeconds:l 0timeoutSeconds:i
    T 467 core.v1.ContainerPort !containerPort:i 0hostIP:s 0hostPort:i 0name:s protocol:e31;="TCP"
    T 468 core.v1.ContainerResizePolicy !resourceName:s !restartPolicy:s
    T 469 core.v1.ContainerRestartRule !action:s exitCodes:#577;
    T 470 core.v1.SecurityContext allowPrivilegeEscalation:b appArmorProfile:#475; capabilities:#578; privileged:b procMount:e55; readOnlyRootFilesystem:b runAsGroup:l runAsNonRoot:b runAsUser:l seLinuxOptions:#476; seccompProfile:#477; windowsOptions:#479;
    T 471 core.v1.VolumeDevice !devicePath:s !name:s
    T 472 core.v1.VolumeMount !mountPath:s mountPropagation:e56; !name:s 0readOnly:b recursiveReadOnly:s 0subPath:s 0subPathExpr:s
    T 473 core.v1.PodDNSConfigOption 0name:s value:s
    T 474 core.v1.ResourceClaim !name:s 0request:s
    T 475 core.v1.AppArmorProfile localhostProfile:s !type:e57;
    T 476 core.v1.SELinuxOptions 0level:s 0role:s 0type:s 0user:s
    T 477 core.v1.SeccompProfile localhostProfile:s !type:e57;
    T 478 core.v1.Sysctl !name:s !value:s
    T 479 core.v1.WindowsSecurityContextOptions gmsaCredentialSpec:s gmsaCredentialSpecName:s hostProcess:b runAsUserName:s
    T 480 core.v1.AzureFileVolumeSource 0readOnly:b !secretName:s !shareName:s
    T 481 core.v1.CephFSVolumeSource !monitors:[as 0path:s 0readOnly:b 0secretFile:s secretRef:#174; 0user:s
    T 482 core.v1.CinderVolumeSource 0fsType:s 0readOnly:b secretRef:#174; !volumeID:s
    T 483 core.v1.ConfigMapVolumeSource defaultMode:i items:[a#579; 0name:s optional:b
    T 484 core.v1.CSIVolumeSource !driver:s fsType:s nodePublishSecretRef:#174; readOnly:b volumeAttributes:{s
    T 485 core.v1.DownwardAPIVolumeSource defaultMode:i items:[a#580;
    T 486 core.v1.EmptyDirVolumeSource 0medium:s sizeLimit:q
    T 487 core.v1.EphemeralVolumeSource volumeClaimTemplate:#581;
    T 488 core.v1.FlexVolumeSource !driver:s 0fsType:s options:{s 0readOnly:b secretRef:#174;
    T 489 core.v1.GitRepoVolumeSource 0directory:s !repository:s 0revision:s
    T 490 core.v1.GlusterfsVolumeSource !endpoints:s !path:s 0readOnly:b
    T 491 core.v1.ImageVolumeSource 0pullPolicy:e45; 0reference:s
    T 492 core.v1.ISCSIVolumeSource 0chapAuthDiscovery:b 0chapAuthSession:b 0fsType:s initiatorName:s !iqn:s iscsiInterface:s="default" !lun:i portals:[as 0readOnly:b secretRef:#174; !targetPortal:s
    T 493 core.v1.PersistentVolumeClaimVolumeSource !claimName:s 0readOnly:b
    T 494 core.v1.ProjectedVolumeSource defaultMode:i sources:[a#582;
    T 495 core.v1.RBDVolumeSource 0fsType:s !image:s keyring:s="/etc/ceph/keyring" !monitors:[as pool:s="rbd" 0readOnly:b secretRef:#174; user:s="admin"
    T 496 core.v1.ScaleIOVolumeSource fsType:s="xfs" !gateway:s 0protectionDomain:s 0readOnly:b !secretRef:#174; 0sslEnabled:b storageMode:s="ThinProvisioned" 0storagePool:s !system:s 0volumeName:s
    T 497 core.v1.SecretVolumeSource defaultMode:i items:[a#579; optional:b 0secretName:s
    T 498 core.v1.StorageOSVolumeSource 0fsType:s 0readOnly:b secretRef:#174; 0volumeName:s 0volumeNamespace:s
    T 499 core.v1.ResourceStatus !name:s resources:[mresourceID;#583;
    T 500 core.v1.ContainerState running:#584; terminated:#585; waiting:#586;
    T 501 core.v1.ContainerUser linux:#587;
    T 502 core.v1.VolumeMountStatus !mountPath:s !name:s readOnly:b 0recursiveReadOnly:s volumeStatus:#588;
    T 503 core.v1.ContainerExtendedResourceRequest !containerName:s !requestName:s !resourceName:s
    T 504 core.v1.ScopedResourceSelectorRequirement !operator:e58; !scopeName:e25; values:[as
    T 505 core.v1.ClientIPConfig timeoutSeconds:i
    T 506 core.v1.LoadBalancerIngress 0hostname:s 0ip:s ipMode:s ports:[a#589;
    T 507 discovery.v1.ForNode !name:s
    T 508 discovery.v1.ForZone !name:s
    T 509 flowcontrol.v1.NonResourcePolicyRule !nonResourceURLs:[ss !verbs:[ss
    T 510 flowcontrol.v1.ResourcePolicyRule !apiGroups:[ss 0clusterScope:b namespaces:[ss !resources:[ss !verbs:[ss
    T 511 flowcontrol.v1.Subject group:#590; !kind:s serviceAccount:#591; user:#592;
    T 512 flowcontrol.v1.LimitResponse queuing:#593; !type:s
    T 513 networking.v1.IngressServiceBackend !name:s +port:#594;
    T 514 networking.v1.HTTPIngressRuleValue !paths:[a#595;
    T 515 networking.v1.IngressLoadBalancerIngress 0hostname:s 0ip:s ports:[a#596;
    T 516 networking.v1.NetworkPolicyPort endPort:i port:x protocol:e31;
    T 517 networking.v1.NetworkPolicyPeer ipBlock:#597; namespaceSelector:#223; podSelector:#223;
    T 518 resource.v1.OpaqueDeviceConfiguration !driver:s !parameters:o
    T 519 resource.v1.CELDeviceSelector !expression:s
    T 520 resource.v1.DeviceClaimConfiguration opaque:#518; requests:[as
    T 521 resource.v1.DeviceConstraint distinctAttribute:s matchAttribute:s requests:[as
    T 522 resource.v1.DeviceRequest exactly:#598; firstAvailable:[a#599; !name:s
    T 523 resource.v1.DeviceAllocationResult config:[a#600; results:[a#601;
    T 524 resource.v1.NetworkDeviceData 0hardwareAddress:s 0interfaceName:s ips:[as
    T 525 resource.v1.DeviceAttribute bool:b bools:[ab int:l ints:[al string:s strings:[as version:s versions:[as
    T 526 resource.v1.DeviceCapacity requestPolicy:#602; !value:q
    T 527 resource.v1.DeviceCounterConsumption !counterSet:s !counters:{#531;
    T 528 resource.v1.NodeAllocatableResourceMapping allocationMultiplier:q 0capacityKey:s
    T 529 resource.v1.DeviceTaint !effect:e53; !key:s timeAdded:t 0value:s
    T 530 core.v1.NodeSelectorTerm^ matchExpressions:[a#603; matchFields:[a#603;
    T 531 resource.v1.Counter !value:q
    T 532 resource.v1beta1.OpaqueDeviceConfiguration !driver:s !parameters:o
    T 533 resource.v1beta1.CELDeviceSelector !expression:s
    T 534 resource.v1beta1.DeviceClaimConfiguration opaque:#532; requests:[as
    T 535 resource.v1beta1.DeviceConstraint distinctAttribute:s matchAttribute:s requests:[as
    T 536 resource.v1beta1.DeviceRequest adminAccess:b 0allocationMode:e59; capacity:#604; 0count:l 0deviceClassName:s firstAvailable:[a#605; !name:s selectors:[a#393; tolerations:[a#606;
    T 537 resource.v1beta1.DeviceAllocationResult config:[a#607; results:[a#608;
    T 538 resource.v1beta1.NetworkDeviceData 0hardwareAddress:s 0interfaceName:s ips:[as
    T 539 resource.v1beta1.BasicDevice allNodes:b allowMultipleAllocations:b attributes:{#609; bindingConditions:[as bindingFailureConditions:[as bindsToNode:b capacity:{#610; consumesCounters:[a#611; nodeAllocatableResourceMappings:{#612; nodeName:s nodeSelector:#386; taints:[a#613;
    T 540 resource.v1beta1.Counter !value:q
    T 541 resource.v1beta2.OpaqueDeviceConfiguration !driver:s !parameters:o
    T 542 resource.v1beta2.CELDeviceSelector !expression:s
    T 543 resource.v1beta2.DeviceClaimConfiguration opaque:#541; requests:[as
    T 544 resource.v1beta2.DeviceConstraint distinctAttribute:s matchAttribute:s requests:[as
    T 545 resource.v1beta2.DeviceRequest exactly:#614; firstAvailable:[a#615; !name:s
    T 546 resource.v1beta2.DeviceAllocationResult config:[a#616; results:[a#617;
    T 547 resource.v1beta2.NetworkDeviceData 0hardwareAddress:s 0interfaceName:s ips:[as
    T 548 resource.v1beta2.DeviceAttribute bool:b bools:[ab int:l ints:[al string:s strings:[as version:s versions:[as
    T 549 resource.v1beta2.DeviceCapacity requestPolicy:#618; !value:q
    T 550 resource.v1beta2.DeviceCounterConsumption !counterSet:s !counters:{#552;
    T 551 resource.v1beta2.NodeAllocatableResourceMapping allocationMultiplier:q 0capacityKey:s
    T 552 resource.v1beta2.Counter !value:q
    T 553 storage.v1.VolumeNodeResources count:i
    T 554 apiextensions.v1.WebhookConversion clientConfig:#619; !conversionReviewVersions:[as
    T 555 apiextensions.v1.CustomResourceColumnDefinition 0description:s 0format:s !jsonPath:s !name:s 0priority:i !type:s
    T 556 apiextensions.v1.CustomResourceValidation openAPIV3Schema:#620;
    T 557 apiextensions.v1.SelectableField !jsonPath:s
    T 558 apiextensions.v1.CustomResourceSubresources scale:#621; status:o
    T 559 meta.v1.FieldSelectorRequirement !key:s !operator:s values:[as
    T 560 autoscaling.v2.HPAScalingPolicy !periodSeconds:i !type:s !value:i
    T 561 autoscaling.v2.MetricTarget averageUtilization:i averageValue:q !type:s value:q
    T 562 autoscaling.v2.MetricIdentifier !name:s selector:#223;
    T 563 autoscaling.v2.MetricValueStatus averageUtilization:i averageValue:q value:q
    T 564 batch.v1.PodFailurePolicyOnExitCodesRequirement containerName:s !operator:e60; !values:[si
    T 565 batch.v1.PodFailurePolicyOnPodConditionsPattern 0status:s !type:s
    T 566 core.v1.PreferredSchedulingTerm !+preference:#530; !weight:i
    T 567 core.v1.WeightedPodAffinityTerm !+podAffinityTerm:#568; !weight:i
    T 568 core.v1.PodAffinityTerm labelSelector:#223; matchLabelKeys:[as mismatchLabelKeys:[as namespaceSelector:#223; namespaces:[as !topologyKey:s
    T 569 core.v1.EnvVarSource configMapKeyRef:#622; fieldRef:#623; fileKeyRef:#624; resourceFieldRef:#625; secretKeyRef:#626;
    T 570 core.v1.ConfigMapEnvSource 0name:s optional:b
    T 571 core.v1.SecretEnvSource 0name:s optional:b
    T 572 core.v1.LifecycleHandler exec:#573; httpGet:#575; sleep:#627; ~tcpSocket:#576;
    T 573 core.v1.ExecAction command:[as
    T 574 core.v1.GRPCAction !port:i *service:s
    T 575 core.v1.HTTPGetAction 0host:s httpHeaders:[a#628; 0path:s !port:x 0scheme:e61;
    T 576 core.v1.TCPSocketAction 0host:s !port:x
    T 577 core.v1.ContainerRestartRuleOnExitCodes !operator:s values:[si
    T 578 core.v1.Capabilities add:[as drop:[as
    T 579 core.v1.KeyToPath !key:s mode:i !path:s
    T 580 core.v1.DownwardAPIVolumeFile fieldRef:#623; mode:i !path:s resourceFieldRef:#625;
    T 581 core.v1.PersistentVolumeClaimTemplate +metadata:#104; !+spec:#163;
    T 582 core.v1.VolumeProjection clusterTrustBundle:#629; configMap:#630; downwardAPI:#631; podCertificate:#632; secret:#633; serviceAccountToken:#634;
    T 583 core.v1.ResourceHealth 0health:s 0message:s !resourceID:s
    T 584 core.v1.ContainerStateRunning startedAt:t
    T 585 core.v1.ContainerStateTerminated 0containerID:s !exitCode:i finishedAt:t 0message:s 0reason:s 0signal:i startedAt:t
    T 586 core.v1.ContainerStateWaiting 0message:s 0reason:s
    T 587 core.v1.LinuxContainerUser !gid:l supplementalGroups:[al !uid:l
    T 588 core.v1.VolumeStatus image:#635;
    T 589 core.v1.PortStatus 0error:s !port:i !protocol:e31;
    T 590 flowcontrol.v1.GroupSubject !name:s
    T 591 flowcontrol.v1.ServiceAccountSubject !name:s !namespace:s
    T 592 flowcontrol.v1.UserSubject !name:s
    T 593 flowcontrol.v1.QueuingConfiguration *handSize:i *queueLengthLimit:i *queues:i
    T 594 networking.v1.ServiceBackendPort^ 0name:s 0number:i
    T 595 networking.v1.HTTPIngressPath !+backend:#371; 0path:s !pathType:e62;
    T 596 networking.v1.IngressPortStatus 0error:s !port:i !protocol:e31;
    T 597 networking.v1.IPBlock !cidr:s except:[as
    T 598 resource.v1.ExactDeviceRequest adminAccess:b 0allocationMode:e59; capacity:#636; 0count:l !deviceClassName:s selectors:[a#380; tolerations:[a#637;
    T 599 resource.v1.DeviceSubRequest 0allocationMode:e59; capacity:#636; 0count:l !deviceClassName:s !name:s selectors:[a#380; tolerations:[a#637;
    T 600 resource.v1.DeviceAllocationConfiguration opaque:#518; requests:[as !source:e63;
    T 601 resource.v1.DeviceRequestAllocationResult adminAccess:b bindingConditions:[as bindingFailureConditions:[as consumedCapacity:{q !device:s !driver:s !pool:s !request:s 0shareID:s tolerations:[a#637;
    T 602 resource.v1.CapacityRequestPolicy default:q validRange:#638; validValues:[aq
    T 603 core.v1.NodeSelectorRequirement !key:s !operator:e64; values:[as
    T 604 resource.v1beta1.CapacityRequirements requests:{q
    T 605 resource.v1beta1.DeviceSubRequest 0allocationMode:e59; capacity:#604; 0count:l !deviceClassName:s !name:s selectors:[a#393; tolerations:[a#606;
    T 606 resource.v1beta1.DeviceToleration 0effect:e53; 0key:s operator:e65;="Equal" tolerationSeconds:l 0value:s
    T 607 resource.v1beta1.DeviceAllocationConfiguration opaque:#532; requests:[as !source:e63;
    T 608 resource.v1beta1.DeviceRequestAllocationResult adminAccess:b bindingConditions:[as bindingFailureConditions:[as consumedCapacity:{q !device:s !driver:s !pool:s !request:s 0shareID:s tolerations:[a#606;
    T 609 resource.v1beta1.DeviceAttribute bool:b bools:[ab int:l ints:[al string:s strings:[as version:s versions:[as
    T 610 resource.v1beta1.DeviceCapacity requestPolicy:#639; !value:q
    T 611 resource.v1beta1.DeviceCounterConsumption !counterSet:s !counters:{#540;
    T 612 resource.v1beta1.NodeAllocatableResourceMapping allocationMultiplier:q 0capacityKey:s
    T 613 resource.v1beta1.DeviceTaint !effect:e53; !key:s timeAdded:t 0value:s
    T 614 resource.v1beta2.ExactDeviceRequest adminAccess:b 0allocationMode:e59; capacity:#640; 0count:l !deviceClassName:s selectors:[a#402; tolerations:[a#641;
    T 615 resource.v1beta2.DeviceSubRequest 0allocationMode:e59; capacity:#640; 0count:l !deviceClassName:s !name:s selectors:[a#402; tolerations:[a#641;
    T 616 resource.v1beta2.DeviceAllocationConfiguration opaque:#541; requests:[as !source:e63;
    T 617 resource.v1beta2.DeviceRequestAllocationResult adminAccess:b bindingConditions:[as bindingFailureConditions:[as consumedCapacity:{q !device:s !driver:s !pool:s !request:s 0shareID:s tolerations:[a#641;
    T 618 resource.v1beta2.CapacityRequestPolicy default:q validRange:#642; validValues:[aq
    T 619 apiextensions.v1.WebhookClientConfig 0caBundle:B service:#643; url:s
    T 620 apiextensions.v1.JSONSchemaProps $ref:s 0$schema:s additionalItems:j additionalProperties:j allOf:[a#620; anyOf:[a#620; default:j definitions:{#620; dependencies:{j 0description:s enum:[aj example:j 0exclusiveMaximum:b 0exclusiveMinimum:b externalDocs:#644; 0format:s 0id:s items:j maxItems:l maxLength:l maxProperties:l maximum:d minItems:l minLength:l minProperties:l minimum:d multipleOf:d not:#620; 0nullable:b oneOf:[a#620; 0pattern:s patternProperties:{#620; properties:{#620; required:[as 0title:s 0type:s 0uniqueItems:b 0x-kubernetes-embedded-resource:b 0x-kubernetes-int-or-string:b x-kubernetes-list-map-keys:[as x-kubernetes-list-type:s x-kubernetes-map-type:s x-kubernetes-preserve-unknown-fields:b x-kubernetes-validations:[mrule;#645;
    T 621 apiextensions.v1.CustomResourceSubresourceScale labelSelectorPath:s !specReplicasPath:s !statusReplicasPath:s
    T 622 core.v1.ConfigMapKeySelector^ !key:s 0name:s optional:b
    T 623 core.v1.ObjectFieldSelector^ 0apiVersion:s !fieldPath:s
    T 624 core.v1.FileKeySelector^ !key:s 0optional:b !path:s !volumeName:s
    T 625 core.v1.ResourceFieldSelector^ 0containerName:s *divisor:q !resource:s
    T 626 core.v1.SecretKeySelector^ !key:s 0name:s optional:b
    T 627 core.v1.SleepAction !seconds:l
    T 628 core.v1.HTTPHeader !name:s !value:s
    T 629 core.v1.ClusterTrustBundleProjection labelSelector:#223; name:s optional:b !path:s signerName:s
    T 630 core.v1.ConfigMapProjection items:[a#579; 0name:s optional:b
    T 631 core.v1.DownwardAPIProjection items:[a#580;
    T 632 core.v1.PodCertificateProjection 0certificateChainPath:s 0credentialBundlePath:s 0keyPath:s !keyType:s maxExpirationSeconds:i !signerName:s userAnnotations:{s
    T 633 core.v1.SecretProjection items:[a#579; 0name:s optional:b
    T 634 core.v1.ServiceAccountTokenProjection 0audience:s expirationSeconds:l !path:s
    T 635 core.v1.ImageVolumeStatus !imageRef:s
    T 636 resource.v1.CapacityRequirements requests:{q
    T 637 resource.v1.DeviceToleration 0effect:e53; 0key:s operator:e65;="Equal" tolerationSeconds:l 0value:s
    T 638 resource.v1.CapacityRequestPolicyRange max:q !min:q step:q
    T 639 resource.v1beta1.CapacityRequestPolicy default:q validRange:#646; validValues:[aq
    T 640 resource.v1beta2.CapacityRequirements requests:{q
    T 641 resource.v1beta2.DeviceToleration 0effect:e53; 0key:s operator:e65;="Equal" tolerationSeconds:l 0value:s
    T 642 resource.v1beta2.CapacityRequestPolicyRange max:q !min:q step:q
    T 643 apiextensions.v1.ServiceReference !name:s !namespace:s path:s port:i
    T 644 apiextensions.v1.ExternalDocumentation 0description:s 0url:s
    T 645 apiextensions.v1.ValidationRule 0fieldPath:s 0message:s 0messageExpression:s optionalOldSelf:b reason:e66; !rule:s
    T 646 resource.v1beta1.CapacityRequestPolicyRange max:q !min:q step:q
    """#
