import Admission
import CEL
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// One evaluation of a Kyverno policy. Unlike Kubernetes' policies the first validation that fails ends it.
struct ValidatingPolicyEvaluator {
    private let policy: ValidatingPolicy
    private let context: AdmissionContext
    private let activation: Activation
    private var remaining = KyvernoLimits.costPerPolicy

    init(_ policy: ValidatingPolicy, _ context: AdmissionContext, allowances: ExceptionAllowances) {
        self.policy = policy
        self.context = context
        let request = context.request
        var (object, oldObject) = (request.object, request.oldObject)
        if policy.generatesRules {
            let kind = request.kind
            func template(_ node: Node?) -> Value? { node.flatMap { Autogen.object($0, kind) }.map { Value($0) } }
            object = template(request.objectNode) ?? object
            oldObject = template(request.oldObjectNode) ?? oldObject
        }
        activation = Activation(
            KyvernoEnvironment.values(
                context, object: object, oldObject: oldObject,
                namespace: policy.id.namespace.isEmpty ? nil : policy.id.namespace, allowances),
            composed: ComposedVariables(
                policy.variables.map(\.expression.program), names: policy.variables.map(\.name),
                limit: KyvernoLimits.costPerExpression))
    }

    private struct Failure: Error {
        var message: String
        var missing: MissingContext?
    }

    func run() -> PolicyEvaluation {
        var evaluator = self
        return evaluator.evaluate()
    }

    private mutating func evaluate() -> PolicyEvaluation {
        var evaluation = PolicyEvaluation(policy: policy.id, binding: policy.binding)
        do throws(Failure) {
            guard try conditionsHold() else { return evaluation }
        } catch {
            if policy.failurePolicy == .fail || error.missing != nil { evaluation.decisions = [decision(error, nil)] }
            return evaluation
        }
        for validation in policy.validations {
            let made = judge(validation)
            evaluation.decisions.append(made)
            if made.evaluation != .admit { break }
        }
        // An error, unlike a denial, leaves nothing to annotate.
        if evaluation.decisions.last?.evaluation != .error { evaluation.auditAnnotations = annotations() }
        return evaluation
    }

    private mutating func value(of expression: CompiledExpression) throws(Failure) -> Value {
        guard case .success(let program) = expression.program else { throw Failure(message: expression.compileMessage) }
        let billed = activation.composed?.cost ?? 0
        var budget = CostBudget(limit: min(KyvernoLimits.costPerExpression, remaining))
        let result: Value
        do throws(EvaluationError) {
            result = try program.evaluate(activation, budget: &budget)
        } catch {
            if let missing = ExternalContext.missing(in: error) {
                throw Failure(message: missing.description, missing: missing)
            }
            throw Failure(message: "expression '\(expression.check.expression)' resulted in error: \(error.message)")
        }
        let cost = budget.used + ((activation.composed?.cost ?? 0) - billed)
        guard cost <= remaining else { throw Failure(message: "the policy's expressions cost too much") }
        remaining -= cost
        return result
    }

    /// Any false condition excludes the object, even if another one failed; errors count only without.
    private mutating func conditionsHold() throws(Failure) -> Bool {
        var failure: Failure?
        for condition in policy.matchConditions {
            do throws(Failure) {
                if try value(of: condition.expression).boolValue == false { return false }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return true
    }

    private mutating func judge(_ validation: ValidatingPolicy.Validation) -> Decision {
        let check = validation.expression.check
        var made: Decision
        do throws(Failure) {
            if try value(of: validation.expression).boolValue == true {
                return Decision(.admit, action: .admit, policy: policy.id, binding: policy.binding, check: check)
            }
            made = Decision(
                .deny, action: .deny, policy: policy.id, binding: policy.binding, check: check,
                message: message(of: validation), reason: validation.reason)
        } catch {
            made = decision(error, check)
        }
        if context.explains, made.missing == nil { made.explanation = explain(validation.expression) }
        return made
    }

    private mutating func message(of validation: ValidatingPolicy.Validation) -> String {
        guard let expression = validation.messageExpression else { return validation.message }
        do throws(Failure) {
            let text = Names.trimmed(try value(of: expression).stringValue ?? "")
            return text.isEmpty ? validation.message : text
        } catch {
            return "failed to evaluate message expression: \(error.message)"
        }
    }

    private func decision(_ failure: Failure, _ check: PolicyCheck?) -> Decision {
        var made = Decision(
            .error, action: policy.failurePolicy.action, policy: policy.id, binding: policy.binding, check: check,
            message: failure.message)
        made.missing = failure.missing
        return made
    }

    private func explain(_ expression: CompiledExpression) -> DecisionExplanation? {
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

    private mutating func annotations() -> [AuditAnnotation] {
        var annotations: [AuditAnnotation] = []
        for annotation in policy.auditAnnotations {
            do throws(Failure) {
                let text = try value(of: annotation.expression).stringValue ?? ""
                annotations.append(
                    AuditAnnotation(text.isEmpty ? .exclude : .publish, key: annotation.name, value: text))
            } catch {
                let action: AuditAnnotation.Action = policy.failurePolicy == .ignore ? .exclude : .error
                annotations.append(AuditAnnotation(action, key: annotation.name, value: error.message))
            }
        }
        return annotations
    }
}
