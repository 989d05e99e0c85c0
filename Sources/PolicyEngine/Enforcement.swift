package import Admission
import Values

/// What an operator lets the policies do, whatever their bindings say: to try policies out, or to get out of a lock-out.
package struct Enforcement: Sendable, Equatable {
    /// The most that a denial may do.
    package enum Mode: String, Sendable, CaseIterable {
        /// As the policy and its binding say.
        case deny
        /// The request goes on, with a warning to the user.
        case warn
        /// The request goes on, with an annotation in the audit log.
        case audit
    }

    package var mode = Mode.deny
    /// Modes of single policies, by name or `namespace/name`; stronger than `mode`, in both directions.
    package var modes: [String: Mode] = [:]
    /// Requests in these namespaces are not judged.
    package var exemptNamespaces: [NamePattern] = []
    /// Requests of these users are not judged; full names such as `system:serviceaccount:flux-system:*`.
    package var exemptUsers: [NamePattern] = []

    package init() {}

    /// Whether everything counts as the policies say.
    package var isFull: Bool { self == Enforcement() }

    package func mode(of policy: PolicyID) -> Mode { modes.isEmpty ? mode : modes[policy.qualifiedName] ?? mode }

    /// Why a request is not judged, such as `namespace kube-system`; nil if it is.
    package func exemption(of request: AdmissionRequest) -> String? {
        if !exemptNamespaces.isEmpty {
            let namespace = request.namespace
            if !namespace.isEmpty, exemptNamespaces.contains(where: { $0.matches(namespace) }) {
                return "namespace \(namespace)"
            }
        }
        if !exemptUsers.isEmpty, let user = request.userInfo?["username" as StaticString]?.string,
            exemptUsers.contains(where: { $0.matches(user) })
        {
            return "user \(user)"
        }
        return nil
    }
}

extension Enforcement {
    /// Audit annotations of requests that were not judged, or that would have been denied.
    enum AnnotationKey {
        static let exempt = "exempt"
        static let wouldDeny = "would-deny"
    }
}

extension Verdict {
    /// The verdict about a request that is exempt: allowed, with the reason in the audit log.
    init(exemption: String) {
        self.init()
        self.exemption = exemption
        auditAnnotations = [(Enforcement.AnnotationKey.exempt, exemption)]
    }
}
