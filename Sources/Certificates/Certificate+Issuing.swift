import COpenSSL

extension Certificate {
    /// A new authority that signs itself and may sign servers' certificates, nothing below them.
    ///
    /// - Parameter now: seconds since 1970.
    package static func authority(name: String, key: PrivateKey, now: Int) throws(CertificateError) -> Certificate {
        let draft = try Draft(name: name, key: key)
        try draft.setValidity(from: now - CertificateLimits.backdating, to: now + CertificateLimits.authorityLifetime)
        try draft.add(NID_basic_constraints, "critical,CA:TRUE,pathlen:0", issuer: draft.pointer)
        try draft.add(NID_key_usage, "critical,keyCertSign,cRLSign", issuer: draft.pointer)
        try draft.add(NID_subject_key_identifier, "hash", issuer: draft.pointer)
        return try draft.signed(issuer: draft.pointer, key: key)
    }

    /// A server's certificate for these DNS names, the first of which must be no longer than a common name (64 bytes)
    /// or is left out of the subject.
    ///
    /// It ends with `authority` at the latest.
    package static func server(
        names: [String], key: PrivateKey, authority: Certificate, authorityKey: PrivateKey, now: Int
    ) throws(CertificateError) -> Certificate {
        // Longer common names are not allowed (RFC 5280, A.1); clients look at the alternative names alone.
        let name = names.first.flatMap { $0.utf8.count <= 64 ? $0 : nil } ?? "policy-webhook"
        let draft = try Draft(name: name, key: key)
        let end = min(now + CertificateLimits.servingLifetime, authority.notAfter)
        try draft.setValidity(from: now - CertificateLimits.backdating, to: end)
        try draft.add(NID_basic_constraints, "critical,CA:FALSE", issuer: authority.pointer)
        try draft.add(NID_key_usage, "critical,digitalSignature", issuer: authority.pointer)
        try draft.add(NID_ext_key_usage, "serverAuth", issuer: authority.pointer)
        try draft.add(NID_subject_key_identifier, "hash", issuer: authority.pointer)
        try draft.add(NID_authority_key_identifier, "keyid:always", issuer: authority.pointer)
        let list = names.map { "DNS:\($0)" }.joined(separator: ",")
        try draft.add(NID_subject_alt_name, list, issuer: authority.pointer)
        return try draft.signed(issuer: authority.pointer, key: authorityKey)
    }
}

/// A certificate that is not signed yet.
private final class Draft {
    let pointer: OpaquePointer

    /// Version 3, a random serial number, the subject `CN=name`.
    init(name: String, key: PrivateKey) throws(CertificateError) {
        guard let pointer = X509_new() else { throw .failed(detail: OpenSSLQueue.drain()) }
        self.pointer = pointer
        guard X509_set_version(pointer, Int(X509_VERSION_3)) == 1, Self.setSerial(pointer),
            X509_NAME_add_entry_by_NID(
                X509_get_subject_name(pointer), NID_commonName, MBSTRING_UTF8, Array(name.utf8),
                Int32(name.utf8.count), -1, 0) == 1,
            X509_set_pubkey(pointer, key.pointer) == 1
        else { throw .failed(detail: OpenSSLQueue.drain()) }
    }

    deinit { X509_free(pointer) }

    private static func setSerial(_ certificate: OpaquePointer) -> Bool {
        guard let number = BN_new() else { return false }
        defer { BN_free(number) }
        guard BN_rand(number, CertificateLimits.serialBits, BN_RAND_TOP_ANY, BN_RAND_BOTTOM_ANY) == 1 else {
            return false
        }
        return BN_to_ASN1_INTEGER(number, X509_get_serialNumber(certificate)) != nil
    }

    func setValidity(from start: Int, to end: Int) throws(CertificateError) {
        guard ASN1_TIME_set(X509_getm_notBefore(pointer), start) != nil,
            ASN1_TIME_set(X509_getm_notAfter(pointer), end) != nil
        else { throw .failed(detail: OpenSSLQueue.drain()) }
    }

    /// Adds an extension in the words of OpenSSL's configuration files.
    func add(_ kind: Int32, _ value: String, issuer: OpaquePointer) throws(CertificateError) {
        var context = v3_ext_ctx()
        X509V3_set_ctx(&context, issuer, pointer, nil, nil, 0)
        guard let made = X509V3_EXT_nconf_nid(nil, &context, kind, value) else {
            throw .failed(detail: OpenSSLQueue.drain())
        }
        defer { X509_EXTENSION_free(made) }
        guard X509_add_ext(pointer, made, -1) == 1 else { throw .failed(detail: OpenSSLQueue.drain()) }
    }

    func signed(issuer: OpaquePointer, key: PrivateKey) throws(CertificateError) -> Certificate {
        guard X509_set_issuer_name(pointer, X509_get_subject_name(issuer)) == 1,
            X509_sign(pointer, key.pointer, EVP_sha256()) > 0, X509_up_ref(pointer) == 1
        else { throw .failed(detail: OpenSSLQueue.drain()) }
        return Certificate(owning: pointer)
    }
}
