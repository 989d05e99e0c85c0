import COpenSSL

/// What the Notary Project demands of certificates.
extension Certificate {
    /// - Throws: `leaf-requirements`.
    func requireNotationLeaf() throws(VerificationError) {
        func refuse(_ problem: String) -> VerificationError {
            VerificationError(.leafRequirements, "the signing certificate \(problem)")
        }
        guard let usage = `extension`("2.5.29.15"), usage.isCritical else {
            throw refuse("has no critical key usage")
        }
        let bits = X509_get_key_usage(pointer)
        guard bits & UInt32(X509v3_KU_DIGITAL_SIGNATURE) != 0 else { throw refuse("is not for digital signatures") }
        let forbidden =
            X509v3_KU_KEY_ENCIPHERMENT | X509v3_KU_DATA_ENCIPHERMENT | X509v3_KU_KEY_AGREEMENT
            | X509v3_KU_KEY_CERT_SIGN | X509v3_KU_CRL_SIGN
        guard bits & UInt32(forbidden) == 0 else { throw refuse("has key usages beside signing") }
        if let purposes = extendedKeyUsages {
            let forbidden = [1, 2, 4, 8].map { "1.3.6.1.5.5.7.3.\($0)" } + [KeyPurpose.any]
            guard !purposes.isEmpty, !purposes.contains(where: forbidden.contains) else {
                throw refuse("has an extended key usage that signers must not have")
            }
        }
        guard !isAuthority else { throw refuse("is a certificate authority") }
    }

    /// - Throws: `authority-requirements`.
    func requireNotationAuthority() throws(VerificationError) {
        guard let constraints = `extension`("2.5.29.19"), constraints.isCritical,
            isAuthority, `extension`("2.5.29.15") != nil,
            X509_get_key_usage(pointer) & UInt32(X509v3_KU_KEY_CERT_SIGN) != 0
        else {
            throw VerificationError(.authorityRequirements, "a certificate of the chain is not allowed to issue others")
        }
    }

    /// - Parameter identities: `*`, or `x509.subject:` with attributes, all of which the subject must have.
    /// - Throws: `identity-not-trusted`.
    func requireIdentity(_ identities: [String]) throws(VerificationError) {
        if identities == ["*"] { return }
        let subject = subjectAttributes
        for identity in identities {
            guard identity.hasPrefix("x509.subject:") else { continue }
            guard let wanted = DistinguishedName(identity.dropFirst("x509.subject:".count)) else { continue }
            if wanted.attributes.allSatisfy({ subject[$0.type] == [$0.value] }) { return }
        }
        let found = subject.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value.joined(separator: "+"))" }
        throw VerificationError(
            .identityNotTrusted, "the signer `\(found.joined(separator: ", "))` is not among the trusted identities")
    }

    /// The subject's attributes by their short names.
    private var subjectAttributes: [String: [String]] {
        var attributes: [String: [String]] = [:]
        let name = X509_get_subject_name(pointer)
        for index in 0..<X509_NAME_entry_count(name) {
            guard let entry = X509_NAME_get_entry(name, index), let object = X509_NAME_ENTRY_get_object(entry),
                let shortName = OBJ_nid2sn(OBJ_obj2nid(object)), let data = X509_NAME_ENTRY_get_data(entry)
            else { continue }
            var text: UnsafeMutablePointer<UInt8>?
            let count = ASN1_STRING_to_UTF8(&text, data)
            guard count >= 0, let text else { continue }
            defer { guardrail_OPENSSL_free(text) }
            let value = String(decoding: UnsafeBufferPointer(start: text, count: Int(count)), as: UTF8.self)
            attributes[String(cString: shortName), default: []].append(value)
        }
        return attributes
    }
}
