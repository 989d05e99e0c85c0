import COpenSSL
import Values

/// When a trust root's entry counts; both ends included, a missing one is open.
struct ValidityPeriod: Sendable {
    let start: Timestamp?
    let end: Timestamp?

    func contains(_ time: Timestamp) -> Bool {
        if let start, time < start { return false }
        if let end, time > end { return false }
        return true
    }
}

/// A chain of certificates that a trust root names: the one nearest to the leaf first, the anchor last.
struct CertificateAuthority: Sendable {
    let certificates: [Certificate]
    let validity: ValidityPeriod
    /// Whether what lies between the leaf and the anchor may come with the signature: where somebody names a root alone, as
    /// policies do. A trust root names whole chains, and nothing else counts.
    var takesIntermediates = false

    /// The certificate that issued the leaf, if a path from the leaf to the anchor holds at that moment.
    ///
    /// - Parameter brought: certificates beside the signature, which count only where they are taken.
    func issuer(of leaf: Certificate, at time: Timestamp, brought: [Certificate] = []) -> Certificate? {
        defer { ERR_clear_error() }
        let certificates = (takesIntermediates ? brought : []) + self.certificates
        guard let anchor = certificates.last, let trust = TrustStore(anchors: [anchor], seconds: time.seconds),
            let intermediates = CertificateStack(certificates.dropLast()), let context = X509_STORE_CTX_new()
        else { return nil }
        // The context only borrows both: they are freed after it, in reverse order.
        let store = trust.take()
        defer { X509_STORE_free(store) }
        let untrusted = intermediates.take()
        defer { guardrail_sk_X509_pop_free(untrusted) }
        defer { X509_STORE_CTX_free(context) }
        guard X509_STORE_CTX_init(context, store, leaf.pointer, untrusted) == 1, X509_verify_cert(context) == 1,
            let chain = X509_STORE_CTX_get0_chain(context)
        else { return nil }
        let length = guardrail_sk_X509_num(chain)
        guard length >= 2, length <= VerificationLimits.maximumChainLength else { return nil }
        for index in 1..<length {
            guard let link = guardrail_sk_X509_value(chain, index),
                let certificate = certificates.first(where: { X509_cmp($0.pointer, link) == 0 })
            else { return nil }
            // An authority that is limited to other purposes cannot vouch for code.
            if let purposes = certificate.extendedKeyUsages {
                guard purposes.contains(KeyPurpose.codeSigning) || purposes.contains(KeyPurpose.any) else { return nil }
            }
        }
        guard let link = guardrail_sk_X509_value(chain, 1) else { return nil }
        return certificates.first { X509_cmp($0.pointer, link) == 0 }
    }
}

extension [CertificateAuthority] {
    /// The issuer of a code-signing certificate that is valid at a verified moment.
    ///
    /// - Throws: `certificate-not-valid-at-time`, `certificate-usage`, `authority-not-valid-at-time`,
    ///   `certificate-untrusted`.
    func issuer(
        of leaf: Certificate, at time: Timestamp, brought: [Certificate] = []
    ) throws(VerificationError) -> Certificate {
        guard leaf.isValid(at: time) else {
            throw VerificationError(
                .certificateNotValidAtTime,
                "the certificate is valid from \(leaf.notBefore.internetText) to \(leaf.notAfter.internetText), but the signature is from \(time.internetText)"
            )
        }
        guard leaf.extendedKeyUsages?.contains(KeyPurpose.codeSigning) == true else {
            throw VerificationError(.certificateUsage, "the certificate is not for code signing")
        }
        var outOfPeriod = false
        for authority in self {
            guard let issuer = authority.issuer(of: leaf, at: time, brought: brought) else { continue }
            if authority.validity.contains(time) { return issuer }
            outOfPeriod = true
        }
        if outOfPeriod {
            throw VerificationError(
                .authorityNotValidAtTime,
                "the trust root's validity period of the certificate's issuer does not include \(time.internetText)")
        }
        throw VerificationError(
            .certificateUntrusted, "the certificate does not lead to a certificate authority of the trust root")
    }
}
