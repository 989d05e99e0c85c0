/// Where a signature was found.
package enum SignatureSource: String, Hashable, Sendable {
    case cosignSignature = "cosign signature"
    case cosignAttestation = "cosign attestation"
    case bundle = "sigstore bundle"
    case notation = "notation signature"
}

/// Formats in which to look for a signature.
package struct SignatureFormats: OptionSet, Sendable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// cosign's tags.
    package static let cosign = SignatureFormats(rawValue: 1)
    /// Bundles as referrers.
    package static let bundle = SignatureFormats(rawValue: 2)
}

/// What came of looking at all signatures of an image.
package struct VerificationOutcome: Sendable {
    package struct Rejected: Sendable {
        package let source: SignatureSource
        /// Position among the signatures of that source, from 0.
        package let position: Int
        package let error: VerificationError
    }

    /// One signature that was looked at.
    package struct Look: Sendable {
        package let source: SignatureSource
        /// Position among the signatures of that source, from 0.
        package let position: Int
        package let result: Result<VerifiedSignature, VerificationError>
    }

    /// Everything that was looked at, in this order.
    package private(set) var looks: [Look] = []
    package var accepted: [VerifiedSignature] = []
    package var rejected: [Rejected] = []
    /// What went wrong apart from single signatures.
    package var problems: [VerificationError] = []

    package init() {}

    /// One signature that holds is enough.
    package var isAccepted: Bool { !accepted.isEmpty }

    /// All reasons; `no-signatures-found` alone where there was nothing to look at. Empty once something is accepted.
    package var reasons: [VerificationError] {
        if isAccepted { return [] }
        let found = rejected.map(\.error) + problems
        return found.isEmpty ? [VerificationError(.noSignatures, "the image has no signature of this kind")] : found
    }

    mutating func add(
        _ source: SignatureSource, _ position: Int, _ verify: () throws(VerificationError) -> VerifiedSignature
    ) {
        do throws(VerificationError) {
            let signature = try verify()
            looks.append(Look(source: source, position: position, result: .success(signature)))
            accepted.append(signature)
        } catch {
            looks.append(Look(source: source, position: position, result: .failure(error)))
            rejected.append(Rejected(source: source, position: position, error: error))
        }
    }
}

extension ImageSignatures {
    /// Looks for a signature of the image.
    ///
    /// Both formats are looked at whatever is found in one: provenance bundles must not hide a cosign signature.
    package func verifySignatures(
        _ policy: SignaturePolicy, formats: SignatureFormats = [.cosign, .bundle]
    ) -> VerificationOutcome {
        var outcome = VerificationOutcome()
        outcome.problems = problems
        if formats.contains(.bundle) { addBundles(policy, predicateType: nil, to: &outcome) }
        if formats.contains(.cosign) {
            for (position, layer) in signatures.enumerated() {
                outcome.add(.cosignSignature, position) { () throws(VerificationError) in
                    try layer.verifySignature(of: image.digest, policy)
                }
            }
        }
        return outcome
    }

    /// Looks for attestations of one predicate type; the caller judges their predicates.
    package func verifyAttestations(
        _ policy: SignaturePolicy, predicateType: String, formats: SignatureFormats = [.cosign, .bundle]
    ) -> VerificationOutcome {
        var outcome = VerificationOutcome()
        outcome.problems = problems
        if formats.contains(.bundle) { addBundles(policy, predicateType: predicateType, to: &outcome) }
        if formats.contains(.cosign) {
            for (position, layer) in attestations.enumerated() {
                outcome.add(.cosignAttestation, position) { () throws(VerificationError) in
                    try layer.verifyAttestation(of: image.digest, predicateType: predicateType, policy)
                }
            }
        }
        return outcome
    }

    private func addBundles(
        _ policy: SignaturePolicy, predicateType: String?, to outcome: inout VerificationOutcome
    ) {
        let subject = BundleSubject.image(
            digest: image.digest, manifest: image.manifest, predicateType: predicateType)
        for (position, content) in bundles.enumerated() {
            outcome.add(.bundle, position) { () throws(VerificationError) in
                try SigstoreBundle(json: try content.get()).verify(subject, policy)
            }
        }
    }
}
