import Admission
import CEL
import Glibc
import ImageVerification
import PolicyEngine
import Synchronization
import ValidatingAdmissionPolicies
import Values

/// What a policy has said of the same images before.
///
/// Only admissions are kept, and only of policies whose expressions read nothing else of a request than its images
/// (`ValidatingPolicy.dependsOnImagesOnly`). The policy's conditions are evaluated for each request before. A policy that
/// is loaded anew starts with none.
final class ImageVerdicts: Sendable {
    /// What a verdict rests on besides the images' names.
    struct Basis: Sendable {
        /// Of the cache that had the answers.
        let revision: ImageCacheRevision
        let value: UInt64
        /// When the first of the answers expires, in the cache's time.
        let expiry: Int64
        /// The revision of the data around requests.
        let data: UInt64
        let assumesPinning: Bool
        /// Of the policy.
        let secrets: [String]

        func holds(for context: AdmissionContext) -> Bool {
            guard let facts = context.images, !facts.usesSecrets(secrets) else { return false }
            return facts.cache.revision === revision && revision.value == value
                && data == context.cluster.external.revision && assumesPinning == facts.assumesPinning
                && facts.cache.now() < expiry
        }
    }

    final class Verdict: Sendable {
        fileprivate let key: [UInt8]
        /// nil if none of the images is the policy's business: nothing changes that.
        let basis: Basis?
        let decisions: [Decision]
        let verified: Set<String>
        /// How many questions to the cache it saves.
        let questions: Int

        init(_ key: [UInt8], _ basis: Basis?, _ decisions: [Decision], verified: Set<String>, questions: Int) {
            self.key = key
            self.basis = basis
            self.decisions = decisions
            self.verified = verified
            self.questions = questions
        }
    }

    /// By hash; a later one takes the place of one that is there.
    private let slots = Mutex<[Verdict?]>([])

    func find(_ key: UnsafeRawBufferPointer, _ context: AdmissionContext) -> Verdict? {
        let slot = Self.slot(key)
        let found = slots.withLock { slot < $0.count ? $0[slot] : nil }
        guard let found, found.key.withUnsafeBytes({ Self.isEqual($0, key) }) else { return nil }
        if let basis = found.basis, !basis.holds(for: context) { return nil }
        return found
    }

    func keep(_ verdict: Verdict) {
        let slot = verdict.key.withUnsafeBytes { Self.slot($0) }
        slots.withLock { slots in
            if slots.isEmpty { slots = Array(repeating: nil, count: KyvernoLimits.keptImageVerdicts) }
            slots[slot] = verdict
        }
    }

    private static func isEqual(_ left: UnsafeRawBufferPointer, _ right: UnsafeRawBufferPointer) -> Bool {
        guard let start = left.baseAddress, let other = right.baseAddress else { return left.count == right.count }
        return left.count == right.count && memcmp(start, other, left.count) == 0
    }

    /// Who makes collisions on purpose makes a policy be evaluated, as it was without this.
    private static func slot(_ key: UnsafeRawBufferPointer) -> Int {
        var hash = UInt64(truncatingIfNeeded: key.count)
        var offset = 0
        while offset + 8 <= key.count {
            hash = (hash ^ key.loadUnaligned(fromByteOffset: offset, as: UInt64.self)) &* 0x9e37_79b9_7f4a_7c15
            hash ^= hash &>> 32
            offset += 8
        }
        while offset < key.count {
            hash = (hash ^ UInt64(key[offset])) &* 0x100_0000_01b3
            offset += 1
        }
        hash ^= hash &>> 29
        return Int(truncatingIfNeeded: hash & UInt64(KyvernoLimits.keptImageVerdicts - 1))
    }
}

extension ValidatingPolicy {
    /// Whether the same images always get the same verdict, as long as what is known of them stays the same.
    static func dependsOnImagesOnly(
        _ rules: ImageRules, _ scope: KyvernoScope, _ validations: [Validation]
    ) -> Bool {
        // Exceptions that loosen a policy are seen to for each request.
        let allowed = ImageRules.dataVariables.union(["images", "attestors", "attestations", "exceptions"])
        let expressions = validations.flatMap { [$0.expression, $0.messageExpression].compactMap { $0 } }
        return rules.extractors.isEmpty && rules.attestors.allSatisfy(\.readsDataOnly)
            && scope.variablesRead(only: allowed)
            && expressions.allSatisfy { $0.reads(only: allowed, of: scope.environment) }
    }

    /// What it said before of a request's images; its conditions hold.
    func verdict(on found: [ImageExtraction.Found], _ context: AdmissionContext) -> ImageVerdicts.Verdict? {
        guard let imageVerdicts else { return nil }
        return ImageExtraction.withKey(of: found) { imageVerdicts.find($0, context) }
    }

    /// Whether all match conditions hold beyond doubt. If not, they are evaluated again for what follows from that.
    func conditionsHold(_ context: AdmissionContext) -> Bool {
        if scope.matchConditions.isEmpty { return true }
        let request = context.request
        // Of a workload expressions see the Pod template.
        if generatesRules, request.kind.kind != "Pod" { return false }
        var values = KyvernoEnvironment.values(
            context, object: request.object, oldObject: request.oldObject,
            namespace: id.namespace.isEmpty ? nil : id.namespace, ExceptionAllowances(), naming: conditionKinds)
        while values.count < scope.environment.variables.count { values.append(nil) }
        let activation = Activation(values)
        for condition in scope.matchConditions {
            var budget = CostBudget(limit: KyvernoLimits.costPerExpression)
            guard case .success(let program) = condition.expression.program,
                (try? program.evaluate(activation, budget: &budget))?.boolValue == true
            else { return false }
        }
        return true
    }

    /// Says again what was said before.
    func admit(_ verdict: ImageVerdicts.Verdict, _ context: AdmissionContext, into outcome: inout EvaluationOutcome) {
        outcome.evaluations.append(PolicyEvaluation(policy: id, binding: binding, decisions: verdict.decisions))
        guard verdict.questions > 0 else { return }
        context.images?.cache.countAnswers(verdict.questions)
        if outcome.verifiedImages.isEmpty {
            outcome.verifiedImages = verdict.verified
        } else {
            outcome.verifiedImages.formUnion(verdict.verified)
        }
    }
}
