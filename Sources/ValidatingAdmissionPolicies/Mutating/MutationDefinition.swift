import Admission
import PolicyEngine
import Values

/// A MutatingAdmissionPolicy, read but not compiled.
struct MutationDefinition: Sendable {
    var head: PolicyHead
    var reinvocationPolicy: ReinvocationPolicy
    var steps: [MutationStep.Definition]
}

extension FieldReader {
    /// Reads a MutatingAdmissionPolicy; what can be read is kept even where other fields are wrong.
    ///
    /// - Returns: nil if there is no name or no spec.
    mutating func mutatingPolicy(_ root: Node) -> MutationDefinition? {
        allow(["apiVersion", "kind", "metadata", "spec"], in: root, "")
        clusterMetadata(root)
        guard let name = objectName(root), let spec = specification(root) else { return nil }
        allow(Self.headFields + ["mutations", "reinvocationPolicy"], in: spec, "spec")
        let head = head(root, name, spec)
        if let match = spec["matchConstraints"] { refuseDelete(match, "spec.matchConstraints") }
        let steps = mutations(spec)
        let reinvocation = choice("reinvocationPolicy", in: spec, "spec", ReinvocationPolicy.self, ignoresEmpty: true)
        if spec["reinvocationPolicy"].map({ $0.isNull || $0.string?.isEmpty == true }) ?? true {
            report(
                .required, "spec.reinvocationPolicy", at: spec,
                help: "`IfNeeded` runs the policy again after others have changed the object, `Never` does not")
        }
        return MutationDefinition(head: head, reinvocationPolicy: reinvocation ?? .never, steps: steps)
    }
}
