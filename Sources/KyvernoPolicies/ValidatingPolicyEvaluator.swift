import Admission
import CEL
import ImageVerification
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// One evaluation of a Kyverno policy. Unlike Kubernetes' policies the first validation that fails ends it.
struct ValidatingPolicyEvaluator {
    private let policy: ValidatingPolicy
    private let context: AdmissionContext
    private let allowances: ExceptionAllowances
    /// The variables' values without what image policies have besides.
    private let values: [Value?]
    private var activation: Activation
    private var remaining = KyvernoLimits.costPerPolicy
    /// Set for policies about images, once their conditions hold.
    private var imageEvaluation: ImageEvaluation?
    private var matchingImages: [String] = []

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
        self.allowances = allowances
        values = KyvernoEnvironment.values(
            context, object: object, oldObject: oldObject,
            namespace: policy.id.namespace.isEmpty ? nil : policy.id.namespace, allowances)
        activation = Activation(values, composed: Self.composed(policy))
    }

    private static func composed(_ policy: ValidatingPolicy) -> ComposedVariables? {
        policy.variables.isEmpty
            ? nil
            : ComposedVariables(
                policy.variables.map(\.expression.program), names: policy.variables.map(\.name),
                limit: KyvernoLimits.costPerExpression)
    }

    struct Failure: Error {
        var message: String
        var missing: MissingContext?
    }

    func run(into outcome: inout EvaluationOutcome) {
        var evaluator = self
        let evaluation = evaluator.evaluate()
        outcome.evaluations.append(evaluation)
        evaluator.conclude(evaluation, &outcome)
    }

    /// Tells which images were verified, and demands that all be, by this policy or another.
    private func conclude(_ evaluation: PolicyEvaluation, _ outcome: inout EvaluationOutcome) {
        guard let rules = policy.images, let imageEvaluation else { return }
        outcome.verifiedImages.formUnion(imageEvaluation.verified)
        guard rules.isRequired, evaluation.decisions.allSatisfy({ $0.evaluation == .admit }) else { return }
        let images = matchingImages.filter { !outcome.verifiedImages.contains($0) && !isExcused($0) }
        guard !images.isEmpty else { return }
        let (policy, position, attempted) = (policy, outcome.evaluations.count - 1, imageEvaluation.attempted)
        outcome.conclusions.append { outcome in
            guard let image = images.first(where: { !outcome.verifiedImages.contains($0) }) else { return }
            outcome.evaluations[position].decisions.append(
                Decision(
                    .deny, action: .deny, policy: policy.id, binding: policy.binding, check: rules.requiredCheck,
                    message: attempted.contains(image)
                        ? "image `\(image)` is not signed as required: no check of it succeeded"
                        : "image `\(image)` is not verified: no policy checked its signatures or attestations",
                    reason: .invalid))
        }
    }

    private func isExcused(_ image: String) -> Bool {
        allowances.images.contains { pattern in
            (try? ImagePattern(glob: pattern))?.matches(image) ?? (pattern == image)
        }
    }

    private mutating func evaluate() -> PolicyEvaluation {
        var evaluation = PolicyEvaluation(policy: policy.id, binding: policy.binding)
        do throws(Failure) {
            guard try conditionsHold() else { return evaluation }
        } catch {
            if policy.failurePolicy == .fail || error.missing != nil { evaluation.decisions = [decision(error, nil)] }
            return evaluation
        }
        if let rules = policy.images {
            do throws(Failure) {
                if let denial = try prepare(rules) {
                    evaluation.decisions = [denial]
                    return evaluation
                }
            } catch {
                evaluation.decisions = [decision(error, nil)]
                return evaluation
            }
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
            throw failure(error, expression.check)
        }
        let cost = budget.used + ((activation.composed?.cost ?? 0) - billed)
        guard cost <= remaining else { throw Failure(message: "the policy's expressions cost too much") }
        remaining -= cost
        return result
    }

    private func failure(_ error: EvaluationError, _ check: PolicyCheck?) -> Failure {
        if let missing = ExternalContext.missing(in: error) {
            return Failure(message: missing.description, missing: missing)
        }
        let what = check.map { "expression '\($0.expression)' resulted in error: " } ?? ""
        return Failure(message: "\(what)\(error.message)")
    }

    // MARK: Images

    /// Finds the images that are the policy's business and makes sure that what will be asked of them is known.
    ///
    /// - Returns: a denial for an image without a digest.
    private mutating func prepare(_ rules: ImageRules) throws(Failure) -> Decision? {
        let empty = Value.map(MapValue([]))
        activation = Activation(
            values + [empty, empty, rules.attestationNames], composed: Self.composed(policy))
        let lists = try images(rules)
        matchingImages = []
        for image in lists.flatMap(\.images).compactMap(\.stringValue) where !matchingImages.contains(image) {
            matchingImages.append(image)
        }
        if rules.verifiesDigest, let image = matchingImages.first(where: { !$0.contains("@") }),
            !(rules.mutatesDigest && context.images?.assumesPinning ?? true)
        {
            return Decision(
                .deny, action: .deny, policy: policy.id, binding: policy.binding, check: rules.digestCheck,
                message: "image `\(image)` has no digest"
                    + (rules.mutatesDigest ? "; the mutating webhook pins tags to digests" : ""), reason: .invalid)
        }
        var attestors: [AttestorValue] = []
        var entries: [(key: Value, value: Value)] = []
        do throws(EvaluationError) {
            for rule in rules.attestors {
                var budget = CostBudget(limit: min(KyvernoLimits.costPerExpression, remaining))
                let value = try rule.value(in: activation, budget: &budget)
                remaining -= min(remaining, budget.used)
                attestors.append(value)
                entries.append((.string(rule.name), .object(value)))
            }
            let evaluation = ImageEvaluation(rules, context.images, attestors: attestors)
            try evaluation.prepare(matchingImages)
            imageEvaluation = evaluation
            activation = Activation(
                values + [
                    .map(MapValue(lists.map { (key: Value.string($0.name), value: .list($0.images)) })),
                    .map(MapValue(entries)), rules.attestationNames,
                ], composed: Self.composed(policy), scope: evaluation)
        } catch {
            throw failure(error, nil)
        }
        return nil
    }

    /// The places of all images that are the policy's business; nil if its conditions exclude the request.
    mutating func imagesToPin() -> Result<[Node]?, Failure> {
        Result { () throws(Failure) in
            guard let rules = policy.images, try conditionsHold() else { return nil }
            let empty = Value.map(MapValue([]))
            activation = Activation(
                values + [empty, empty, rules.attestationNames], composed: Self.composed(policy))
            let document = context.request.objectNode?.document
            return try images(rules).flatMap(\.images).compactMap { value in
                // What an expression made has no place in the object.
                guard case .text(let node) = value, node.document === document else { return nil }
                return node
            }
        }
    }

    /// The object's images by list, without those that are not the policy's business.
    private mutating func images(_ rules: ImageRules) throws(Failure) -> [(name: String, images: [Value])] {
        var lists: [(name: String, images: [Value])] = []
        func isMatch(_ image: String) throws(Failure) -> Bool {
            do throws(EvaluationError) {
                return try rules.matches(image)
            } catch {
                throw failure(error, nil)
            }
        }
        if let found = ImageExtraction.images(of: context.request) {
            lists = ImageExtraction.lists.map { ($0, []) }
            for image in found {
                guard let text = image.node.string, try isMatch(text),
                    let index = lists.firstIndex(where: { $0.name == image.list })
                else { continue }
                lists[index].images.append(.text(image.node))
            }
        }
        for extractor in rules.extractors {
            let value = try value(of: extractor.expression)
            guard let elements = value.listElements else {
                throw Failure(message: "the images `\(extractor.name)` must be a list of strings")
            }
            var images: [Value] = []
            for element in elements {
                guard let text = element.stringValue else {
                    throw Failure(message: "the images `\(extractor.name)` must be a list of strings")
                }
                if try isMatch(text) { images.append(element) }
            }
            if let index = lists.firstIndex(where: { $0.name == extractor.name }) {
                lists[index].images += images
            } else {
                lists.append((extractor.name, images))
            }
        }
        return lists
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
        _ = imageEvaluation?.takeRemarks()
        var made: Decision
        do throws(Failure) {
            if try value(of: validation.expression).boolValue == true {
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
