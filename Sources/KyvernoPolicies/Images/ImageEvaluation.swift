import CEL
import ImageVerification
import PolicyEngine
import Values

/// One evaluation of an image policy: what it has asked so far, and what came of it.
final class ImageEvaluation: @unchecked Sendable {
    // SAFETY: made for one evaluation and used by the thread that runs it only; expressions run one after the other.
    private let rules: ImageRules
    private let facts: ImageFacts?
    /// All checks that the policy can ask of an image, so that it is gathered once.
    private let checks: [ImageCheck]
    private var records: [String: ImageRecord] = [:]
    /// Statements and artifacts that were verified, by image and attestation: others cannot be read.
    private var payloads: [String: Node] = [:]
    private(set) var verified: Set<String> = []
    private(set) var attempted: Set<String> = []
    /// Whether more was asked than the checks that were known beforehand.
    private var askedMore = false
    /// Why images were refused, since the last `takeRemarks`.
    private var remarks: [String] = []

    init(_ rules: ImageRules, _ facts: ImageFacts?, attestors: [AttestorValue]) {
        self.rules = rules
        self.facts = facts
        checks = rules.checks(by: attestors)
    }

    func takeRemarks() -> [String] {
        defer { remarks = [] }
        return remarks
    }

    /// Looks all images up before any expression asks, so that what lacks is gathered in one go.
    ///
    /// - Throws: what is missing of any.
    func prepare(_ images: [String]) throws(EvaluationError) {
        guard !checks.isEmpty else { return }
        var failure: EvaluationError?
        for image in images {
            do throws(EvaluationError) {
                _ = try record(of: image)
            } catch {
                // What cannot be known of one image says nothing of the others, which are to be gathered all the same.
                if ExternalContext.missing(in: error) != nil { failure = failure ?? error }
            }
        }
        if let failure { throw failure }
    }

    private func record(of image: String) throws(EvaluationError) -> ImageRecord {
        if let record = records[image] { return record }
        let record = try Self.record(of: image, facts, checks: checks, secrets: rules.secrets)
        records[image] = record
        return record
    }

    /// How many of the attestors have signed the image, or an attestation about it.
    func count(
        _ image: String, by attestors: Value, _ check: (AttestorValue) throws(EvaluationError) -> ImageCheck,
        attestation: String? = nil
    ) throws(EvaluationError) -> Value {
        guard try rules.matches(image) else { return .int(0) }
        var count: Int64 = 0
        for value in try attestors.elements() {
            guard case .object(let object) = value, let attestor = object as? AttestorValue else {
                throw .noSuchOverload()
            }
            let check = try check(attestor)
            let result = try result(of: check, image)
            attempted.insert(image)
            if result.isAccepted {
                count += 1
                verified.insert(image)
                if let attestation, let payload = result.payload { payloads["\(image)\u{0}\(attestation)"] = payload }
                continue
            }
            if let unreadable = result.unreadable {
                throw EvaluationError(
                    .invalidArgument, "image `\(image)`, attestor `\(attestor.name)`: \(unreadable.detail)")
            }
            remember(image, attestor, result)
        }
        return .int(count)
    }

    private func result(of check: ImageCheck, _ image: String) throws(EvaluationError) -> ImageCheckResult {
        if let result = try record(of: image).result(of: check, at: nil) { return result }
        askedMore = true
        // An attestor that the policy does not name beforehand; asked for alone, it is gathered in a round of its own.
        let record = try Self.record(of: image, facts, checks: [check], secrets: rules.secrets)
        guard let result = record.result(of: check, at: nil) else {
            throw ExternalContext.missing("the signatures of the image `\(image)`")
        }
        return result
    }

    private func remember(_ image: String, _ attestor: AttestorValue, _ result: ImageCheckResult) {
        guard remarks.count < KyvernoLimits.maximumImageRemarks else { return }
        let digest = records[image].map { record in
            image.contains("@") ? "" : " (\(record.digest))"
        }
        var reasons: [String] = []
        for reason in result.reasons where !reasons.contains(reason.detail) { reasons.append(reason.detail) }
        let shown = reasons.prefix(KyvernoLimits.maximumImageReasons).joined(separator: ", ")
        let rest = reasons.count - KyvernoLimits.maximumImageReasons
        remarks.append(
            "image `\(image)`\(digest ?? ""), attestor `\(attestor.name)`: \(shown)"
                + (rest > 0 ? " and \(rest) more" : ""))
    }

    /// What a verified attestation says.
    func payload(_ image: String, _ attestation: String) throws(EvaluationError) -> Value {
        guard rules.attestations[attestation] != nil else {
            throw EvaluationError(.invalidArgument, "attestation not found in policy: \(attestation)")
        }
        guard let payload = payloads["\(image)\u{0}\(attestation)"] else {
            throw EvaluationError(
                .invalidArgument,
                "the attestation `\(attestation)` of the image `\(image)` was not verified: "
                    + "verifyAttestationSignatures must have accepted it first, and it must be JSON")
        }
        return Value(payload)
    }

    static func of(_ scope: (any Sendable & AnyObject)?) throws(EvaluationError) -> ImageEvaluation {
        guard let evaluation = scope as? ImageEvaluation else {
            throw EvaluationError(.invalidArgument, "images can only be verified in `validations` and what they use")
        }
        return evaluation
    }

    /// Images that were looked up.
    var askedCount: Int { records.count }

    /// Until when the same questions have the same answers, in the cache's time, if the cache learns nothing meanwhile;
    /// nil if nobody knows.
    func certainty(in cache: ImageCache) -> Int64? {
        guard !askedMore else { return nil }
        var first = Int64.max
        for image in records.keys {
            guard let expiry = cache.certainty(of: image, checks: checks) else { return nil }
            first = min(first, expiry)
        }
        return first
    }

    func metadata(of image: String) throws(EvaluationError) -> Value {
        askedMore = true
        let record = try Self.record(
            of: image, facts, checks: [], wantsMetadata: true, secrets: rules.secrets)
        guard let value = record.metadataValue(image) else {
            throw ExternalContext.missing("metadata of the image `\(image)`")
        }
        return value
    }
}

extension ImageEvaluation {
    /// - Throws: what is missing, or why nothing can be known.
    static func record(
        of image: String, _ facts: ImageFacts?, checks: [ImageCheck], wantsMetadata: Bool = false,
        secrets: [String] = []
    ) throws(EvaluationError) -> ImageRecord {
        let what = wantsMetadata ? "metadata" : "the signatures"
        guard let facts else { throw ExternalContext.missing("\(what) of the image `\(image)`") }
        let answer = facts.answer(
            image, try? ImageVerification.ImageReference(image), checks: checks, wantsMetadata: wantsMetadata,
            secrets: secrets)
        switch answer {
        case .known(let record): return record
        case .missing: throw ExternalContext.missing("\(what) of the image `\(image)`")
        case .failed(let failure) where failure.isOutOfSight:
            throw ExternalContext.missing("\(what) of the image `\(image)`: \(failure.error.detail)")
        case .failed(let failure):
            throw EvaluationError(.invalidArgument, "image `\(image)`: \(failure.error.detail)")
        }
    }
}

extension ImageRecord {
    /// The image's metadata with the fields that Kyverno gives it; nil if it was not gathered.
    func metadataValue(_ image: String) -> Value? {
        guard let metadata, let reference = ImageReference(image) else { return nil }
        let tag = reference.tag.isEmpty ? "" : ":\(reference.tag)"
        let name = "\(reference.registry)/\(reference.repository)"
        var entries: [(key: Value, value: Value)] = [
            (.string("image"), .string(image)), (.string("resolvedImage"), .string("\(name)\(tag)@\(digest)")),
            (.string("registry"), .string(reference.registry)),
            (.string("repository"), .string(reference.repository)),
            (.string("identifier"), .string(reference.identifier)), (.string("digest"), .string(digest.description)),
            (.string("manifest"), Value(metadata.manifest)), (.string("config"), Value(metadata.config)),
        ]
        if !reference.tag.isEmpty { entries.append((.string("tag"), .string(reference.tag))) }
        if let index = metadata.index { entries.append((.string("imageIndex"), Value(index))) }
        return .map(MapValue(entries))
    }
}
