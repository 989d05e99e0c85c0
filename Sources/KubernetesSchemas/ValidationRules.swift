/// What the API server checks of single fields beyond their types, from the published API conventions and field
/// documentation: type, field, checks (see `ValidationRule.Check`). Required texts and enums come from the schemas.
let validationRules: StaticString = #"""
    meta.v1.ObjectMeta labels keys=qualified values=labelValue
    meta.v1.ObjectMeta annotations keys=lowered
    meta.v1.ObjectMeta namespace label
    meta.v1.LabelSelector matchLabels keys=qualified values=labelValue
    meta.v1.LabelSelectorRequirement key qualified
    meta.v1.LabelSelectorRequirement operator in=In,NotIn,Exists,DoesNotExist
    core.v1.PodSpec containers required
    core.v1.PodSpec containers unique=name
    core.v1.PodSpec initContainers unique=name
    core.v1.PodSpec ephemeralContainers unique=name
    core.v1.PodSpec volumes unique=name
    core.v1.PodSpec nodeSelector keys=qualified values=labelValue
    core.v1.PodSpec terminationGracePeriodSeconds range=0:9223372036854775807
    core.v1.PodSpec activeDeadlineSeconds range=1:2147483647
    core.v1.PodSpec serviceAccountName subdomain
    core.v1.PodSpec nodeName subdomain
    core.v1.PodSpec priorityClassName subdomain
    core.v1.PodSpec runtimeClassName subdomain
    core.v1.PodSpec hostname label
    core.v1.PodSpec subdomain label
    core.v1.PodSpec overhead keys=resource
    core.v1.Container name label
    core.v1.Container image required image
    core.v1.Container ports unique=name
    core.v1.Container volumeMounts unique=mountPath
    core.v1.EphemeralContainer name label
    core.v1.EphemeralContainer image required image
    core.v1.ContainerPort containerPort required range=1:65535
    core.v1.ContainerPort hostPort range=1:65535
    core.v1.ContainerPort name portName
    core.v1.EnvVar name envName
    core.v1.ResourceRequirements limits keys=resource
    core.v1.ResourceRequirements requests keys=resource
    core.v1.Probe initialDelaySeconds range=0:2147483647
    core.v1.Probe timeoutSeconds range=0:2147483647
    core.v1.Probe periodSeconds range=0:2147483647
    core.v1.Probe successThreshold range=0:2147483647
    core.v1.Probe failureThreshold range=0:2147483647
    core.v1.GRPCAction port range=1:65535
    core.v1.Volume name label
    core.v1.Volume name one=name
    core.v1.HostPathVolumeSource path path
    core.v1.SecretVolumeSource defaultMode range=0:511
    core.v1.ConfigMapVolumeSource defaultMode range=0:511
    core.v1.DownwardAPIVolumeSource defaultMode range=0:511
    core.v1.ProjectedVolumeSource defaultMode range=0:511
    core.v1.ServiceAccountTokenProjection expirationSeconds range=600:4294967296
    core.v1.NodeSelector nodeSelectorTerms required
    core.v1.PreferredSchedulingTerm weight range=1:100
    core.v1.WeightedPodAffinityTerm weight range=1:100
    core.v1.TopologySpreadConstraint maxSkew range=1:2147483647
    core.v1.CephFSVolumeSource monitors required
    core.v1.RBDVolumeSource monitors required
    core.v1.PersistentVolumeClaimSpec accessModes required
    core.v1.PersistentVolumeClaimSpec storageClassName subdomain
    core.v1.PersistentVolumeSpec accessModes required
    core.v1.PersistentVolumeSpec capacity required
    core.v1.ConfigMap data keys=configKey
    core.v1.ConfigMap binaryData keys=configKey
    core.v1.Secret data keys=configKey
    core.v1.ServicePort port range=1:65535
    core.v1.ServicePort nodePort range=1:65535
    core.v1.ServicePort name label
    core.v1.ServiceSpec ports unique=name
    core.v1.ServiceSpec selector keys=qualified values=labelValue
    core.v1.ResourceQuotaSpec hard keys=storedResource
    apps.v1.DeploymentSpec replicas range=0:2147483647
    apps.v1.DeploymentSpec minReadySeconds range=0:2147483647
    apps.v1.DeploymentSpec revisionHistoryLimit range=0:2147483647
    apps.v1.DeploymentSpec progressDeadlineSeconds range=0:2147483647
    apps.v1.RollingUpdateDeployment maxSurge percent
    apps.v1.RollingUpdateDeployment maxUnavailable percent
    apps.v1.RollingUpdateDaemonSet maxSurge percent
    apps.v1.RollingUpdateDaemonSet maxUnavailable percent
    apps.v1.ReplicaSetSpec replicas range=0:2147483647
    apps.v1.StatefulSetSpec replicas range=0:2147483647
    apps.v1.StatefulSetSpec revisionHistoryLimit range=0:2147483647
    apps.v1.DaemonSetSpec revisionHistoryLimit range=0:2147483647
    batch.v1.JobSpec parallelism range=0:2147483647
    batch.v1.JobSpec completions range=0:2147483647
    batch.v1.JobSpec backoffLimit range=0:2147483647
    batch.v1.JobSpec activeDeadlineSeconds range=0:9223372036854775807
    batch.v1.JobSpec ttlSecondsAfterFinished range=0:2147483647
    batch.v1.CronJobSpec schedule schedule
    batch.v1.CronJobSpec startingDeadlineSeconds range=0:9223372036854775807
    batch.v1.CronJobSpec successfulJobsHistoryLimit range=0:2147483647
    batch.v1.CronJobSpec failedJobsHistoryLimit range=0:2147483647
    autoscaling.v2.HorizontalPodAutoscalerSpec minReplicas range=1:2147483647
    autoscaling.v2.HorizontalPodAutoscalerSpec maxReplicas range=1:2147483647
    autoscaling.v2.MetricSpec type in=ContainerResource,External,Object,Pods,Resource
    autoscaling.v2.MetricTarget type in=Utilization,Value,AverageValue
    autoscaling.v1.HorizontalPodAutoscalerSpec maxReplicas range=1:2147483647
    networking.v1.HTTPIngressRuleValue paths required
    networking.v1.HTTPIngressPath pathType required
    networking.v1.HTTPIngressPath path path
    networking.v1.IngressServiceBackend name label
    networking.v1.NetworkPolicySpec policyTypes in=Ingress,Egress
    policy.v1.PodDisruptionBudgetSpec minAvailable percent
    policy.v1.PodDisruptionBudgetSpec maxUnavailable percent
    rbac.v1.PolicyRule verbs required
    rbac.v1.RoleRef kind in=Role,ClusterRole
    rbac.v1.RoleRef apiGroup in=rbac.authorization.k8s.io
    rbac.v1.Subject kind in=ServiceAccount,User,Group
    storage.v1.CSIStorageCapacity storageClassName subdomain
    storage.v1.StorageClass provisioner lowered
    admissionregistration.v1.ValidatingWebhook admissionReviewVersions required
    admissionregistration.v1.MutatingWebhook admissionReviewVersions required
    admissionregistration.v1.ValidatingWebhook timeoutSeconds range=1:30
    admissionregistration.v1.MutatingWebhook timeoutSeconds range=1:30
    admissionregistration.v1.ValidatingAdmissionPolicyBindingSpec validationActions required
    apiextensions.v1.CustomResourceDefinitionSpec versions required
    """#
