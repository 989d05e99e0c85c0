import COpenSSL
import Values

/// A public key of one of the kinds that image signatures use.
package final class PublicKey: @unchecked Sendable {
    // SAFETY: the EVP_PKEY is never changed after init, and OpenSSL's reads of it are thread-safe; freed in deinit only.
    let pointer: OpaquePointer
    package let kind: Kind
    /// SubjectPublicKeyInfo in DER.
    package let der: [UInt8]

    package enum Kind: Hashable, Sendable {
        case ecdsaP256, ecdsaP384, ecdsaP521, ed25519
        /// Modulus bits: 2048 to 8192.
        case rsa(bits: Int)
    }

    /// SHA-256 over `der`: a log's ID, and the key hint of bundles.
    package var fingerprint: [UInt8] { Digest.sha256.hash(der) }

    /// Takes over one reference.
    ///
    /// - Throws: `unsupported-key`.
    init(owning pointer: OpaquePointer) throws(VerificationError) {
        guard let kind = Self.kind(of: pointer), let der = Self.encode(pointer) else {
            let name = EVP_PKEY_get0_type_name(pointer).map { String(cString: $0) } ?? "unknown"
            let bits = EVP_PKEY_get_bits(pointer)
            EVP_PKEY_free(pointer)
            throw VerificationError(.unsupportedKey, "a \(name) key of \(bits) bits is not supported")
        }
        self.pointer = pointer
        self.kind = kind
        self.der = der
    }

    /// - Throws: `malformed-key`, `unsupported-key`.
    package convenience init(der: [UInt8]) throws(VerificationError) {
        defer { ERR_clear_error() }
        guard der.count <= VerificationLimits.maximumCertificateBytes else {
            throw VerificationError(.tooLarge, "the key has \(der.count) bytes")
        }
        let pointer = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            guard let key = d2i_PUBKEY(nil, &cursor, bytes.count) else { return nil }
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }) else {
                EVP_PKEY_free(key)
                return nil
            }
            return key
        }
        guard let pointer else { throw VerificationError(.malformedKey, "the key is not a valid SubjectPublicKeyInfo") }
        try self.init(owning: pointer)
    }

    /// Reads `-----BEGIN PUBLIC KEY-----` or `-----BEGIN RSA PUBLIC KEY-----`.
    ///
    /// - Throws: `malformed-key`, `unsupported-key`.
    package convenience init(pem: String) throws(VerificationError) {
        if let refusal = KeyReference.refusal(pem) { throw refusal }
        let block = try PEMBlock.single(pem, reason: .malformedKey, what: "key")
        switch block.label {
        case "PUBLIC KEY": try self.init(der: block.bytes)
        case "RSA PUBLIC KEY": try self.init(pkcs1: block.bytes)
        case "CERTIFICATE":
            throw VerificationError(
                .malformedKey, "expected a public key, found a certificate, which may say whom it is for and until when"
            )
        case let label where label.hasSuffix("PRIVATE KEY"):
            throw VerificationError(
                .malformedKey, "expected a public key, found a private one, which belongs to the signer alone")
        default:
            throw VerificationError(.malformedKey, "expected a public key, found `\(block.label)`")
        }
    }

    /// - Parameter pkcs1: an RSAPublicKey in DER.
    /// - Throws: `malformed-key`, `unsupported-key`.
    convenience init(pkcs1: [UInt8]) throws(VerificationError) { try self.init(der: Self.wrapRSA(pkcs1)) }

    /// PKCS#1 in a SubjectPublicKeyInfo.
    private static func wrapRSA(_ pkcs1: [UInt8]) -> [UInt8] {
        let rsaEncryption: [UInt8] = [
            0x30, 0x0D, 0x06, 0x09, 0x2A, 0x86, 0x48, 0x86, 0xF7, 0x0D, 0x01, 0x01, 0x01, 0x05, 0x00,
        ]
        return DERReader.encode(tag: 0x30, rsaEncryption + DERReader.encode(tag: 0x03, [0] + pkcs1))
    }

    deinit { EVP_PKEY_free(pointer) }

    private static func kind(of key: OpaquePointer) -> Kind? {
        switch EVP_PKEY_get_base_id(key) {
        case EVP_PKEY_ED25519: return .ed25519
        case EVP_PKEY_RSA:
            let bits = Int(EVP_PKEY_get_bits(key))
            return (2_048...8_192).contains(bits) ? .rsa(bits: bits) : nil
        case EVP_PKEY_EC:
            var name = [CChar](repeating: 0, count: 64)
            var length = 0
            guard EVP_PKEY_get_group_name(key, &name, name.count, &length) == 1 else { return nil }
            switch String(decoding: name.prefix(length).map { UInt8(bitPattern: $0) }, as: UTF8.self) {
            case "prime256v1": return .ecdsaP256
            case "secp384r1": return .ecdsaP384
            case "secp521r1": return .ecdsaP521
            default: return nil
            }
        default: return nil
        }
    }

    private static func encode(_ key: OpaquePointer) -> [UInt8]? {
        var output: UnsafeMutablePointer<UInt8>?
        let count = i2d_PUBKEY(key, &output)
        guard count > 0, let output else { return nil }
        defer { guardrail_OPENSSL_free(output) }
        return Array(UnsafeBufferPointer(start: output, count: Int(count)))
    }

    /// The 32 bytes of an Ed25519 key; nil for other kinds.
    var rawEd25519: [UInt8]? {
        guard kind == .ed25519 else { return nil }
        var bytes = [UInt8](repeating: 0, count: 32)
        var count = 32
        guard EVP_PKEY_get_raw_public_key(pointer, &bytes, &count) == 1, count == 32 else { return nil }
        return bytes
    }
}
