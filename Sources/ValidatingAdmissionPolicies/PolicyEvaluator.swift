import Admission
import CEL
import PolicyEngine
import Values

/// One evaluation of a validating policy: one request, one binding, one param.
struct PolicyEvaluator {
    let policy: AdmissionPolicy
    let runner: ExpressionRunner

    private typealias Result = ExpressionRunner.Result

    private var frame: PolicyFrame { runner.frame }

    func run() -> PolicyEvaluation {
        let binding = runner.binding
        var evaluation = PolicyEvaluation(policy: policy.id, binding: binding.id, param: runner.paramName)
        let authorizer = frame.usesAuthorizer ? runner.authorizerValues() : nil
        let namespaceObject = runner.context.namespaceObject.map { Value($0) } ?? .null
        var unused: Activation?
        if !frame.matchConditions.isEmpty {
            let activation = runner.activation(.null, authorizer)
            switch runner.matchConditions(activation) {
            case .matches: break
            case .differs: return evaluation
            case .error(let message):
                evaluation.decisions = [runner.errorDecision(message)]
                return evaluation
            }
            // Conditions see no namespace object, and variables that they have paid for count as theirs.
            if case .null = namespaceObject, activation.composed?.isUntouched ?? true { unused = activation }
        }
        do throws(BudgetExhausted) {
            evaluation.decisions = try validate(
                unused ?? runner.activation(namespaceObject, authorizer), namespaceObject)
            if !policy.auditAnnotations.isEmpty {
                evaluation.auditAnnotations = try annotate(namespaceObject)
            }
        } catch {
            evaluation.decisions = [runner.errorDecision(BudgetExhausted.message)]
            evaluation.auditAnnotations = []
        }
        return evaluation
    }

    // MARK: Validations

    private func validate(
        _ activation: Activation, _ namespaceObject: Value
    ) throws(BudgetExhausted) -> [Decision] {
        let validations = policy.validations
        guard !validations.isEmpty else { return [] }
        var remaining = PolicyLimits.costPerBinding
        var results: [Result] = []
        results.reserveCapacity(validations.count)
        for validation in validations {
            results.append(try runner.evaluate(validation.expression, activation, &remaining))
        }
        let messages = messages(namespaceObject, remaining, results)
        var decisions: [Decision] = []
        decisions.reserveCapacity(validations.count)
        for (index, validation) in validations.enumerated() {
            var decision = decide(validation, results[index], messages, index)
            if runner.context.explains, decision.evaluation != .admit {
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
        let activation = runner.activation(namespaceObject, nil)
        var remaining = budget
        var texts: [String?] = []
        do throws(BudgetExhausted) {
            for (index, validation) in policy.validations.enumerated() {
                guard let message = validation.message, needsAll || results[index].isDenial else {
                    texts.append(nil)
                    continue
                }
                let result = try runner.evaluate(message, activation, &remaining)
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
        case (.error(let message), _): return runner.errorDecision(message, check)
        case (_, .exhausted):
            return runner.errorDecision("failed messageExpression: \(BudgetExhausted.message)", check)
        case (.value(let value), .texts(let texts)):
            guard value.boolValue != true else {
                return Decision(
                    .admit, action: .admit, policy: policy.id, binding: runner.binding.id, param: runner.paramName,
                    check: check)
            }
            let computed = index < texts.count ? texts[index] : nil
            return Decision(
                .deny, action: .deny, policy: policy.id, binding: runner.binding.id, param: runner.paramName,
                check: check,
                message: computed ?? validation.fixedMessage, reason: validation.reason)
        }
    }

    private func explain(_ expression: CompiledExpression, _ activation: Activation) -> DecisionExplanation? {
        guard let checked = expression.checked,
            let part = DecidingPart(
                of: checked, in: frame.environment, activation,
                variables: frame.variables.map(\.expression.checked))
        else { return nil }
        let holder = part.variable.map { frame.variables[$0].expression } ?? expression
        return DecisionExplanation(
            file: holder.check.file, range: holder.range(part.span), expression: part.text,
            operands: part.operands.map { DecisionExplanation.Operand(text: $0.text, value: $0.value) },
            place: part.place)
    }

    // MARK: Audit annotations

    private func annotate(_ namespaceObject: Value) throws(BudgetExhausted) -> [AuditAnnotation] {
        // `authorizer` compiles here but is not bound.
        let activation = runner.activation(namespaceObject, nil)
        var remaining = PolicyLimits.costPerBinding
        var annotations: [AuditAnnotation] = []
        annotations.reserveCapacity(policy.auditAnnotations.count)
        for annotation in policy.auditAnnotations {
            switch try runner.evaluate(annotation.expression, activation, &remaining) {
            case .error(let message):
                let action: AuditAnnotation.Action = frame.failurePolicy == .ignore ? .exclude : .error
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
