import COpenSSL

/// An ECDSA key on P-256.
// SAFETY: OpenSSL counts the references atomically; nothing changes the key after `init`.
package final class PrivateKey: @unchecked Sendable {
    let pointer: OpaquePointer

    /// A new key.
    package init() throws(CertificateError) {
        guard let key = guardrail_generate_P256() else { throw .failed(detail: OpenSSLQueue.drain()) }
        pointer = key
    }

    /// Reads an unencrypted PEM key.
    package init(pem: [UInt8]) throws(CertificateError) {
        let bio = try MemoryBIO(pem)
        guard let key = PEM_read_bio_PrivateKey(bio.pointer, nil, { _, _, _, _ in -1 }, nil) else {
            throw .invalid(what: "private key", detail: OpenSSLQueue.drain())
        }
        pointer = key
    }

    deinit { EVP_PKEY_free(pointer) }

    /// PKCS #8, unencrypted.
    package func pem() throws(CertificateError) -> [UInt8] {
        let bio = try MemoryBIO()
        guard PEM_write_bio_PrivateKey(bio.pointer, pointer, nil, nil, 0, nil, nil) == 1 else {
            throw .failed(detail: OpenSSLQueue.drain())
        }
        return bio.contents
    }
}
