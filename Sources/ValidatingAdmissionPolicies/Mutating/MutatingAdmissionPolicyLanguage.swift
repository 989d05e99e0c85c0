package import Diagnostics
package import KubernetesCEL
package import PolicyEngine
package import Values

/// Kubernetes' policies that change objects: MutatingAdmissionPolicy and its binding, v1, v1beta1 and v1alpha1.
package struct MutatingAdmissionPolicyLanguage: PolicyLanguage {
    private let pairing: PolicyPairing<MutationDefinition>

    /// - Parameters:
    ///   - version: the Kubernetes version whose functions expressions may use.
    ///   - admitsInvalid: whether policies that the API server would refuse on write are used all the same.
    ///   - allowsUnbound: whether a policy without a binding, which has no effect, is acceptable.
    ///   - bindsUnbound: whether it is in force as if one bound it everywhere, to deny.
    package init(
        version: KubernetesVersion = .latest, admitsInvalid: Bool = false, allowsUnbound: Bool = false,
        bindsUnbound: Bool = false
    ) {
        pairing = PolicyPairing(
            version: version, admitsInvalid: admitsInvalid, allowsUnbound: allowsUnbound || bindsUnbound,
            bindsUnbound: bindsUnbound)
    }

    package var policyKinds: [PolicyKind] { pairing.policyKinds }

    package func claims(_ source: PolicySource) -> Bool { pairing.claims(source) }

    package func compile(_ source: PolicySource, into set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        pairing.compile(source, into: &set, log: &log)
    }

    package func finish(_ set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        pairing.finish(&set, log: &log)
    }

    /// What the API server would refuse a policy or binding for on write, with its field paths.
    package static func fieldErrors(_ root: Node) -> [FieldError] {
        PolicyPairing<MutationDefinition>.fieldErrors(root)
    }
}

extension MutationDefinition: BoundDefinition {
    static var kind: String { "MutatingAdmissionPolicy" }
    static var versions: [String] { ["v1", "v1beta1", "v1alpha1"] }
    static var prefix: String { "map" }

    static func read(policy root: Node, _ reader: inout FieldReader) -> MutationDefinition? {
        reader.mutatingPolicy(root)
    }

    static func read(binding root: Node, _ reader: inout FieldReader) -> BindingDefinition? {
        reader.binding(root, mutates: true)
    }

    func compile(
        _ bindings: [BindingDefinition], version: KubernetesVersion, admitsInvalid: Bool,
        into set: inout PolicySet.Builder
    ) -> [FieldError] {
        var compiler = ExpressionCompiler(version: version)
        let policy = MutatingAdmissionPolicy(self, bindings: bindings, compiler: &compiler)
        if compiler.errors.isEmpty || admitsInvalid { set.add(policy) }
        return compiler.errors
    }
}
