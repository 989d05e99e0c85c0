import COpenSSL

/// OpenSSL's view of bytes in memory.
struct MemoryBIO: ~Copyable {
    let pointer: OpaquePointer

    /// An empty one to write to.
    init() throws(CertificateError) {
        guard let bio = BIO_new(BIO_s_mem()) else { throw .failed(detail: OpenSSLQueue.drain()) }
        pointer = bio
    }

    /// A copy of `bytes` to read from.
    init(_ bytes: [UInt8]) throws(CertificateError) {
        guard bytes.count <= CertificateLimits.pemBytes else {
            throw .invalid(what: "PEM text", detail: "larger than \(CertificateLimits.pemBytes) bytes")
        }
        guard let bio = BIO_new(BIO_s_mem()) else { throw .failed(detail: OpenSSLQueue.drain()) }
        guard bytes.isEmpty || BIO_write(bio, bytes, Int32(bytes.count)) == Int32(bytes.count) else {
            BIO_free(bio)
            throw .failed(detail: OpenSSLQueue.drain())
        }
        pointer = bio
    }

    deinit { BIO_free(pointer) }

    /// What was written and not yet read.
    var contents: [UInt8] {
        var start: UnsafeMutablePointer<CChar>?
        let count = BIO_ctrl(pointer, BIO_CTRL_INFO, 0, &start)
        guard count > 0, let start else { return [] }
        return Array(UnsafeRawBufferPointer(start: start, count: count))
    }
}

/// The calling thread's queue of OpenSSL errors.
enum OpenSSLQueue {
    /// Empties the queue; the newest error's words.
    static func drain() -> String {
        var text = "unknown error"
        while true {
            let code = ERR_get_error()
            guard code != 0 else { return text }
            text = ERR_reason_error_string(code).map { String(cString: $0) } ?? "error \(code)"
        }
    }
}
