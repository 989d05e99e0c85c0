import COpenSSL
import Glibc

/// An X.509 certificate.
// SAFETY: OpenSSL counts the references atomically; nothing changes the certificate after `init`.
package final class Certificate: @unchecked Sendable {
    let pointer: OpaquePointer

    /// Takes over the caller's reference.
    init(owning pointer: OpaquePointer) { self.pointer = pointer }

    deinit { X509_free(pointer) }

    /// All certificates of a PEM text, in its order; what lies between them is skipped.
    package static func all(pem: [UInt8]) throws(CertificateError) -> [Certificate] {
        let bio = try MemoryBIO(pem)
        var found: [Certificate] = []
        while let certificate = PEM_read_bio_X509(bio.pointer, nil, { _, _, _, _ in -1 }, nil) {
            found.append(Certificate(owning: certificate))
            guard found.count <= CertificateLimits.certificates else {
                throw .invalid(what: "certificate", detail: "more than \(CertificateLimits.certificates) of them")
            }
        }
        // Reading ends with "no start line" at the end of the text; anything else is a damaged certificate.
        let last = ERR_peek_last_error()
        let isAtEnd = guardrail_ERR_library(last) == ERR_LIB_PEM && guardrail_ERR_reason(last) == PEM_R_NO_START_LINE
        let detail = OpenSSLQueue.drain()
        guard isAtEnd, !found.isEmpty else { throw .invalid(what: "certificate", detail: detail) }
        return found
    }

    package func pem() throws(CertificateError) -> [UInt8] {
        let bio = try MemoryBIO()
        guard PEM_write_bio_X509(bio.pointer, pointer) == 1 else { throw .failed(detail: OpenSSLQueue.drain()) }
        return bio.contents
    }

    /// In seconds since 1970; 0 if it cannot be told.
    package var notBefore: Int { Self.seconds(X509_get0_notBefore(pointer)) }
    package var notAfter: Int { Self.seconds(X509_get0_notAfter(pointer)) }

    /// Whether the names it may be used for include this one.
    package func isValid(forHost name: String) -> Bool {
        X509_check_host(pointer, name, name.utf8.count, UInt32(X509_CHECK_FLAG_NEVER_CHECK_SUBJECT), nil) == 1
    }

    package func isSigned(by authority: Certificate) -> Bool {
        defer { _ = OpenSSLQueue.drain() }
        guard X509_check_issued(authority.pointer, pointer) == X509_V_OK else { return false }
        return X509_verify(pointer, X509_get0_pubkey(authority.pointer)) == 1
    }

    package func belongs(to key: PrivateKey) -> Bool {
        defer { _ = OpenSSLQueue.drain() }
        return X509_check_private_key(pointer, key.pointer) == 1
    }

    package func isEqual(to other: Certificate) -> Bool { X509_cmp(pointer, other.pointer) == 0 }

    private static func seconds(_ time: UnsafePointer<ASN1_TIME>?) -> Int {
        var parts = tm()
        guard let time, ASN1_TIME_to_tm(time, &parts) == 1 else { return 0 }
        return timegm(&parts)
    }
}
