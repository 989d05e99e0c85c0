import Admission
import CEL
import KubernetesCEL
import PolicyEngine
import Values

/// The cost of a list of expressions ran out; nothing of the list counts then.
private struct BudgetExhausted: Error {
    static let message = "validation failed due to running out of cost budget, no further validation rules will be run"
}

/// One evaluation of a policy: one request, one binding, one param.
struct PolicyEvaluator {
    let policy: AdmissionPolicy
    let binding: AdmissionPolicy.Binding
    let param: Node?
    let context: AdmissionContext

    var paramName: String? {
        guard let metadata = param?["metadata" as StaticString] else { return nil }
        let name = metadata["name" as StaticString]?.string ?? ""
        guard let namespace = metadata["namespace" as StaticString]?.string, !namespace.isEmpty else { return name }
        return "\(namespace)/\(name)"
    }

    func run() -> PolicyEvaluation {
        var evaluation = PolicyEvaluation(policy: policy.id, binding: binding.id, param: paramName)
        let authorizer = policy.usesAuthorizer ? authorizerValues() : nil
        if !policy.matchConditions.isEmpty {
            switch matchConditions(authorizer) {
            case .matches: break
            case .differs: return evaluation
            case .error(let message):
                evaluation.decisions = [errorDecision(message)]
                return evaluation
            }
        }
        let namespaceObject = context.namespaceObject.map { Value($0) } ?? .null
        do throws(BudgetExhausted) {
            evaluation.decisions = try validate(namespaceObject, authorizer)
            if !policy.auditAnnotations.isEmpty {
                evaluation.auditAnnotations = try annotate(namespaceObject)
            }
        } catch {
            evaluation.decisions = [errorDecision(BudgetExhausted.message)]
            evaluation.auditAnnotations = []
        }
        return evaluation
    }

    // MARK: Values

    func activation(_ namespaceObject: Value, _ authorizer: (Value, Value)?) -> Activation {
        let request = context.request
        let params: Value? = policy.paramKind == nil ? nil : param.map { Value($0) } ?? .null
        let values = Slots.values(
            object: request.object, oldObject: request.oldObject, request: request.value,
            namespaceObject: namespaceObject, params: params, authorizer: authorizer)
        guard !policy.variables.isEmpty else { return Activation(values) }
        return Activation(
            values,
            composed: ComposedVariables(
                policy.variablePrograms, names: policy.variableNames, limit: PolicyLimits.costPerExpression))
    }

    func authorizerValues() -> (Value, Value)? {
        guard let rules = context.cluster.authorization else { return nil }
        let request = context.request
        let authorizer = AuthorizationRules(
            rules.map { $0.kubernetesRule },
            user: request.userInfo?["username" as StaticString]?.string ?? "")
        var question = AuthorizationQuestion()
        let resource = request.resource
        question.group = resource.group
        question.resource = resource.resource
        question.subresource = request.subResource
        question.namespace = request.namespace
        question.name = request.name
        return (
            .object(AuthorizerValue(authorizer, requestResource: question)),
            AuthorizerValue.requestResource(authorizer, question)
        )
    }

    // MARK: Expressions

    private enum Result {
        case value(Value)
        case error(String)

        var isDenial: Bool { if case .value(let value) = self { value.boolValue != true } else { false } }
    }

    /// Evaluates one expression of a list and bills the list for it and for the variables it used.
    private func evaluate(
        _ expression: CompiledExpression, _ activation: Activation, _ remaining: inout UInt64
    ) throws(BudgetExhausted) -> Result {
        guard case .success(let program) = expression.program else { return .error(expression.compileMessage) }
        let billed = activation.composed?.cost ?? 0
        var budget = CostBudget(limit: PolicyLimits.costPerExpression)
        let result: Result
        do throws(EvaluationError) {
            result = .value(try program.evaluate(activation, budget: &budget))
        } catch {
            let message =
                error.code == .costLimit && error.message == "actual cost limit exceeded"
                ? "operation cancelled: \(error.message)" : error.message
            result = .error("expression '\(expression.check.expression)' resulted in error: \(message)")
        }
        for cost in [(activation.composed?.cost ?? 0) - billed, budget.used] {
            guard cost <= remaining else { throw BudgetExhausted() }
            remaining -= cost
        }
        return result
    }

    private func errorDecision(_ message: String, _ check: PolicyCheck? = nil) -> Decision {
        Decision(
            .error, action: policy.failurePolicy.action, policy: policy.id, binding: binding.id, param: paramName,
            check: check, message: message)
    }

    // MARK: Match conditions

    private enum MatchOutcome {
        case matches, differs
        case error(String)
    }

    /// Any false condition excludes the request, even if another one failed; errors count only without.
    private func matchConditions(_ authorizer: (Value, Value)?) -> MatchOutcome {
        let activation = activation(.null, authorizer)
        var remaining = PolicyLimits.costOfMatchConditions
        var errors: [String] = []
        do throws(BudgetExhausted) {
            for condition in policy.matchConditions {
                switch try evaluate(condition.expression, activation, &remaining) {
                case .value(let value):
                    if value.boolValue == false { return .differs }
                case .error(let message):
                    if !errors.contains(message) { errors.append(message) }
                }
            }
        } catch {
            return policy.failurePolicy == .ignore ? .differs : .error(BudgetExhausted.message)
        }
        guard let first = errors.first else { return .matches }
        if policy.failurePolicy == .ignore { return .differs }
        return .error(errors.count == 1 ? first : "[\(errors.joined(separator: ", "))]")
    }

    // MARK: Validations

    private func validate(
        _ namespaceObject: Value, _ authorizer: (Value, Value)?
    ) throws(BudgetExhausted) -> [Decision] {
        let validations = policy.validations
        guard !validations.isEmpty else { return [] }
        let activation = activation(namespaceObject, authorizer)
        var remaining = PolicyLimits.costPerBinding
        var results: [Result] = []
        results.reserveCapacity(validations.count)
        for validation in validations {
            results.append(try evaluate(validation.expression, activation, &remaining))
        }
        let messages = messages(namespaceObject, remaining, results)
        var decisions: [Decision] = []
        decisions.reserveCapacity(validations.count)
        for (index, validation) in validations.enumerated() {
            var decision = decide(validation, results[index], messages, index)
            if context.explains, decision.evaluation != .admit {
                decision.explanation = explain(validation.expression, activation)
            }
            decisions.append(decision)
        }
        return decisions
    }

    private enum Messages {
        case texts([String?])
        case exhausted
    }

    /// The API server evaluates every message, whether needed or not, and one list too expensive fails all.
    ///
    /// While the budget cannot run out that makes no difference, so those that nobody will read are left alone.
    private func messages(_ namespaceObject: Value, _ budget: UInt64, _ results: [Result]) -> Messages {
        guard policy.messageExpressions > 0 else { return .texts([]) }
        let needsAll = UInt64(policy.messageExpressions) * PolicyLimits.costPerExpression > budget
        guard needsAll || results.contains(where: \.isDenial) else { return .texts([]) }
        // `authorizer` is not bound here.
        let activation = activation(namespaceObject, nil)
        var remaining = budget
        var texts: [String?] = []
        do throws(BudgetExhausted) {
            for (index, validation) in policy.validations.enumerated() {
                guard let message = validation.message, needsAll || results[index].isDenial else {
                    texts.append(nil)
                    continue
                }
                let result = try evaluate(message, activation, &remaining)
                if case .value(let value) = result, let text = value.stringValue {
                    texts.append(Self.usable(text))
                } else {
                    texts.append(nil)
                }
            }
        } catch {
            return .exhausted
        }
        return .texts(texts)
    }

    /// The trimmed message, or nil if the API server would not show it.
    private static func usable(_ text: String) -> String? {
        let trimmed = Names.trimmed(text)
        guard !trimmed.isEmpty, trimmed.utf8.count <= PolicyLimits.maximumMessageBytes else { return nil }
        return trimmed.utf8.contains(UInt8(ascii: "\n")) ? nil : trimmed
    }

    private func decide(
        _ validation: AdmissionPolicy.Validation, _ result: Result, _ messages: Messages, _ index: Int
    ) -> Decision {
        let check = validation.expression.check
        switch (result, messages) {
        case (.error(let message), _): return errorDecision(message, check)
        case (_, .exhausted):
            return errorDecision("failed messageExpression: \(BudgetExhausted.message)", check)
        case (.value(let value), .texts(let texts)):
            guard value.boolValue != true else {
                return Decision(
                    .admit, action: .admit, policy: policy.id, binding: binding.id, param: paramName, check: check)
            }
            let computed = index < texts.count ? texts[index] : nil
            return Decision(
                .deny, action: .deny, policy: policy.id, binding: binding.id, param: paramName, check: check,
                message: computed ?? validation.fixedMessage, reason: validation.reason)
        }
    }

    private func explain(_ expression: CompiledExpression, _ activation: Activation) -> DecisionExplanation? {
        guard let checked = expression.checked,
            let part = DecidingPart(
                of: checked, in: policy.environment, activation,
                variables: policy.variables.map(\.expression.checked))
        else { return nil }
        let holder = part.variable.map { policy.variables[$0].expression } ?? expression
        return DecisionExplanation(
            file: holder.check.file, range: holder.range(part.span), expression: part.text,
            operands: part.operands.map { DecisionExplanation.Operand(text: $0.text, value: $0.value) },
            place: part.place)
    }

    // MARK: Audit annotations

    private func annotate(_ namespaceObject: Value) throws(BudgetExhausted) -> [AuditAnnotation] {
        // `authorizer` compiles here but is not bound.
        let activation = activation(namespaceObject, nil)
        var remaining = PolicyLimits.costPerBinding
        var annotations: [AuditAnnotation] = []
        annotations.reserveCapacity(policy.auditAnnotations.count)
        for annotation in policy.auditAnnotations {
            switch try evaluate(annotation.expression, activation, &remaining) {
            case .error(let message):
                let action: AuditAnnotation.Action = policy.failurePolicy == .ignore ? .exclude : .error
                annotations.append(AuditAnnotation(action, key: annotation.name, value: message))
            case .value(let value):
                let text = value.stringValue.map(Names.trimmed) ?? ""
                let action: AuditAnnotation.Action = text.isEmpty ? .exclude : .publish
                annotations.append(AuditAnnotation(action, key: annotation.name, value: text))
            }
        }
        return annotations
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
        let error = error.isEmpty ? nil : error
        switch decision {
        case .allow: rule.answer = AuthorizationAnswer(.allow, reason: reason, error: error)
        case .deny: rule.answer = AuthorizationAnswer(.deny, reason: reason, error: error)
        case .noOpinion: rule.answer = AuthorizationAnswer(.noOpinion, reason: reason, error: error)
        }
        return rule
    }
}
