import Admission
import CEL
import PolicyEngine
import Values

/// An expression with the name under which it is known. A class, so that evaluation passes it on by reference.
final class NamedExpression: Sendable {
    let name: String
    let expression: CompiledExpression

    init(name: String, expression: CompiledExpression) {
        self.name = name
        self.expression = expression
    }
}

/// A binding, ready to match requests.
final class PolicyBinding: Sendable {
    let id: BindingID
    let match: MatchResources?
    let paramRef: BindingDefinition.ParamRef?

    /// In force for all that the policy is about.
    init(_ id: BindingID) {
        self.id = id
        match = nil
        paramRef = nil
    }

    init(_ definition: BindingDefinition) {
        id = BindingID(
            name: definition.name, actions: definition.actions, actionNames: definition.actionNames,
            file: definition.root.document.source, position: definition.root.position)
        match = definition.match
        paramRef = definition.paramRef
    }
}

/// The variables and conditions of a policy, compiled first: the other expressions are compiled with them.
struct PolicyScope {
    let head: PolicyHead
    /// With the variables, and with what only mutations have.
    let environment: Environment
    /// The same without `authorizer`.
    let message: Environment
    let variables: [NamedExpression]
    let matchConditions: [NamedExpression]

    init(_ head: PolicyHead, mutates: Bool = false, compiler: inout ExpressionCompiler) {
        let hasParams = head.paramKind != nil
        // Of a mutating policy only the mutations can make `Object{…}` and `JSONPatch{…}`.
        let environments = PolicyEnvironments.of(hasParams: hasParams, mutates: false, version: compiler.version)
        var full = environments.full
        var message = environments.message
        full.composed = Environment.Composed(variable: "variables")
        var variables: [NamedExpression] = []
        for (index, variable) in head.variables.enumerated() {
            let compiled = compiler.compile(variable.expression, index: index, wanted: nil, in: full)
            // One that does not compile can still be named, so that only its own error is reported.
            full.composed?.fields.append((variable.name, compiled.checked?.type.asVariable ?? .dyn))
            variables.append(NamedExpression(name: variable.name, expression: compiled))
        }
        message.composed = full.composed
        self.head = head
        self.variables = variables
        self.message = message
        var whole =
            mutates ? PolicyEnvironments.of(hasParams: hasParams, mutates: true, version: compiler.version).full : full
        whole.composed = full.composed
        environment = whole
        matchConditions = Self.conditions(head, environments, full, &compiler)
    }

    /// Conditions are refused if they use variables, as the API server refuses them on write; a stored policy that
    /// does so nevertheless is evaluated with them, as there.
    private static func conditions(
        _ head: PolicyHead, _ environments: PolicyEnvironments, _ full: Environment,
        _ compiler: inout ExpressionCompiler
    ) -> [NamedExpression] {
        head.matchConditions.enumerated().map { index, condition in
            let strict = compiler.compile(condition.expression, index: index, wanted: .bool, in: environments.full)
            guard case .failure = strict.program else {
                return NamedExpression(name: condition.name, expression: strict)
            }
            var lenient = ExpressionCompiler(version: compiler.version)
            let compiled = lenient.compile(condition.expression, index: index, wanted: .bool, in: full)
            return NamedExpression(name: condition.name, expression: compiled)
        }
    }
}

/// What validating and mutating policies have in common, compiled.
final class PolicyFrame: Sendable {
    let id: PolicyID
    /// The policy's document.
    let root: Node
    let match: MatchResources
    let failurePolicy: FailurePolicy
    let paramKind: GroupVersionKind?
    /// What `params` is, whatever the cluster holds.
    let fixedParam: Node?
    let variables: [NamedExpression]
    let variablePrograms: [Result<Program, CompileError>]
    let variableNames: [String]
    let matchConditions: [NamedExpression]
    let bindings: [PolicyBinding]
    /// With the variables, for explanations.
    let environment: Environment
    /// Whether any expression beyond the match conditions reads `namespaceObject`.
    let usesNamespaceObject: Bool
    let usesAuthorizer: Bool

    /// The objects that the bindings name as params.
    var paramSources: [ParamSource] {
        guard let paramKind else { return [] }
        return bindings.compactMap { binding in
            binding.paramRef.map {
                ParamSource(kind: paramKind, namespace: $0.namespace, name: $0.name, selector: $0.selector)
            }
        }
    }

    /// - Parameter expressions: the policy's own, beyond variables and conditions.
    init(
        kind: String, _ scope: PolicyScope, bindings: [BindingDefinition], expressions: [CompiledExpression]
    ) {
        let head = scope.head
        id = PolicyID(
            kind: kind, name: head.name, file: head.root.document.source, position: head.root.position)
        root = head.root
        match = head.match
        failurePolicy = head.failurePolicy
        paramKind = head.paramKind
        fixedParam = nil
        variables = scope.variables
        variablePrograms = variables.map(\.expression.program)
        variableNames = variables.map(\.name)
        matchConditions = scope.matchConditions
        self.bindings = bindings.map(PolicyBinding.init)
        environment = scope.environment
        let all = variables.map(\.expression) + expressions
        usesNamespaceObject = all.contains(where: \.usesNamespaceObject)
        usesAuthorizer = (all + matchConditions.map(\.expression)).contains(where: \.usesAuthorizer)
    }

    /// A policy made from a template, with a param of its own.
    init(_ id: PolicyID, _ template: PolicyTemplate, match: MatchResources, param: Node, binding: BindingID) {
        self.id = id
        root = param
        self.match = match
        failurePolicy = template.failurePolicy
        paramKind = nil
        fixedParam = param
        variables = template.variables
        variablePrograms = variables.map(\.expression.program)
        variableNames = variables.map(\.name)
        matchConditions = template.matchConditions
        bindings = [PolicyBinding(binding)]
        environment = template.environment
        usesNamespaceObject = template.usesNamespaceObject
        usesAuthorizer = false
    }

    var hasParams: Bool { paramKind != nil || fixedParam != nil }
}
