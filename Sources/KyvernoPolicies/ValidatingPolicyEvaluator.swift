import Admission
import ImageVerification
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// One evaluation of a Kyverno policy. Unlike Kubernetes' policies the first validation that fails ends it.
struct ValidatingPolicyEvaluator {
    typealias Failure = KyvernoRunner.Failure

    let policy: ValidatingPolicy
    let context: AdmissionContext
    let allowances: ExceptionAllowances
    var runner: KyvernoRunner
    /// Set for policies about images, once their conditions hold.
    var imageEvaluation: ImageEvaluation?
    var matchingImages: [String] = []

    init(_ policy: ValidatingPolicy, _ context: AdmissionContext, allowances: ExceptionAllowances) {
        self.policy = policy
        self.context = context
        self.allowances = allowances
        let request = context.request
        var (object, oldObject) = (request.object, request.oldObject)
        if policy.generatesRules {
            let kind = request.kind
            func template(_ node: Node?) -> Value? { node.flatMap { Autogen.object($0, kind) }.map { Value($0) } }
            object = template(request.objectNode) ?? object
            oldObject = template(request.oldObjectNode) ?? oldObject
        }
        runner = KyvernoRunner(
            policy.scope, context, object: object, oldObject: oldObject,
            namespace: policy.id.namespace.isEmpty ? nil : policy.id.namespace, allowances,
            naming: policy.externalKinds)
    }

    /// - Parameter found: the request's images, where a verdict about the same ones may be kept.
    mutating func run(remembering found: [ImageExtraction.Found]?, into outcome: inout EvaluationOutcome) {
        var evaluation = PolicyEvaluation(policy: policy.id, binding: policy.binding)
        do throws(Failure) {
            guard try runner.hold(policy.scope.matchConditions) else { return outcome.evaluations.append(evaluation) }
        } catch {
            if policy.failurePolicy == .fail || error.missing != nil { evaluation.decisions = [decision(error, nil)] }
            return outcome.evaluations.append(evaluation)
        }
        if let found, let verdict = policy.verdict(on: found, context) {
            return policy.admit(verdict, context, into: &outcome)
        }
        let revision = context.images?.cache.revision.value
        judge(&evaluation)
        if let found { remember(evaluation, found, revision) }
        outcome.evaluations.append(evaluation)
        conclude(evaluation, &outcome)
    }

    /// The conditions hold.
    private mutating func judge(_ evaluation: inout PolicyEvaluation) {
        if let rules = policy.images {
            if let decisions = policy.decisionsOnOtherImages, context.coverage == nil,
                let found = ImageExtraction.images(of: context.request), rules.concernsNone(of: found)
            {
                evaluation.decisions = decisions
                return
            }
            do throws(Failure) {
                if let denial = try prepare(rules) {
                    evaluation.decisions = [denial]
                    return
                }
            } catch {
                evaluation.decisions = [decision(error, nil)]
                return
            }
        }
        for validation in policy.validations {
            let made = judge(validation)
            evaluation.decisions.append(made)
            if made.evaluation != .admit { break }
        }
        // An error, unlike a denial, leaves nothing to annotate.
        if evaluation.decisions.last?.evaluation != .error {
            evaluation.auditAnnotations = runner.annotations(policy.auditAnnotations, policy.failurePolicy)
        }
    }

    private mutating func judge(_ validation: ValidatingPolicy.Validation) -> Decision {
        let check = validation.expression.check
        _ = imageEvaluation?.takeRemarks()
        var made: Decision
        do throws(Failure) {
            if try runner.value(of: validation.expression).boolValue == true {
                return Decision(.admit, action: .admit, policy: policy.id, binding: policy.binding, check: check)
            }
            // Before the message is made, which may ask again.
            let remarks = imageEvaluation?.takeRemarks() ?? []
            let text = message(of: validation)
            made = Decision(
                .deny, action: .deny, policy: policy.id, binding: policy.binding, check: check,
                message: remarks.isEmpty ? text : "\(text): \(remarks.joined(separator: "; "))",
                reason: validation.reason)
        } catch {
            made = decision(error, check)
        }
        if context.explains, made.missing == nil { made.explanation = runner.explain(validation.expression) }
        return made
    }

    private mutating func message(of validation: ValidatingPolicy.Validation) -> String {
        guard let expression = validation.messageExpression else { return validation.message }
        do throws(Failure) {
            let text = Names.trimmed(try runner.value(of: expression).stringValue ?? "")
            return text.isEmpty ? validation.message : text
        } catch {
            return "failed to evaluate message expression: \(error.message)"
        }
    }

    private func decision(_ failure: Failure, _ check: PolicyCheck?) -> Decision {
        failure.decision(policy.id, policy.binding, policy.failurePolicy, check)
    }
}
