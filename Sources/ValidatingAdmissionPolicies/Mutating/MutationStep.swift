package import CEL
package import Values

/// How an expression says what is to change.
package enum PatchType: String, CaseIterable, Sendable {
    /// The expression gives fields to apply, `Object{…}`, which are merged as server-side apply does.
    case applyConfiguration = "ApplyConfiguration"
    /// The expression gives a list of `JSONPatch{…}`.
    case jsonPatch = "JSONPatch"

    /// The member that holds the expression.
    var member: String { self == .jsonPatch ? "jsonPatch" : "applyConfiguration" }
    var other: PatchType { self == .jsonPatch ? .applyConfiguration : .jsonPatch }
    var result: ResultType { self == .jsonPatch ? .jsonPatch : .applyConfiguration }
}

/// `spec.reinvocationPolicy`.
package enum ReinvocationPolicy: String, CaseIterable, Sendable {
    case never = "Never"
    case ifNeeded = "IfNeeded"
}

/// One entry of `spec.mutations`, compiled.
package final class MutationStep: Sendable {
    /// The entry as it is written.
    package struct Definition: Sendable {
        package var type: PatchType
        package var expression: ExpressionText
    }

    package let type: PatchType
    package let expression: CompiledExpression

    package init(
        _ definition: Definition, index: Int, compiler: inout ExpressionCompiler, in environment: Environment
    ) {
        type = definition.type
        expression = compiler.compile(
            definition.expression, index: index, wanted: definition.type.result, in: environment)
    }
}

extension FieldReader {
    /// Reads `spec.mutations`, of which there must be one.
    package mutating func mutations(_ spec: Node) -> [MutationStep.Definition] {
        let steps = objects("mutations", in: spec, "spec").compactMap { step($0.node, $0.path) }
        if spec["mutations"]?.count ?? 0 == 0 {
            report(
                .required, "spec.mutations", "mutations must contain at least one item",
                at: spec["mutations"] ?? spec)
        }
        return steps
    }

    private mutating func step(_ node: Node, _ path: String) -> MutationStep.Definition? {
        allow(["patchType", "applyConfiguration", "jsonPatch"], in: node, path)
        guard let type = choice("patchType", in: node, path, PatchType.self, ignoresEmpty: true) else {
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
        return expression("expression", in: member, field, "")
            .map { MutationStep.Definition(type: type, expression: $0) }
    }
}
