import Admission
import ImageVerification
import PolicyEngine
import Values

extension ImageAccess {
    /// Whose secrets open the registries of the images that a request names.
    init(_ request: AdmissionRequest) {
        let object = request.objectNode ?? request.oldObjectNode
        let isPod = request.kind.kind == "Pod" && request.kind.group.isEmpty
        var specification: Node?
        if isPod {
            specification = object?["spec"]
        } else if request.kind.kind == "PodTemplate", request.kind.group.isEmpty {
            specification = object?["template"]?["spec"]
        } else if let object {
            specification = WorkloadExpansion.template(of: object, request.kind)?.node["spec"]
        }
        let account = specification?["serviceAccountName"]?.string.flatMap { PullSecrets.isName($0) ? $0 : nil }
        // The API server has put the account's secrets into a Pod before anyone is asked about it.
        self.init(
            namespace: request.namespace, secrets: PullSecrets.names(specification?["imagePullSecrets"]),
            serviceAccount: isPod || specification == nil ? "" : account ?? "default")
    }
}
