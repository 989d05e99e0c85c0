/// A default that a fixed value cannot express; see `AdmittedView+Computed.swift`.
enum ComputedDefault: String, Sendable {
    case serviceAccount, serviceAccountName, tolerations, qosClass, imagePullPolicy, appArmor, requests, hostPort
    case secretData, targetPort, templateLabels, limitRangeDefault, limitRangeRequest, unavailableBesideSurge
    case capacity, podRequests
    case lowercaseKind, listKind, daemonSetGeneration, namespaceName

    /// Whether it also changes a field that is there.
    var replaces: Bool {
        switch self {
        case .tolerations, .requests, .podRequests, .secretData, .appArmor, .daemonSetGeneration, .namespaceName,
            .limitRangeDefault,
            .limitRangeRequest, .unavailableBesideSurge:
            true
        default: false
        }
    }
}
