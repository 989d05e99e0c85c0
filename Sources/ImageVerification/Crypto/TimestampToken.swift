import COpenSSL
import Glibc
import Values

/// An RFC 3161 timestamp: somebody trusted has seen these bytes at that time.
struct TimestampToken: ~Copyable {
    private let token: UnsafeMutablePointer<PKCS7>
    /// Keeps the token's memory alive where it is part of a response.
    private let response: OpaquePointer?
    private let info: OpaquePointer
    private let ownsInfo: Bool
    /// The authority's time, in whole seconds.
    let time: Timestamp

    /// Reads a TimeStampResp, as sigstore stores them.
    init(response der: [UInt8]) throws(VerificationError) {
        defer { ERR_clear_error() }
        try Self.checkSize(der)
        let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            guard let response = d2i_TS_RESP(nil, &cursor, bytes.count) else { return nil }
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }) else {
                TS_RESP_free(response)
                return nil
            }
            return response
        }
        guard let parsed else { throw Self.malformed("it is not a valid response") }
        let status = TS_RESP_get_status_info(parsed).flatMap { TS_STATUS_INFO_get0_status($0) }
            .map { ASN1_INTEGER_get($0) }
        guard let status, status == 0 || status == 1, let token = TS_RESP_get_token(parsed),
            let info = TS_RESP_get_tst_info(parsed)
        else {
            TS_RESP_free(parsed)
            throw Self.malformed("the authority granted none")
        }
        guard let time = Certificate.time(TS_TST_INFO_get_time(info)) else {
            TS_RESP_free(parsed)
            throw Self.malformed("its time cannot be read")
        }
        (self.token, response, self.info, ownsInfo, self.time) = (token, parsed, info, false, time)
    }

    /// Reads a bare TimeStampToken, as the Notary Project stores them.
    init(token der: [UInt8]) throws(VerificationError) {
        defer { ERR_clear_error() }
        try Self.checkSize(der)
        let parsed = der.withUnsafeBufferPointer { bytes -> UnsafeMutablePointer<PKCS7>? in
            var cursor = bytes.baseAddress
            guard let token = d2i_PKCS7(nil, &cursor, bytes.count) else { return nil }
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }), guardrail_PKCS7_type_is_signed(token) == 1
            else {
                PKCS7_free(token)
                return nil
            }
            return token
        }
        guard let parsed else { throw Self.malformed("it is not a valid token") }
        guard let info = PKCS7_to_TS_TST_INFO(parsed) else {
            PKCS7_free(parsed)
            throw Self.malformed("it holds no time")
        }
        guard let time = Certificate.time(TS_TST_INFO_get_time(info)) else {
            TS_TST_INFO_free(info)
            PKCS7_free(parsed)
            throw Self.malformed("its time cannot be read")
        }
        (token, response, self.info, ownsInfo, self.time) = (parsed, nil, info, true, time)
    }

    deinit {
        if ownsInfo { TS_TST_INFO_free(info) }
        if let response { TS_RESP_free(response) } else { PKCS7_free(token) }
    }

    private static func checkSize(_ der: [UInt8]) throws(VerificationError) {
        guard der.count <= VerificationLimits.maximumTimestampBytes else {
            throw VerificationError(.tooLarge, "the timestamp has \(der.count) bytes")
        }
    }

    private static func malformed(_ problem: String) -> VerificationError {
        VerificationError(.malformedTimestamp, "the timestamp cannot be used: \(problem)")
    }

    /// - Throws: `timestamp-imprint` if the token is for other bytes, `malformed-timestamp` for hashes that are not SHA-2.
    func requireImprint(of message: [UInt8]) throws(VerificationError) {
        guard let imprint = TS_TST_INFO_get_msg_imprint(info), let algorithm = TS_MSG_IMPRINT_get_algo(imprint),
            let hashed = TS_MSG_IMPRINT_get_msg(imprint), let start = ASN1_STRING_get0_data(hashed)
        else { throw Self.malformed("it has no imprint") }
        var object: OpaquePointer?
        X509_ALGOR_get0(&object, nil, nil, algorithm)
        let digest: Digest
        switch OBJ_obj2nid(object) {
        case NID_sha256: digest = .sha256
        case NID_sha384: digest = .sha384
        case NID_sha512: digest = .sha512
        default: throw Self.malformed("its hash is not SHA-2")
        }
        let bytes = UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(hashed)))
        guard bytes.elementsEqual(digest.hash(message)) else {
            throw VerificationError(.timestampImprint, "the timestamp is for other bytes than this signature")
        }
    }

    /// Whether the token is signed by the authority whose chain this is, all of it valid at the token's time.
    ///
    /// - Parameters:
    ///   - anchors: trusted certificates.
    ///   - untrusted: intermediates, and the signer's own certificate where the token has none.
    ///   - signer: the only signer that counts; nil for any that the anchors vouch for.
    func isSigned(anchors: [Certificate], untrusted: [Certificate], signer: Certificate?) -> Bool {
        defer { ERR_clear_error() }
        guard let store = TrustStore(anchors: anchors, seconds: time.seconds),
            let certificates = CertificateStack(untrusted), let context = TS_VERIFY_CTX_new()
        else { return false }
        defer { TS_VERIFY_CTX_free(context) }
        if let signer {
            guard let signers = PKCS7_get0_signers(token, certificates.pointer, 0) else { return false }
            defer { guardrail_sk_X509_free(signers) }
            guard guardrail_sk_X509_num(signers) == 1, let found = guardrail_sk_X509_value(signers, 0),
                X509_cmp(found, signer.pointer) == 0
            else { return false }
        }
        _ = TS_VERIFY_CTX_set_flags(context, guardrail_TS_token_flags())
        // The context frees the store and the stack.
        _ = TS_VERIFY_CTX_set_store(context, store.take())
        guardrail_TS_VERIFY_CTX_set_certs(context, certificates.take())
        return TS_RESP_verify_token(context, token) == 1
    }
}

extension TrustedRoot {
    /// The time of a timestamp response over these bytes, by an authority of this trust root.
    ///
    /// - Throws: `malformed-timestamp`, `timestamp-imprint`, `timestamp-authority-not-valid`, `timestamp-untrusted`.
    func time(ofResponse der: [UInt8], over message: [UInt8]) throws(VerificationError) -> Timestamp {
        let token = try TimestampToken(response: der)
        try token.requireImprint(of: message)
        var outOfPeriod = false
        for authority in timestampAuthorities {
            guard let anchor = authority.certificates.last else { continue }
            // Where the trust root names the signer's own certificate, no other one of the same authority will do.
            let signer = authority.certificates.first.flatMap { $0.isAuthority ? nil : $0 }
            guard token.isSigned(anchors: [anchor], untrusted: authority.certificates, signer: signer) else { continue }
            if authority.validity.contains(token.time) { return token.time }
            outOfPeriod = true
        }
        if outOfPeriod {
            throw VerificationError(
                .timestampAuthorityNotValid,
                "the trust root's validity period of the timestamp authority does not include \(token.time.internetText)"
            )
        }
        throw VerificationError(
            .timestampUntrusted, "the timestamp is not by an authority of the trust root that was valid at its time")
    }
}
