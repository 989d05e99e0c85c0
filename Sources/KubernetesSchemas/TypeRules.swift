/// Types for which the API server has code beyond their schema.
enum TypeRules: UInt8, Sendable {
    case none, serviceSpec, podSpec, container, probe, workload, labelSelectorRequirement
    case resourceRequirements, claimSpec, horizontalPodAutoscaler, ingressSpec, policyRule, roleRef, subject, secret
    case storageCapacity

    private static let byName: [String: TypeRules] = [
        "core.v1.ServiceSpec": .serviceSpec, "core.v1.PodSpec": .podSpec, "core.v1.Container": .container,
        "core.v1.Probe": .probe, "apps.v1.DeploymentSpec": .workload, "apps.v1.ReplicaSetSpec": .workload,
        "apps.v1.DaemonSetSpec": .workload, "apps.v1.StatefulSetSpec": .workload,
        "meta.v1.LabelSelectorRequirement": .labelSelectorRequirement,
        "core.v1.ResourceRequirements": .resourceRequirements, "core.v1.PersistentVolumeClaimSpec": .claimSpec,
        "autoscaling.v2.HorizontalPodAutoscalerSpec": .horizontalPodAutoscaler,
        "networking.v1.IngressSpec": .ingressSpec, "rbac.v1.PolicyRule": .policyRule, "rbac.v1.RoleRef": .roleRef,
        "rbac.v1.Subject": .subject, "core.v1.Secret": .secret, "storage.v1.CSIStorageCapacity": .storageCapacity,
    ]

    init(typeName: String) { self = Self.byName[typeName] ?? .none }
}
