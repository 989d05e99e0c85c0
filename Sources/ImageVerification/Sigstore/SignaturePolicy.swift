package import Values

/// Who must have signed and what must prove it.
package struct SignaturePolicy: Sendable {
    package enum Signer: Sendable {
        case key(PublicKey)
        case keyless(CertificateIdentity)
    }

    package var signer: Signer
    /// Needed for keyless signatures, log entries and timestamps.
    package var trustedRoot: TrustedRoot?
    package var requiresLogEntry: Bool
    package var requiresTimestamp: Bool
    /// Whether a certificate must carry proof that a certificate transparency log has seen it.
    package var requiresCertificateTimestamp: Bool
    /// Annotations that the signed payload must have.
    package var annotations: [String: String]
    /// Takes RSASSA-PSS beside PKCS#1 v1.5 for RSA keys.
    package var allowsPSS: Bool
    /// Takes bundles that sign an image's manifest as plain bytes, which cosign refuses.
    package var allowsMessageSignatures: Bool
    /// The certificate whose key the policy names: signatures that carry this very one count as made by the key. It must
    /// hold when the signature is judged.
    package var certificate: Certificate?

    package init(
        signer: Signer, trustedRoot: TrustedRoot? = nil, requiresLogEntry: Bool = true, requiresTimestamp: Bool = false,
        requiresCertificateTimestamp: Bool = true, annotations: [String: String] = [:], allowsPSS: Bool = false,
        allowsMessageSignatures: Bool = false
    ) {
        self.signer = signer
        self.trustedRoot = trustedRoot
        self.requiresLogEntry = requiresLogEntry
        self.requiresTimestamp = requiresTimestamp
        self.requiresCertificateTimestamp = requiresCertificateTimestamp
        self.annotations = annotations
        self.allowsPSS = allowsPSS
        self.allowsMessageSignatures = allowsMessageSignatures
    }

    /// - Throws: `trusted-root-missing`.
    func requireTrustedRoot() throws(VerificationError) -> TrustedRoot {
        guard let trustedRoot else {
            throw VerificationError(.trustedRootMissing, "this needs a trusted root, and none is given")
        }
        return trustedRoot
    }

    /// The material to verify with: the policy's key, or the certificate if the policy names an identity.
    ///
    /// A key where a certificate is wanted is refused, and the reverse: falling back was GHSA-fx35-mq7g-6g98.
    ///
    /// - Throws: `certificate-expected`, `key-expected`.
    func material(certificate found: Certificate?) throws(VerificationError) -> SignerMaterial {
        switch (signer, found) {
        case (.key(let key), nil): return .key(key)
        case (.key(let key), .some(let found)) where found.der == certificate?.der: return .key(key)
        case (.keyless, .some(let certificate)): return .certificate(certificate)
        case (.key, .some):
            throw VerificationError(
                .keyExpected, "the policy names a key, but the signature was made with a certificate")
        case (.keyless, nil):
            throw VerificationError(
                .certificateExpected, "the policy names an identity, but the signature has no certificate")
        }
    }

    /// Everything about the certificate of a keyless signature; nil for a key.
    ///
    /// - Parameters:
    ///   - times: moments at which the signature is proven to have existed; the certificate must hold at each.
    ///   - intermediates: what came with the signature of the certificate's chain.
    /// - Throws: `no-verified-time` and what certificates and identities throw.
    func verifyCertificate(
        of material: SignerMaterial, times: [Timestamp], intermediates: [Certificate] = []
    ) throws(VerificationError) -> CertificateClaims? {
        guard case .certificate(let leaf) = material, case .keyless(let identity) = signer else { return nil }
        let root = try requireTrustedRoot()
        var issuer: Certificate?
        for time in times {
            issuer = try root.certificateAuthorities.issuer(of: leaf, at: time, brought: intermediates)
        }
        guard let issuer else {
            throw VerificationError(
                .noVerifiedTime, "nothing proves when the signature was made: no log entry with a time, no timestamp")
        }
        if requiresCertificateTimestamp {
            try CertificateTimestamps.verify(leaf, issuer: issuer, logs: root.certificateLogs)
        }
        let claims = try CertificateClaims(leaf)
        try identity.check(claims)
        return claims
    }
}

/// A signature that holds, and what it says.
package struct VerifiedSignature: Sendable {
    /// Whom the certificate names; nil for a signature by key.
    package let claims: CertificateClaims?
    /// When the signature is proven to have existed; empty where nothing proves it.
    package let times: [Timestamp]
    package let isLogged: Bool
    /// The statement of a DSSE envelope; nil for signatures over plain bytes.
    package let statement: Statement?
}
