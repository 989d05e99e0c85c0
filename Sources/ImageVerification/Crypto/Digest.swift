import COpenSSL

/// The hash functions that signatures use.
package enum Digest: Sendable {
    case sha256, sha384, sha512

    var implementation: OpaquePointer? {
        switch self {
        case .sha256: EVP_sha256()
        case .sha384: EVP_sha384()
        case .sha512: EVP_sha512()
        }
    }

    /// As sigstore's protobuf messages name it, in JSON.
    init?(protobufName: String) {
        switch protobufName {
        case "SHA2_256": self = .sha256
        case "SHA2_384": self = .sha384
        case "SHA2_512": self = .sha512
        default: return nil
        }
    }

    /// For messages.
    var name: String {
        switch self {
        case .sha256: "SHA-256"
        case .sha384: "SHA-384"
        case .sha512: "SHA-512"
        }
    }

    package var byteCount: Int {
        switch self {
        case .sha256: 32
        case .sha384: 48
        case .sha512: 64
        }
    }

    /// The hash, or nothing where the library refuses (which equals no digest).
    package func hash(_ bytes: [UInt8]) -> [UInt8] {
        var result = [UInt8](repeating: 0, count: byteCount)
        let count = byteCount
        let isDone = result.withUnsafeMutableBufferPointer { output in
            bytes.withUnsafeBufferPointer { input in
                var written: UInt32 = 0
                return EVP_Digest(input.baseAddress, input.count, output.baseAddress, &written, implementation, nil)
                    == 1
                    && Int(written) == count
            }
        }
        // INVARIANT: SHA-2 is in every provider; a library without it can verify nothing.
        precondition(isDone, "the cryptographic library has no SHA-2")
        return result
    }
}
