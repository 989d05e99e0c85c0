import Admission
import CEL
import ImageVerification
import PolicyEngine
import Values

extension ValidatingPolicyEvaluator {
    /// Finds the images that are the policy's business and makes sure that what will be asked of them is known.
    ///
    /// - Returns: a denial for an image without a digest.
    mutating func prepare(_ rules: ImageRules) throws(Failure) -> Decision? {
        let data = context.cluster.external.revision
        let known = rules.attestors.map { $0.known(for: data) }
        if !rules.extractors.isEmpty || known.contains(where: { $0 == nil }) {
            let empty = Value.map(MapValue([]))
            runner.see([empty, empty, rules.attestationNames])
        }
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
        for (rule, known) in zip(rules.attestors, known) {
            let value: AttestorValue
            if let known {
                value = known
            } else {
                value = try runner.run { activation, budget throws(EvaluationError) in
                    try rule.value(in: activation, data: data, budget: &budget)
                }
            }
            attestors.append(value)
            entries.append((.string(rule.name), .object(value)))
        }
        let evaluation = ImageEvaluation(rules, context.images, attestors: attestors)
        do throws(EvaluationError) {
            try evaluation.prepare(matchingImages)
        } catch {
            throw Failure(error, nil)
        }
        imageEvaluation = evaluation
        runner.see(
            [
                .map(MapValue(lists.map { (key: Value.string($0.name), value: .list($0.images)) })),
                .map(MapValue(entries)), rules.attestationNames,
            ], state: evaluation)
        return nil
    }

    /// Keeps an admission for the next request with the same images, if nothing but time and the cache can change it.
    ///
    /// - Parameter revision: of the cache, before anything was asked.
    func remember(_ evaluation: PolicyEvaluation, _ found: [ImageExtraction.Found], _ revision: UInt64?) {
        guard let verdicts = policy.imageVerdicts, let rules = policy.images,
            evaluation.decisions.allSatisfy({ $0.evaluation == .admit })
        else { return }
        var basis: ImageVerdicts.Basis?
        if let imageEvaluation {
            // What was seen with somebody's secrets is not told to others.
            guard let facts = context.images, let revision, !facts.usesSecrets(rules.secrets),
                !rules.isRequired || matchingImages.allSatisfy(imageEvaluation.verified.contains),
                let expiry = imageEvaluation.certainty(in: facts.cache), facts.cache.revision.value == revision
            else { return }
            basis = ImageVerdicts.Basis(
                revision: facts.cache.revision, value: revision, expiry: expiry,
                data: context.cluster.external.revision, assumesPinning: facts.assumesPinning, secrets: rules.secrets)
        }
        let (verified, count) = (imageEvaluation?.verified ?? [], imageEvaluation?.askedCount ?? 0)
        _ = ImageExtraction.withKey(of: found) { key -> Void? in
            verdicts.keep(
                ImageVerdicts.Verdict(
                    Array(key), basis, evaluation.decisions, verified: verified, questions: count))
        }
    }

    /// Tells which images were verified, and demands that all be, by this policy or another.
    func conclude(_ evaluation: PolicyEvaluation, _ outcome: inout EvaluationOutcome) {
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

    /// The places of all images that are the policy's business; nil if its conditions exclude the request.
    mutating func imagesToPin() -> Result<[Node]?, Failure> {
        Result { () throws(Failure) in
            guard let rules = policy.images, try runner.hold(policy.scope.matchConditions) else { return nil }
            let empty = Value.map(MapValue([]))
            runner.see([empty, empty, rules.attestationNames])
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
        if let found = ImageExtraction.images(of: context.request) {
            lists = ImageExtraction.lists.map { ($0, []) }
            for image in found {
                guard let text = image.node.string, try isMatch(text, rules) else { continue }
                lists[image.list].images.append(.text(image.node))
            }
        }
        for extractor in rules.extractors {
            let value = try runner.value(of: extractor.expression)
            guard let elements = value.listElements else {
                throw Failure(message: "the images `\(extractor.name)` must be a list of strings")
            }
            var images: [Value] = []
            for element in elements {
                guard let text = element.stringValue else {
                    throw Failure(message: "the images `\(extractor.name)` must be a list of strings")
                }
                if try isMatch(text, rules) { images.append(element) }
            }
            if let index = lists.firstIndex(where: { $0.name == extractor.name }) {
                lists[index].images += images
            } else {
                lists.append((extractor.name, images))
            }
        }
        return lists
    }

    private func isMatch(_ image: String, _ rules: ImageRules) throws(Failure) -> Bool {
        do throws(EvaluationError) {
            return try rules.matches(image)
        } catch {
            throw Failure(error, nil)
        }
    }
}
