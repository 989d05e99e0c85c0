package import Admission
import CEL
import KubernetesCEL
package import KubernetesSchemas
import PolicyEngine
package import ValidatingAdmissionPolicies
import Values

/// What an API server writes into a policy's `status.typeChecking`: each expression of each validation, checked
/// against each kind that the policy matches, in the API server's own words.
///
/// The API server's types differ from what expressions see at evaluation, so a warning may be a false alarm
/// (`resources.limits` has no type there) and an error may go unnoticed; `PolicyLinter` does better.
package struct ExpressionWarning: Equatable, Sendable {
    /// `spec.validations[0].expression`.
    package let field: String
    package let warning: String

    package static func warnings(
        of policy: PolicyInspection, schemas: SchemaSet, resources: ResourceTable
    ) -> [ExpressionWarning] {
        let kinds = MatchedKinds.of(policy.match, in: resources, schemas)
        guard !kinds.isEmpty else { return [] }
        let checks = kinds.map { DeclaredCheck(policy, $0.kind, $0.type, schemas) }
        let expressions = policy.validations.flatMap { [$0.expression] + ($0.message.map { [$0] } ?? []) }
        return expressions.compactMap { expression in
            let results = checks.compactMap { $0.warning(about: expression) }
            guard !results.isEmpty else { return nil }
            return ExpressionWarning(field: expression.check.field, warning: results.joined(separator: "\n"))
        }
    }
}

/// A policy's environment for one kind, as the API server's type checker declares it.
private struct DeclaredCheck {
    private let kind: GroupVersionKind
    private let environment: Environment

    init(_ policy: PolicyInspection, _ kind: GroupVersionKind, _ type: TypeID, _ schemas: SchemaSet) {
        self.kind = kind
        let params = policy.paramKind.flatMap { schemas.type(apiVersion: $0.apiVersion, kind: $0.kind) }
        // Names that no path can have, so that the two stay apart even where params are of the same kind.
        let object = "\(kind.kind)"
        let paramsName = "\(policy.paramKind?.kind ?? "")\u{200B}"
        var roots = [object: type]
        if let params { roots[paramsName] = params }
        var environment = KubernetesEnvironment.base()
        AdmissionVariables.declare(in: &environment, hasParams: params != nil, hasAuthorizer: false)
        environment.redeclare("object", .structure(object))
        environment.redeclare("oldObject", .structure(object))
        environment.redeclare("params", .structure(paramsName))
        environment.declare("authorizer", .opaque("kubernetes.authorization.Authorizer", []))
        environment.structureProvider = DeclaredTypes(schemas, roots: roots)
        environment.composed = Environment.Composed(variable: "variables")
        for variable in policy.variables {
            let text = variable.expression.check.expression
            let checked = try? CheckedExpression(
                checking: ParsedExpression(parsing: text, in: environment), in: environment)
            environment.composed?.fields.append((variable.name, checked?.type.asVariable ?? .dyn))
        }
        self.environment = environment
    }

    func warning(about expression: CompiledExpression) -> String? {
        let text = expression.check.expression
        do throws(CompileError) {
            _ = try CheckedExpression(checking: ParsedExpression(parsing: text, in: environment), in: environment)
            return nil
        } catch {
            return "\(kind.warningName): \(error.reference(in: text))\n"
        }
    }
}

extension GroupVersionKind {
    /// With the empty group of the core's kinds: `/v1, Kind=Pod`.
    fileprivate var warningName: String { "\(group)/\(version), Kind=\(kind)" }
}
