package import Values

extension NotationLayer {
    /// Verifies in the order of the Notary Project's specification; integrity is enforced at every level.
    ///
    /// Revocation is not looked up: that needs a network.
    ///
    /// - Parameter now: the time at which an unstamped signature's certificates must be valid.
    package func verify(
        of image: ImageContent, _ policy: NotationPolicy, now: Timestamp
    ) throws(VerificationError) -> VerifiedNotation {
        let envelope = try NotationEnvelope(try content.get(), mediaType: mediaType)
        try envelope.verifyIntegrity()
        try envelope.requireTarget(image)
        var noted: [VerificationError] = []
        func step(
            enforced: Bool, _ body: () throws(VerificationError) -> Void
        ) throws(VerificationError) {
            do throws(VerificationError) {
                try body()
            } catch {
                if enforced { throw error }
                noted.append(error)
            }
        }
        try step(enforced: policy.level != .audit) { () throws(VerificationError) in
            try envelope.verifyAuthenticity(policy)
        }
        try step(enforced: policy.level == .strict) { () throws(VerificationError) in
            if let expiry = envelope.expiry, now >= expiry {
                throw VerificationError(.signatureExpired, "the signature expired at \(expiry.internetText)")
            }
        }
        try step(enforced: policy.level == .strict) { () throws(VerificationError) in
            try envelope.verifyTime(policy, now: now)
        }
        return VerifiedNotation(noted: noted)
    }
}

extension NotationEnvelope {
    /// Headers, algorithm and signature: that nothing was changed since.
    func verifyIntegrity() throws(VerificationError) {
        let known = ["signingScheme", "expiry", "authenticSigningTime"].map { Self.prefix + $0 }
        for name in critical where !known.contains(name) {
            if name.hasPrefix(Self.prefix + "verificationPlugin") {
                throw VerificationError(.verificationPlugin, "the signature demands a verification plugin, `\(name)`")
            }
            throw VerificationError(.criticalHeader, "the signature demands the unknown header `\(name.prefix(200))`")
        }
        // What a reader must not overlook has to be marked, or an older reader would.
        var marked = ["signingScheme"]
        if expiry != nil { marked.append("expiry") }
        if authenticSigningTime != nil { marked.append("authenticSigningTime") }
        guard marked.allSatisfy({ critical.contains(Self.prefix + $0) }), Set(critical).count == critical.count else {
            throw VerificationError(.criticalHeader, "the signature does not mark its scheme and times as critical")
        }
        guard contentType == "application/vnd.cncf.notary.payload.v1+json" else {
            throw VerificationError(.contentType, "the signature's content type is `\(contentType.prefix(200))`")
        }
        guard let leaf = certificates.first else {
            throw VerificationError(.incompleteChain, "the signature has no certificates")
        }
        // The key says which algorithm must have been used; the header must agree.
        let expected: (name: String, digest: Digest, fieldBytes: Int)? =
            switch leaf.key.kind {
            case .ecdsaP256: ("ES256", .sha256, 32)
            case .ecdsaP384: ("ES384", .sha384, 48)
            case .ecdsaP521: ("ES512", .sha512, 66)
            case .rsa(bits: 2_048): ("PS256", .sha256, 0)
            case .rsa(bits: 3_072): ("PS384", .sha384, 0)
            case .rsa(bits: 4_096): ("PS512", .sha512, 0)
            case .rsa, .ed25519: nil
            }
        guard let expected, expected.name == algorithm else {
            throw VerificationError(
                .algorithmMismatch,
                "the signature's algorithm `\(algorithm.prefix(40))` does not go with the certificate's key")
        }
        let holds =
            expected.fieldBytes == 0
            ? leaf.key.verifies(signature, over: signedBytes, .pss(expected.digest))
            : PublicKey.encodedSignature(signature, fieldBytes: expected.fieldBytes).map {
                leaf.key.verifies($0, over: signedBytes, .usual(expected.digest))
            } ?? false
        guard holds else {
            throw VerificationError(.signatureInvalid, "the signature does not match its content")
        }
    }

    /// The payload's target must be the image: digest, media type and size.
    func requireTarget(_ image: ImageContent) throws(VerificationError) {
        let target = try JSONObject.read(
            payload, maximumBytes: VerificationLimits.maximumPayloadBytes, what: "payload", reason: .malformedPayload
        ).object("targetArtifact")
        let (digest, type, size) = (
            try target.string("digest"), try target.string("mediaType"), try target.integer("size")
        )
        guard digest == image.digest.description, type == image.mediaType, size == image.size else {
            throw VerificationError(
                .payloadDigestMismatch,
                "the signature is for `\(digest.prefix(200))` (`\(type.prefix(200))`, \(size) bytes), not for this image, \(image.digest)"
            )
        }
    }

    /// The chain, its leaf, the trust store and the identity.
    func verifyAuthenticity(_ policy: NotationPolicy) throws(VerificationError) {
        for (certificate, issuer) in zip(certificates, certificates.dropFirst()) {
            guard certificate.isIssued(by: issuer) else {
                throw VerificationError(.incompleteChain, "a certificate of the chain is not issued by the next one")
            }
        }
        guard let leaf = certificates.first, let root = certificates.last, root.isIssued(by: root) else {
            throw VerificationError(.incompleteChain, "the certificate chain does not end with a root")
        }
        try leaf.requireNotationLeaf()
        for certificate in certificates.dropFirst() { try certificate.requireNotationAuthority() }
        let wanted: NotationPolicy.StoreType = scheme == .x509 ? .certificateAuthority : .signingAuthority
        guard policy.storeType == wanted else {
            throw VerificationError(
                .trustStoreType,
                "the scheme `\(scheme.rawValue)` needs a trust store of type `\(wanted.rawValue)`, this one is `\(policy.storeType.rawValue)`"
            )
        }
        guard certificates.contains(where: { member in policy.trustedCertificates.contains { $0.der == member.der } })
        else {
            throw VerificationError(.certificateUntrusted, "no certificate of the chain is in the trust store")
        }
        try leaf.requireIdentity(policy.trustedIdentities)
    }

    /// The certificates must hold at the stamped time, the authority's time, or now.
    func verifyTime(_ policy: NotationPolicy, now: Timestamp) throws(VerificationError) {
        var time = now
        if scheme == .signingAuthority {
            guard let authentic = authenticSigningTime else {
                throw VerificationError(.noVerifiedTime, "the signature has no authentic signing time")
            }
            time = authentic
        } else if !policy.timestampCertificates.isEmpty {
            guard let timestamp else {
                throw VerificationError(.timestampMissing, "the signature has no timestamp")
            }
            let token = try TimestampToken(token: timestamp)
            try token.requireImprint(of: signature)
            let anchors = policy.timestampCertificates
            guard token.isSigned(anchors: anchors, untrusted: anchors, signer: nil) else {
                throw VerificationError(
                    .timestampUntrusted, "the timestamp is not by a trusted authority that was valid at its time")
            }
            time = token.time
        }
        for certificate in certificates where !certificate.isValid(at: time) {
            throw VerificationError(
                .certificateNotValidAtTime,
                "a certificate is valid from \(certificate.notBefore.internetText) to \(certificate.notAfter.internetText), not at \(time.internetText)"
            )
        }
    }
}

extension ImageSignatures {
    /// Looks for a Notary Project signature that the policy takes.
    package func verifyNotations(_ policy: NotationPolicy, now: Timestamp) -> VerificationOutcome {
        var outcome = VerificationOutcome()
        outcome.problems = problems
        for (position, layer) in notations.enumerated() {
            outcome.add(.notation, position) { () throws(VerificationError) in
                _ = try layer.verify(of: image, policy, now: now)
                return VerifiedSignature(claims: nil, times: [], isLogged: false, statement: nil)
            }
        }
        return outcome
    }
}
