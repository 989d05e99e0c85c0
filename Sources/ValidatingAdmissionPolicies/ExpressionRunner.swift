import Admission
import CEL
import KubernetesCEL
import PolicyEngine
import Values

/// The cost of a list of expressions ran out; nothing of the list counts then.
struct BudgetExhausted: Error {
    static let message = "validation failed due to running out of cost budget, no further validation rules will be run"
}

/// Evaluates a policy's expressions for one request under one binding and param.
struct ExpressionRunner {
    let frame: PolicyFrame
    let binding: PolicyBinding
    let param: Node?
    let context: AdmissionContext

    /// `namespace/name` or `name`; nil without a param.
    var paramName: String? {
        guard frame.fixedParam == nil, let metadata = param?["metadata" as StaticString] else { return nil }
        let name = metadata["name" as StaticString]?.string ?? ""
        guard let namespace = metadata["namespace" as StaticString]?.string, !namespace.isEmpty else { return name }
        return "\(namespace)/\(name)"
    }

    // MARK: Values

    func activation(_ namespaceObject: Value, _ authorizer: (Value, Value)?) -> Activation {
        let request = context.request
        let params: Value? = !frame.hasParams ? nil : param.map { Value($0) } ?? .null
        let values = Slots.values(
            object: request.object, oldObject: request.oldObject, request: request.value,
            namespaceObject: namespaceObject, params: params, authorizer: authorizer)
        guard !frame.variables.isEmpty else { return Activation(values) }
        return Activation(
            values,
            composed: ComposedVariables(
                frame.variablePrograms, names: frame.variableNames, limit: PolicyLimits.costPerExpression))
    }

    func authorizerValues() -> (Value, Value)? {
        guard let rules = context.cluster.authorization else { return nil }
        let request = context.request
        let authorizer = AuthorizationRules(
            rules.map { $0.kubernetesRule },
            user: request.userInfo?["username" as StaticString]?.string ?? "")
        var question = AuthorizationQuestion()
        // The resource that was asked for, whatever it was converted to.
        let resource = request.node["requestResource" as StaticString]
        question.group = resource?["group" as StaticString]?.string ?? ""
        question.resource = resource?["resource" as StaticString]?.string ?? ""
        question.subresource = request.node["requestSubResource" as StaticString]?.string ?? request.subResource
        question.namespace = request.namespace
        question.name = request.name
        return (
            .object(AuthorizerValue(authorizer, requestResource: question)),
            AuthorizerValue.requestResource(authorizer, question)
        )
    }

    // MARK: Expressions

    enum Result {
        case value(Value)
        case error(String)

        var isDenial: Bool { if case .value(let value) = self { value.boolValue != true } else { false } }
    }

    /// Evaluates one expression of a list and bills the list for it and for the variables it used.
    func evaluate(
        _ expression: CompiledExpression, _ activation: Activation, _ remaining: inout UInt64
    ) throws(BudgetExhausted) -> Result {
        guard case .success(let program) = expression.program else {
            return .error(expression.compileMessage)
        }
        if let coverage = context.coverage {
            expression.record(
                activation, variables: frame.variables.map(\.expression), in: frame.environment, to: coverage)
        }
        let billed = activation.composed?.cost ?? 0
        var budget = CostBudget(limit: PolicyLimits.costPerExpression)
        let result: Result
        do throws(EvaluationError) {
            result = .value(try program.evaluate(activation, budget: &budget))
        } catch {
            result = .error("expression '\(expression.check.expression)' resulted in error: \(error.message)")
        }
        try Self.bill((activation.composed?.cost ?? 0) - billed, &remaining)
        try Self.bill(budget.used, &remaining)
        return result
    }

    private static func bill(_ cost: UInt64, _ remaining: inout UInt64) throws(BudgetExhausted) {
        guard cost <= remaining else { throw BudgetExhausted() }
        remaining -= cost
    }

    func errorDecision(_ message: String, _ check: PolicyCheck? = nil) -> Decision {
        Decision(
            .error, action: frame.failurePolicy.action, policy: frame.id, binding: binding.id, param: paramName,
            check: check, message: message)
    }

    // MARK: Match conditions

    enum MatchOutcome {
        case matches, differs
        case error(String)
    }

    /// Any false condition excludes the request, even if another one failed; errors count only without.
    ///
    /// All are evaluated whatever the first ones say, since the cost of the last ones may be too much for all.
    ///
    /// - Parameter activation: one without a namespace object.
    func matchConditions(_ activation: Activation) -> MatchOutcome {
        var remaining = PolicyLimits.costOfMatchConditions
        var errors: [String] = []
        var differs = false
        do throws(BudgetExhausted) {
            for condition in frame.matchConditions {
                switch try evaluate(condition.expression, activation, &remaining) {
                case .value(let value):
                    if value.boolValue == false { differs = true }
                case .error(let message):
                    if !errors.contains(message) { errors.append(message) }
                }
            }
        } catch {
            return frame.failurePolicy == .ignore ? .differs : .error(BudgetExhausted.message)
        }
        if differs { return .differs }
        guard let first = errors.first else { return .matches }
        if frame.failurePolicy == .ignore { return .differs }
        return .error(errors.count == 1 ? first : "[\(errors.joined(separator: ", "))]")
    }
}

extension AuthorizationRule {
    /// The same rule in the function library's terms.
    fileprivate var kubernetesRule: AuthorizationRules.Rule {
        var rule = AuthorizationRules.Rule()
        rule.user = user
        rule.verb = verb
        rule.path = path
        rule.group = group
        rule.resource = resource
        rule.subresource = subresource
        rule.namespace = namespace
        rule.name = name
        rule.fieldSelector = fieldSelector
        rule.labelSelector = labelSelector
        let error = error.isEmpty ? nil : error
        switch decision {
        case .allow: rule.answer = AuthorizationAnswer(.allow, reason: reason, error: error)
        case .deny: rule.answer = AuthorizationAnswer(.deny, reason: reason, error: error)
        case .noOpinion: rule.answer = AuthorizationAnswer(.noOpinion, reason: reason, error: error)
        }
        return rule
    }
}
