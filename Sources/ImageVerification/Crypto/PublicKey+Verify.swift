import COpenSSL

/// How a signature was made; nothing in a signature itself says so.
enum SignatureScheme: Equatable {
    /// ECDSA in DER, RSA PKCS#1 v1.5, pure Ed25519 (which ignores the digest).
    case usual(Digest)
    /// RSASSA-PSS, salt as long as the hash, as JWS and COSE have it.
    case pss(Digest)
}

extension PublicKey {
    /// Whether the signature over the message is by this key.
    func verifies(_ signature: [UInt8], over message: [UInt8], _ scheme: SignatureScheme) -> Bool {
        defer { ERR_clear_error() }
        guard let context = EVP_MD_CTX_new() else { return false }
        defer { EVP_MD_CTX_free(context) }
        var parameters: OpaquePointer?
        let digest: OpaquePointer? =
            switch scheme {
            case .usual(let digest): kind == .ed25519 ? nil : digest.implementation
            case .pss(let digest): digest.implementation
            }
        guard EVP_DigestVerifyInit(context, &parameters, digest, nil, pointer) == 1,
            Self.setPadding(parameters, kind, scheme)
        else { return false }
        return EVP_DigestVerify(context, signature, signature.count, message, message.count) == 1
    }

    /// Whether the signature over a hash is by this key. Ed25519 signs a hash only as Ed25519ph, and only SHA-512.
    func verifies(_ signature: [UInt8], overHash hash: [UInt8], _ digest: Digest) -> Bool {
        defer { ERR_clear_error() }
        guard hash.count == digest.byteCount else { return false }
        if let key = rawEd25519 {
            return digest == .sha512 && Ed25519Prehash.verifies(signature, overHash: hash, key: key)
        }
        guard let context = EVP_PKEY_CTX_new(pointer, nil) else { return false }
        defer { EVP_PKEY_CTX_free(context) }
        guard EVP_PKEY_verify_init(context) == 1, Self.setPadding(context, kind, .usual(digest)),
            EVP_PKEY_CTX_set_signature_md(context, digest.implementation) == 1
        else { return false }
        return EVP_PKEY_verify(context, signature, signature.count, hash, hash.count) == 1
    }

    private static func setPadding(_ context: OpaquePointer?, _ kind: Kind, _ scheme: SignatureScheme) -> Bool {
        guard case .rsa = kind else {
            if case .pss = scheme { return false }
            return true
        }
        switch scheme {
        case .usual: return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PADDING) == 1
        case .pss(let digest):
            return EVP_PKEY_CTX_set_rsa_padding(context, RSA_PKCS1_PSS_PADDING) == 1
                && EVP_PKEY_CTX_set_rsa_pss_saltlen(context, Int32(digest.byteCount)) == 1
                && EVP_PKEY_CTX_set_rsa_mgf1_md(context, digest.implementation) == 1
        }
    }

    /// The hash that goes with the key's size; SHA-256 for RSA.
    var nativeDigest: Digest {
        switch kind {
        case .ecdsaP384: .sha384
        case .ecdsaP521, .ed25519: .sha512
        case .ecdsaP256, .rsa: .sha256
        }
    }

    /// The digests that cosign has signed with over the years: the curve's own (version 3), SHA-256 (before).
    var acceptedDigests: [Digest] { nativeDigest == .sha256 ? [.sha256] : [nativeDigest, .sha256] }

    /// Whether a log's key signed this. Logs sign with their key's own hash, Rekor 1 with SHA-256 whatever its key is.
    func verifiesAsLog(_ signature: [UInt8], over message: [UInt8]) -> Bool {
        acceptedDigests.contains { verifies(signature, over: message, .usual($0)) }
    }

    /// Whether the signature is by this key under cosign's rules.
    ///
    /// - Parameters:
    ///   - allowsPrehash: Ed25519ph as well, which cosign's own signing uses for simple-signing payloads.
    ///   - allowsPSS: RSASSA-PSS as well.
    func verifiesAsCosign(
        _ signature: [UInt8], over message: [UInt8], allowsPrehash: Bool = false, allowsPSS: Bool = false
    ) -> Bool {
        switch kind {
        case .ed25519:
            if verifies(signature, over: message, .usual(.sha512)) { return true }
            guard allowsPrehash, let key = rawEd25519 else { return false }
            return Ed25519Prehash.verifies(signature, over: message, key: key)
        case .rsa:
            return verifies(signature, over: message, .usual(.sha256))
                || (allowsPSS && verifies(signature, over: message, .pss(.sha256)))
        case .ecdsaP256, .ecdsaP384, .ecdsaP521:
            return acceptedDigests.contains { verifies(signature, over: message, .usual($0)) }
        }
    }
}
