/// What the API server fills in, from the published documentation of each field; `SchemaSet` adds the defaults that the
/// OpenAPI documents state themselves.
///
/// A line: type, field, value, conditions. A value is JSON without spaces; an object's own fields are then filled by the
/// rules of its type. `%name` is a computed value, see `ComputedDefault`. All conditions must hold: `field` is set,
/// `!field` is not, `field=text` (one of several, with commas), `@Kind`: the whole object is of that kind, `@root`:
/// this is the whole object or its metadata. Lines apply in order, each seeing the ones above.
let defaultingRules: StaticString = #"""
    core.v1.PodSpec dnsPolicy "ClusterFirst"
    core.v1.PodSpec restartPolicy "Always"
    core.v1.PodSpec terminationGracePeriodSeconds 30
    core.v1.PodSpec schedulerName "default-scheduler"
    core.v1.PodSpec securityContext {}
    core.v1.PodSpec serviceAccount %serviceAccountName serviceAccountName
    core.v1.PodSpec serviceAccountName %serviceAccount serviceAccount
    core.v1.PodSpec enableServiceLinks true @Pod
    core.v1.PodSpec priority 2000001000 @Pod priorityClassName=system-node-critical
    core.v1.PodSpec priority 2000000000 @Pod priorityClassName=system-cluster-critical
    core.v1.PodSpec priority 0 @Pod !priorityClassName
    core.v1.PodSpec preemptionPolicy "PreemptLowerPriority" @Pod
    core.v1.PodSpec tolerations %tolerations @Pod
    core.v1.PodStatus phase "Pending" @Pod
    core.v1.PodStatus qosClass %qosClass @Pod
    core.v1.Container terminationMessagePath "/dev/termination-log"
    core.v1.Container terminationMessagePolicy "File"
    core.v1.Container imagePullPolicy %imagePullPolicy
    core.v1.Container securityContext %appArmor @Pod
    core.v1.EphemeralContainer terminationMessagePath "/dev/termination-log"
    core.v1.EphemeralContainer terminationMessagePolicy "File"
    core.v1.EphemeralContainer imagePullPolicy %imagePullPolicy
    core.v1.ResourceRequirements requests %requests @Pod
    core.v1.ResourceRequirements requests %podRequests @Pod
    core.v1.ContainerPort hostPort %hostPort @Pod
    core.v1.Probe timeoutSeconds 1
    core.v1.Probe periodSeconds 10
    core.v1.Probe successThreshold 1
    core.v1.Probe failureThreshold 3
    core.v1.HTTPGetAction path "/"
    core.v1.HTTPGetAction scheme "HTTP"
    core.v1.Volume emptyDir {} @sourceless
    core.v1.SecretVolumeSource defaultMode 420
    core.v1.ConfigMapVolumeSource defaultMode 420
    core.v1.DownwardAPIVolumeSource defaultMode 420
    core.v1.ProjectedVolumeSource defaultMode 420
    core.v1.ServiceAccountTokenProjection expirationSeconds 3600
    core.v1.PodCertificateProjection maxExpirationSeconds 86400
    core.v1.ObjectFieldSelector apiVersion "v1"
    core.v1.FileKeySelector optional false
    core.v1.HostPathVolumeSource type ""
    core.v1.AzureDiskVolumeSource readOnly false
    core.v1.ImageVolumeSource pullPolicy %imagePullPolicy
    core.v1.PersistentVolumeClaimSpec volumeMode "Filesystem"
    core.v1.PersistentVolumeClaimStatus phase "Pending"
    core.v1.PersistentVolumeSpec volumeMode "Filesystem"
    core.v1.PersistentVolumeSpec persistentVolumeReclaimPolicy "Retain"
    core.v1.PersistentVolumeStatus phase "Pending"
    core.v1.Secret type "Opaque"
    core.v1.Secret data %secretData
    core.v1.NamespaceSpec finalizers ["kubernetes"]
    core.v1.NamespaceStatus phase "Active"
    core.v1.ServiceSpec sessionAffinity "None"
    core.v1.ServiceSpec type "ClusterIP"
    core.v1.ServiceSpec sessionAffinityConfig {"clientIP":{"timeoutSeconds":10800}} sessionAffinity=ClientIP
    core.v1.ServiceSpec internalTrafficPolicy "Cluster" type=ClusterIP,NodePort,LoadBalancer
    core.v1.ServiceSpec externalTrafficPolicy "Cluster" type=NodePort,LoadBalancer
    core.v1.ServiceSpec externalTrafficPolicy "Cluster" type=ClusterIP externalIPs
    core.v1.ServiceSpec allocateLoadBalancerNodePorts true type=LoadBalancer
    core.v1.ServiceSpec clusterIPs ["None"] clusterIP=None
    core.v1.ServiceSpec ipFamilies ["IPv4"] type=ClusterIP,NodePort,LoadBalancer
    core.v1.ServiceSpec ipFamilyPolicy "SingleStack" type=ClusterIP,NodePort,LoadBalancer
    core.v1.SessionAffinityConfig clientIP {}
    core.v1.ClientIPConfig timeoutSeconds 10800
    core.v1.ServicePort targetPort %targetPort
    core.v1.EndpointPort protocol "TCP"
    core.v1.ReplicationControllerSpec selector %templateLabels
    core.v1.NodeStatus allocatable %capacity
    core.v1.ResourceFieldSelector divisor "0"
    core.v1.LimitRangeItem default %limitRangeDefault type=Container
    core.v1.LimitRangeItem defaultRequest %limitRangeRequest type=Container
    apps.v1.DeploymentSpec replicas 1
    apps.v1.DeploymentSpec revisionHistoryLimit 10
    apps.v1.DeploymentSpec progressDeadlineSeconds 600
    apps.v1.DeploymentStrategy type "RollingUpdate"
    apps.v1.DeploymentStrategy rollingUpdate {} type=RollingUpdate
    apps.v1.RollingUpdateDeployment maxSurge "25%"
    apps.v1.RollingUpdateDeployment maxUnavailable "25%"
    apps.v1.ReplicaSetSpec replicas 1
    apps.v1.DaemonSetSpec revisionHistoryLimit 10
    apps.v1.DaemonSetUpdateStrategy type "RollingUpdate"
    apps.v1.DaemonSetUpdateStrategy rollingUpdate {} type=RollingUpdate
    apps.v1.RollingUpdateDaemonSet maxUnavailable 1 !maxSurge
    apps.v1.RollingUpdateDaemonSet maxUnavailable %unavailableBesideSurge
    apps.v1.RollingUpdateDaemonSet maxSurge 0
    apps.v1.StatefulSetSpec replicas 1
    apps.v1.StatefulSetSpec revisionHistoryLimit 10
    apps.v1.StatefulSetSpec podManagementPolicy "OrderedReady"
    apps.v1.StatefulSetSpec persistentVolumeClaimRetentionPolicy {}
    apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenDeleted "Retain"
    apps.v1.StatefulSetPersistentVolumeClaimRetentionPolicy whenScaled "Retain"
    apps.v1.StatefulSetUpdateStrategy rollingUpdate {} !type
    apps.v1.StatefulSetUpdateStrategy type "RollingUpdate"
    apps.v1.RollingUpdateStatefulSetStrategy partition 0
    core.v1.PersistentVolumeClaim apiVersion "v1" @StatefulSet
    core.v1.PersistentVolumeClaim kind "PersistentVolumeClaim" @StatefulSet
    batch.v1.CronJobSpec concurrencyPolicy "Allow"
    batch.v1.CronJobSpec suspend false
    batch.v1.CronJobSpec successfulJobsHistoryLimit 3
    batch.v1.CronJobSpec failedJobsHistoryLimit 1
    batch.v1.JobSpec completions 1 @Job !parallelism !completions
    batch.v1.JobSpec parallelism 1 @Job
    batch.v1.JobSpec backoffLimit 2147483647 @Job backoffLimitPerIndex
    batch.v1.JobSpec backoffLimit 6 @Job
    batch.v1.JobSpec completionMode "NonIndexed" @Job
    batch.v1.JobSpec suspend false @Job
    batch.v1.JobSpec manualSelector false @Job
    batch.v1.JobSpec podReplacementPolicy "Failed" @Job podFailurePolicy
    batch.v1.JobSpec podReplacementPolicy "TerminatingOrFailed" @Job
    batch.v1.PodFailurePolicyOnPodConditionsPattern status "True"
    autoscaling.v2.HorizontalPodAutoscalerSpec minReplicas 1
    autoscaling.v2.HorizontalPodAutoscalerSpec metrics [{"type":"Resource","resource":{"name":"cpu","target":{"type":"Utilization","averageUtilization":80}}}]
    autoscaling.v2.HorizontalPodAutoscalerBehavior scaleUp {}
    autoscaling.v2.HorizontalPodAutoscalerBehavior scaleDown {}
    autoscaling.v2.HPAScalingRules selectPolicy "Max"
    autoscaling.v2.HPAScalingRules stabilizationWindowSeconds 0 @scaleUp
    autoscaling.v2.HPAScalingRules policies [{"type":"Pods","value":4,"periodSeconds":15},{"type":"Percent","value":100,"periodSeconds":15}] @scaleUp
    autoscaling.v2.HPAScalingRules policies [{"type":"Percent","value":100,"periodSeconds":15}]
    autoscaling.v1.HorizontalPodAutoscalerSpec minReplicas 1
    networking.v1.NetworkPolicySpec policyTypes ["Ingress","Egress"] egress
    networking.v1.NetworkPolicySpec policyTypes ["Ingress"]
    networking.v1.NetworkPolicyPort protocol "TCP"
    networking.v1.IngressClassParametersReference scope "Cluster"
    rbac.v1.RoleRef apiGroup "rbac.authorization.k8s.io"
    rbac.v1.Subject apiGroup "rbac.authorization.k8s.io" kind=User,Group
    storage.v1.StorageClass reclaimPolicy "Delete"
    storage.v1.StorageClass volumeBindingMode "Immediate"
    storage.v1.CSIDriverSpec attachRequired true
    storage.v1.CSIDriverSpec podInfoOnMount false
    storage.v1.CSIDriverSpec storageCapacity false
    storage.v1.CSIDriverSpec fsGroupPolicy "ReadWriteOnceWithFSType"
    storage.v1.CSIDriverSpec volumeLifecycleModes ["Persistent"]
    storage.v1.CSIDriverSpec requiresRepublish false
    storage.v1.CSIDriverSpec seLinuxMount false
    scheduling.v1.PriorityClass preemptionPolicy "PreemptLowerPriority"
    admissionregistration.v1.ValidatingWebhook failurePolicy "Fail"
    admissionregistration.v1.ValidatingWebhook matchPolicy "Equivalent"
    admissionregistration.v1.ValidatingWebhook namespaceSelector {}
    admissionregistration.v1.ValidatingWebhook objectSelector {}
    admissionregistration.v1.ValidatingWebhook timeoutSeconds 10
    admissionregistration.v1.MutatingWebhook failurePolicy "Fail"
    admissionregistration.v1.MutatingWebhook matchPolicy "Equivalent"
    admissionregistration.v1.MutatingWebhook namespaceSelector {}
    admissionregistration.v1.MutatingWebhook objectSelector {}
    admissionregistration.v1.MutatingWebhook timeoutSeconds 10
    admissionregistration.v1.MutatingWebhook reinvocationPolicy "Never"
    admissionregistration.v1.RuleWithOperations scope "*"
    admissionregistration.v1.NamedRuleWithOperations scope "*"
    admissionregistration.v1.ServiceReference port 443
    admissionregistration.v1.ValidatingAdmissionPolicySpec failurePolicy "Fail"
    admissionregistration.v1.MutatingAdmissionPolicySpec failurePolicy "Fail"
    admissionregistration.v1beta1.MutatingAdmissionPolicySpec failurePolicy "Fail"
    admissionregistration.v1beta1.MatchResources matchPolicy "Equivalent"
    admissionregistration.v1beta1.MatchResources namespaceSelector {}
    admissionregistration.v1beta1.MatchResources objectSelector {}
    admissionregistration.v1beta1.NamedRuleWithOperations scope "*"
    admissionregistration.v1alpha1.MutatingAdmissionPolicySpec failurePolicy "Fail"
    admissionregistration.v1alpha1.MatchResources matchPolicy "Equivalent"
    admissionregistration.v1alpha1.MatchResources namespaceSelector {}
    admissionregistration.v1alpha1.MatchResources objectSelector {}
    admissionregistration.v1alpha1.NamedRuleWithOperations scope "*"
    admissionregistration.v1alpha1.ParamRef parameterNotFoundAction "Deny"
    admissionregistration.v1.MatchResources matchPolicy "Equivalent"
    admissionregistration.v1.MatchResources namespaceSelector {}
    admissionregistration.v1.MatchResources objectSelector {}
    apiregistration.v1.ServiceReference port 443
    apiextensions.v1.CustomResourceDefinitionSpec conversion {"strategy":"None"}
    apiextensions.v1.CustomResourceDefinitionNames singular %lowercaseKind
    apiextensions.v1.CustomResourceDefinitionNames listKind %listKind
    apiextensions.v1.ServiceReference port 443
    flowcontrol.v1.FlowSchemaSpec matchingPrecedence 1000
    flowcontrol.v1.LimitedPriorityLevelConfiguration nominalConcurrencyShares 30
    flowcontrol.v1.LimitedPriorityLevelConfiguration lendablePercent 0
    flowcontrol.v1.ExemptPriorityLevelConfiguration nominalConcurrencyShares 0
    flowcontrol.v1.ExemptPriorityLevelConfiguration lendablePercent 0
    flowcontrol.v1.QueuingConfiguration queues 64
    flowcontrol.v1.QueuingConfiguration handSize 8
    flowcontrol.v1.QueuingConfiguration queueLengthLimit 50
    authentication.v1.TokenRequestSpec expirationSeconds 3600
    discovery.v1.EndpointPort name ""
    discovery.v1.EndpointPort protocol "TCP"
    resource.v1.ExactDeviceRequest allocationMode "ExactCount"
    resource.v1.ExactDeviceRequest count 1 allocationMode=ExactCount
    resource.v1.DeviceSubRequest allocationMode "ExactCount"
    resource.v1.DeviceSubRequest count 1 allocationMode=ExactCount
    resource.v1beta2.ExactDeviceRequest allocationMode "ExactCount"
    resource.v1beta2.ExactDeviceRequest count 1 allocationMode=ExactCount
    resource.v1beta2.DeviceSubRequest allocationMode "ExactCount"
    resource.v1beta2.DeviceSubRequest count 1 allocationMode=ExactCount
    resource.v1beta1.DeviceRequest allocationMode "ExactCount" deviceClassName
    resource.v1beta1.DeviceRequest count 1 allocationMode=ExactCount
    resource.v1beta1.DeviceSubRequest allocationMode "ExactCount"
    resource.v1beta1.DeviceSubRequest count 1 allocationMode=ExactCount
    meta.v1.ObjectMeta labels %templateLabels @Job @root
    meta.v1.ObjectMeta labels %templateLabels @ReplicationController @root
    meta.v1.ObjectMeta finalizers ["kubernetes.io/pvc-protection"] @PersistentVolumeClaim @root
    meta.v1.ObjectMeta finalizers ["kubernetes.io/pv-protection"] @PersistentVolume @root
    meta.v1.ObjectMeta annotations %daemonSetGeneration @DaemonSet @root
    meta.v1.ObjectMeta labels %namespaceName @Namespace @root
    """#
