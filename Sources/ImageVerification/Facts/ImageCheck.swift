package import Values

/// Who must have signed, as one attestor of a policy says it.
package enum ImageAttestor: Sendable {
    /// cosign and sigstore; one of these policies is enough (an attestor may name several identities). What the policy
    /// trusts itself replaces those parts of the trusted root.
    case sigstore([SignaturePolicy], trust: TrustedRoot?)
    case notation(NotationPolicy)
}

/// What of an image must be signed.
package enum ImageCheckSubject: Hashable, Sendable {
    case image
    /// An in-toto attestation with that predicate type.
    case statement(predicateType: String)
    /// An artifact that refers to the image.
    case artifact(type: String)
}

/// Where signatures lie that are not beside their image.
package struct SignatureLocation: Hashable, Sendable {
    /// Nil: in the image's own repository.
    package var repository: ImageReference?
    package var tagPrefix = ""

    package init() {}
}

/// One check that a policy makes of images: an attestor and what it must have signed. Immutable and pure: the same
/// signatures give the same result.
package final class ImageCheck: Sendable {
    /// Equal for equal checks whatever policy they are of; results are kept under it.
    package let id: String
    /// The attestor's name in its policy.
    package let name: String
    package let subject: ImageCheckSubject
    package let location: SignatureLocation
    private let attestor: ImageAttestor

    /// - Parameter key: text that holds everything the attestor depends on.
    package init(
        name: String, key: String, subject: ImageCheckSubject, location: SignatureLocation, attestor: ImageAttestor
    ) {
        self.name = name
        self.subject = subject
        self.location = location
        self.attestor = attestor
        let place = "\(location.repository?.name ?? "")\u{0}\(location.tagPrefix)"
        id = ImageDigest(of: Array("\(key)\u{0}\(subject)\u{0}\(place)".utf8)).hex
    }

    /// What must be gathered for it.
    package var parts: SignatureParts {
        var parts = SignatureParts()
        parts.tagPrefix = location.tagPrefix
        switch (subject, attestor) {
        case (.image, .sigstore): parts.kinds = [.cosignSignatures, .referrers]
        case (.statement, _): parts.kinds = [.cosignAttestations, .referrers]
        case (.image, .notation): parts.kinds = .referrers
        case (.artifact(let type), _):
            parts.kinds = .referrers
            parts.artifactTypes = [type]
        }
        return parts
    }

    /// Whether one good signature settles it, whatever else there is. Of attestations the last one counts, so that all
    /// must be seen.
    package var isSettledByOne: Bool { subject == .image }

    /// Looks for a signature that the attestor takes.
    ///
    /// - Parameter root: whom keyless signatures and log entries are traced back to; nil if none is given.
    package func run(on found: ImageSignatures, now: Timestamp, root: TrustedRoot?) -> ImageCheckResult {
        let policies = policies(root)
        if let expired = policies.compactMap(\.certificate).first(where: { !$0.isValid(at: now) }) {
            return ImageCheckResult(
                failure: VerificationError(
                    .certificateNotValidAtTime,
                    "the policy's certificate is valid from \(expired.notBefore.internetText) to \(expired.notAfter.internetText)"
                ))
        }
        switch (subject, attestor) {
        case (.image, .sigstore):
            return Self.first(policies) {
                found.verifySignatures($0)
            } payload: { _ in
                nil
            }
        case (.image, .notation(let policy)):
            return ImageCheckResult(found.verifyNotations(policy, now: now), payload: nil)
        case (.statement(let type), .sigstore):
            return Self.first(policies) {
                found.verifyAttestations($0, predicateType: type)
            } payload: {
                // Of several the last one counts: it was attached last.
                $0.accepted.last?.statement?.document
            }
        case (.statement, .notation):
            return ImageCheckResult(
                failure: VerificationError(
                    .noSignatures, "Notary Project signatures are about artifacts, not statements"))
        case (.artifact(let type), _):
            return artifact(type, found, policies, now)
        }
    }

    private func policies(_ root: TrustedRoot?) -> [SignaturePolicy] {
        guard case .sigstore(let policies, let trust) = attestor else { return [] }
        let merged = trust.map { (root ?? TrustedRoot()).replaced(by: $0) } ?? root
        return policies.map { policy in
            var policy = policy
            policy.trustedRoot = merged
            return policy
        }
    }

    private static func first(
        _ policies: [SignaturePolicy], _ verify: (SignaturePolicy) -> VerificationOutcome,
        payload: (VerificationOutcome) -> Node?
    ) -> ImageCheckResult {
        var last = VerificationOutcome()
        for policy in policies {
            last = verify(policy)
            if last.isAccepted { return ImageCheckResult(last, payload: payload(last)) }
        }
        return ImageCheckResult(last, payload: nil)
    }

    private func artifact(
        _ type: String, _ found: ImageSignatures, _ policies: [SignaturePolicy], _ now: Timestamp
    ) -> ImageCheckResult {
        var last = ImageCheckResult(
            failure: found.problems.first
                ?? VerificationError(.noSignatures, "there is no artifact of the type `\(type)`"))
        for artifact in found.artifacts where artifact.type == type {
            let outcome: VerificationOutcome
            switch attestor {
            case .notation(let policy): outcome = artifact.signatures.verifyNotations(policy, now: now)
            case .sigstore:
                outcome =
                    policies.lazy.map { artifact.signatures.verifySignatures($0) }.first(where: \.isAccepted)
                    ?? policies.first.map { artifact.signatures.verifySignatures($0) } ?? VerificationOutcome()
            }
            guard outcome.isAccepted else {
                last = ImageCheckResult(outcome, payload: nil)
                continue
            }
            do throws(VerificationError) {
                let object = try JSONObject.read(
                    try artifact.content.get(), what: "artifact", reason: .malformedPayload)
                return ImageCheckResult(outcome, payload: object.node)
            } catch {
                // The signature holds all the same; there is only nothing to read in it.
                return ImageCheckResult(outcome, payload: nil)
            }
        }
        return last
    }
}

/// What came of one check of one image.
package struct ImageCheckResult: Sendable {
    package let isAccepted: Bool
    /// The statement or the artifact's JSON that was signed.
    package let payload: Node?
    /// Why it was not accepted; empty otherwise.
    package let reasons: [VerificationError]

    init(_ outcome: VerificationOutcome, payload: Node?) {
        isAccepted = outcome.isAccepted
        self.payload = payload
        reasons = Array(outcome.reasons.prefix(VerificationLimits.maximumReasons))
    }

    package init(failure: VerificationError) {
        isAccepted = false
        payload = nil
        reasons = [failure]
    }

    /// The store could not deliver something that might have changed the result: it is no verdict.
    package var unreadable: VerificationError? {
        isAccepted ? nil : reasons.first { $0.reason.isStoreProblem }
    }
}
