import COpenSSL
import Values

/// The signature algorithms of JSON Web Signatures (RFC 7518 section 3, RFC 8037).
enum JSONWebAlgorithm: String, CaseIterable {
    case hs256 = "HS256"
    case hs384 = "HS384"
    case hs512 = "HS512"
    case rs256 = "RS256"
    case rs384 = "RS384"
    case rs512 = "RS512"
    case ps256 = "PS256"
    case ps384 = "PS384"
    case ps512 = "PS512"
    case es256 = "ES256"
    case es384 = "ES384"
    case es512 = "ES512"
    case edDSA = "EdDSA"

    private var digest: Digest {
        switch self {
        case .hs256, .rs256, .ps256, .es256: .sha256
        case .hs384, .rs384, .ps384, .es384: .sha384
        case .hs512, .rs512, .ps512, .es512, .edDSA: .sha512
        }
    }

    /// Whether keys of that kind sign so; of curves each has its one algorithm.
    func fits(_ key: JSONWebKey.Material) -> Bool {
        switch (self, key) {
        case (.hs256, .symmetric), (.hs384, .symmetric), (.hs512, .symmetric): true
        case (_, .symmetric): false
        case (_, .asymmetric(let key)):
            switch key.kind {
            case .rsa: [.rs256, .rs384, .rs512, .ps256, .ps384, .ps512].contains(self)
            case .ecdsaP256: self == .es256
            case .ecdsaP384: self == .es384
            case .ecdsaP521: self == .es512
            case .ed25519: self == .edDSA
            }
        }
    }

    /// Whether the signature over the message is by this key; false as well for keys that do not fit.
    func verifies(_ signature: [UInt8], over message: [UInt8], _ key: JSONWebKey.Material) -> Bool {
        guard fits(key) else { return false }
        switch key {
        case .symmetric(let secret):
            guard let code = digest.authenticationCode(of: message, key: secret) else { return false }
            return code.count == signature.count && CRYPTO_memcmp(code, signature, code.count) == 0
        case .asymmetric(let key):
            switch self {
            case .ps256, .ps384, .ps512: return key.verifies(signature, over: message, .pss(digest))
            case .es256, .es384, .es512:
                return PublicKey.encodedSignature(signature, fieldBytes: self == .es512 ? 66 : digest.byteCount)
                    .map { key.verifies($0, over: message, .usual(digest)) } ?? false
            default: return key.verifies(signature, over: message, .usual(digest))
            }
        }
    }
}

extension Digest {
    /// HMAC; nil where the library refuses.
    fileprivate func authenticationCode(of message: [UInt8], key: [UInt8]) -> [UInt8]? {
        defer { ERR_clear_error() }
        guard key.count <= VerificationLimits.maximumTokenBytes else { return nil }
        var result = [UInt8](repeating: 0, count: byteCount)
        var count: UInt32 = 0
        guard HMAC(implementation, key, Int32(key.count), message, message.count, &result, &count) != nil,
            Int(count) == byteCount
        else { return nil }
        return result
    }
}

extension PublicKey {
    /// ECDSA's r and s, from one after the other (as JWS and COSE have it) to DER; nil for another length.
    static func encodedSignature(_ signature: [UInt8], fieldBytes: Int) -> [UInt8]? {
        guard signature.count == 2 * fieldBytes else { return nil }
        return DERReader.encode(
            tag: 0x30,
            DERReader.encode(unsigned: signature[..<fieldBytes]) + DERReader.encode(unsigned: signature[fieldBytes...]))
    }
}

extension DERReader {
    /// An INTEGER that is not negative.
    static func encode(unsigned bytes: ArraySlice<UInt8>) -> [UInt8] {
        var digits = Array(bytes.drop { $0 == 0 })
        if digits.first.map({ $0 >= 0x80 }) ?? true { digits.insert(0, at: 0) }
        return encode(tag: 0x02, digits)
    }
}
