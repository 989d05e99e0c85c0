import Admission
import CEL
import KubernetesCEL
import KubernetesSchemas
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// One expression of a policy as it is for one kind of object.
struct TypedExpression: Sendable {
    let compiled: CompiledExpression
    let typing: LooseTyping

    var tree: SyntaxTree { typing.checked.tree }
    var root: ExpressionID { tree.root }

    subscript(id: ExpressionID) -> Syntax { tree[id] }

    func type(of id: ExpressionID) -> CELType { typing.checked.types[Int(id.index)] }

    /// Whether the branch that the node is in can be taken.
    func isLive(_ id: ExpressionID) -> Bool { typing.visited[Int(id.index)] }

    /// The part of the expression's text.
    func text(_ id: ExpressionID) -> String {
        let span = tree.span(of: id)
        let utf8 = Array(typing.checked.text.utf8)
        let (start, end) = (min(Int(span.start), utf8.count), min(Int(span.end), utf8.count))
        return String(decoding: utf8[start..<max(start, end)], as: UTF8.self)
    }
}

/// A policy's expressions with the types that they have for one kind of object that it matches.
struct KindTyping: Sendable {
    /// nil where the policy matches kinds that cannot be told: then `object` may be anything.
    let kind: GroupVersionKind?
    let isNamespaced: Bool
    let variables: [String: TypedExpression]
    let matchConditions: [TypedExpression]
    let validations: [(expression: TypedExpression, message: TypedExpression?)]
    /// Audit annotations, mutations and the rest.
    let others: [TypedExpression]
    /// Those of variables too.
    let all: [TypedExpression]

    /// - Parameter kind: with its type and resource; nil for unknown ones.
    init(
        _ policy: PolicyInspection, _ kind: (name: GroupVersionKind, type: TypeID, resource: APIResource)?,
        types: RuntimeTypes
    ) {
        self.kind = kind?.name
        isNamespaced = kind?.resource.isNamespaced ?? false
        var environment = policy.environment
        var values: [String: Value] = [:]
        if let kind {
            environment.redeclare("object", types.type(of: kind.type))
            environment.redeclare("oldObject", types.type(of: kind.type))
            values = Self.values(kind.name, kind.resource)
        }
        if let only = policy.match.operations.only { values["request.operation"] = .string(only.name.description) }
        if let params = policy.paramKind,
            let type = types.schemas.type(apiVersion: params.apiVersion, kind: params.kind)
        {
            environment.redeclare("params", types.type(of: type))
        }
        environment.structureProvider = types
        environment.requiresHomogeneousLiterals = false
        environment.assumptions = Assumptions(values: values)
        environment.composed = Environment.Composed(variable: "variables")
        func typed(_ expression: CompiledExpression) -> TypedExpression? {
            expression.checked.map {
                let parsed = ParsedExpression(text: $0.text, tree: $0.tree)
                return TypedExpression(compiled: expression, typing: LooseTyping(parsed, in: environment))
            }
        }
        var variables: [String: TypedExpression] = [:]
        var all: [TypedExpression] = []
        for variable in policy.variables {
            let typed = typed(variable.expression)
            let type = typed?.typing.checked.type ?? .dyn
            environment.composed?.fields.append((variable.name, type == .error ? .dyn : type))
            guard let typed else { continue }
            environment.assumptions?.values["variables.\(variable.name)"] = typed.typing.value
            variables[variable.name] = typed
            all.append(typed)
        }
        self.variables = variables
        matchConditions = policy.matchConditions.compactMap { typed($0.expression) }
        validations = policy.validations.compactMap { validation in
            guard let expression = typed(validation.expression) else { return nil }
            // What cannot fail needs no message.
            if case .bool(true) = expression.typing.value { return (expression, nil) }
            return (expression, validation.message.flatMap(typed))
        }
        others = (policy.auditAnnotations.map(\.expression) + policy.mutations + policy.others).compactMap(typed)
        self.all =
            all + matchConditions + validations.flatMap { [$0.expression] + ($0.message.map { [$0] } ?? []) } + others
    }

    /// What every object of a kind, and every request for one, says of itself.
    private static func values(_ kind: GroupVersionKind, _ resource: APIResource) -> [String: Value] {
        [
            "object.kind": .string(kind.kind), "object.apiVersion": .string(kind.apiVersion),
            "oldObject.kind": .string(kind.kind), "oldObject.apiVersion": .string(kind.apiVersion),
            "request.kind.kind": .string(kind.kind), "request.kind.group": .string(kind.group),
            "request.kind.version": .string(kind.version),
            "request.resource.resource": .string(resource.resource.resource),
            "request.resource.group": .string(resource.resource.group),
            "request.resource.version": .string(resource.resource.version),
        ]
    }
}

extension MatchResources {
    /// What any of the rules is about.
    var operations: OperationSet { resourceRules.reduce([]) { $0.union($1.operations) } }
}

extension OperationSet {
    /// The operation, if it is one.
    var only: Operation? {
        let members = Operation.allCases.filter { contains(OperationSet($0)) }
        return members.count == 1 ? members[0] : nil
    }

    static let withoutOldObject = OperationSet(.create).union(OperationSet(.connect))
    static let withoutObject = OperationSet(.delete)
}
