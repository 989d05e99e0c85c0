/// Whose Notary Project signatures count, and which failures are only noted.
package struct NotationPolicy: Sendable {
    /// The levels of the Notary Project's trust policies. `skip` is no level here: it verifies nothing.
    package enum Level: String, Sendable {
        case strict, permissive, audit
    }

    /// What a trust store is for.
    package enum StoreType: String, Sendable {
        case certificateAuthority = "ca"
        case signingAuthority
    }

    package var level: Level
    package var storeType: StoreType
    /// Roots or leaves that are trusted.
    package var trustedCertificates: [Certificate]
    /// `*`, or `x509.subject: C=…, O=…` with attributes that the leaf's subject must have.
    package var trustedIdentities: [String]
    /// Roots of timestamp authorities; empty where timestamps are not used, and certificates must hold now.
    package var timestampCertificates: [Certificate]

    /// Whether a text can be one of `trustedIdentities`.
    package static func isIdentity(_ text: String) -> Bool {
        text == "*"
            || (text.hasPrefix("x509.subject:") && DistinguishedName(text.dropFirst("x509.subject:".count)) != nil)
    }

    package init(
        level: Level, storeType: StoreType = .certificateAuthority, trustedCertificates: [Certificate],
        trustedIdentities: [String], timestampCertificates: [Certificate] = []
    ) {
        self.level = level
        self.storeType = storeType
        self.trustedCertificates = trustedCertificates
        self.trustedIdentities = trustedIdentities
        self.timestampCertificates = timestampCertificates
    }
}

/// A Notary Project signature that holds, with what its level only notes.
package struct VerifiedNotation: Sendable {
    package let noted: [VerificationError]
}
