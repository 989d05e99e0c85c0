import Admission
import PolicyEngine
import Values

/// A MutatingAdmissionPolicy, read but not compiled.
struct MutationDefinition: Sendable {
    enum PatchType: String, CaseIterable {
        /// The expression gives fields to apply, `Object{…}`, which are merged as server-side apply does.
        case applyConfiguration = "ApplyConfiguration"
        /// The expression gives a list of `JSONPatch{…}`.
        case jsonPatch = "JSONPatch"

        /// The member that holds the expression.
        var member: String { self == .jsonPatch ? "jsonPatch" : "applyConfiguration" }
        var other: PatchType { self == .jsonPatch ? .applyConfiguration : .jsonPatch }
        var result: ResultType { self == .jsonPatch ? .jsonPatch : .applyConfiguration }
    }

    enum ReinvocationPolicy: String, CaseIterable {
        case never = "Never"
        case ifNeeded = "IfNeeded"
    }

    struct Step {
        var type: PatchType
        var expression: ExpressionText
    }

    var head: PolicyHead
    var reinvocationPolicy: ReinvocationPolicy
    var steps: [Step]
}

extension FieldReader {
    /// Reads a MutatingAdmissionPolicy; what can be read is kept even where other fields are wrong.
    ///
    /// - Returns: nil if there is no name or no spec.
    mutating func mutatingPolicy(_ root: Node) -> MutationDefinition? {
        allow(["apiVersion", "kind", "metadata", "spec"], in: root, "")
        guard let name = objectName(root), let spec = specification(root) else { return nil }
        allow(Self.headFields + ["mutations", "reinvocationPolicy"], in: spec, "spec")
        let head = head(root, name, spec)
        if let match = spec["matchConstraints"] { refuseDelete(match, "spec.matchConstraints") }
        let steps = objects("mutations", in: spec, "spec").compactMap { step($0.node, $0.path) }
        if spec["mutations"]?.count ?? 0 == 0 {
            report(
                .required, "spec.mutations", "mutations must contain at least one item",
                at: spec["mutations"] ?? spec)
        }
        let reinvocation = choice(
            "reinvocationPolicy", in: spec, "spec", MutationDefinition.ReinvocationPolicy.self)
        if spec["reinvocationPolicy"].map({ $0.isNull || $0.string?.isEmpty == true }) ?? true {
            report(
                .required, "spec.reinvocationPolicy", at: spec,
                help: "`IfNeeded` runs the policy again after others have changed the object, `Never` does not")
        }
        return MutationDefinition(head: head, reinvocationPolicy: reinvocation ?? .never, steps: steps)
    }

    private mutating func step(_ node: Node, _ path: String) -> MutationDefinition.Step? {
        allow(["patchType", "applyConfiguration", "jsonPatch"], in: node, path)
        guard let type = choice("patchType", in: node, path, MutationDefinition.PatchType.self) else {
            if node["patchType"].map({ $0.isNull || $0.string?.isEmpty == true }) ?? true {
                report(.required, "\(path).patchType", at: node)
            }
            return nil
        }
        if let other = node[type.other.member], !other.isNull {
            report(
                .invalid, "\(path).\(type.other.member)",
                "must not be specified when patchType is \(type.rawValue)", at: other)
        }
        let field = "\(path).\(type.member)"
        guard let member = map(type.member, in: node, path) else {
            if node[type.member]?.isNull ?? true {
                report(.required, field, "must be specified when patchType is \(type.rawValue)", at: node)
            }
            return nil
        }
        allow(["expression"], in: member, field)
        return expression("expression", in: member, field, "expression is not specified")
            .map { MutationDefinition.Step(type: type, expression: $0) }
    }
}
