/// On whose behalf an image is looked at, where that decides what opens its registry: the secrets of a Pod and of policies.
///
/// What was seen with one's secrets is not told to others: answers are kept by `key`.
package struct ImageAccess: Hashable, Sendable {
    package let namespace: String
    /// Names of the Pod's `imagePullSecrets`.
    package let secrets: [String]
    /// Whose `imagePullSecrets` count where the Pod has none; empty where the API server has put them into the Pod.
    package let serviceAccount: String
    /// What policies name: `namespace/name`, or a name in the webhook's own namespace.
    package private(set) var policySecrets: [String] = []

    package init(namespace: String, secrets: [String], serviceAccount: String = "") {
        self.namespace = namespace
        self.secrets = secrets
        self.serviceAccount = serviceAccount
    }

    /// The same with what a policy adds.
    func adding(_ secrets: [String]) -> ImageAccess {
        var access = self
        access.policySecrets = secrets
        return access
    }

    /// Whether nothing beside the webhook's own credentials counts.
    var isEmpty: Bool { secrets.isEmpty && serviceAccount.isEmpty && policySecrets.isEmpty }

    /// None of the names has a space or a line end.
    var key: String {
        isEmpty
            ? ""
            : "\(namespace) \(secrets.joined(separator: ",")) \(serviceAccount) \(policySecrets.joined(separator: ","))\n"
    }
}
