/// Where a constraint is enforced, for those with `enforcementAction: scoped`.
package enum EnforcementPoint: String, Sendable, CaseIterable {
    /// The admission webhook.
    case webhook = "validation.gatekeeper.sh"
    /// Gatekeeper's tests.
    case gator = "gator.gatekeeper.sh"
    case audit = "audit.gatekeeper.sh"
    /// A ValidatingAdmissionPolicy made of the template.
    case policy = "vap.k8s.io"
    case all = "*"
}
