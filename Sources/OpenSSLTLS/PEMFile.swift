import COpenSSL
import Glibc

/// Bytes of a PEM file, wiped when they go: they may be a private key.
struct PEMFile: ~Copyable {
    private let bytes: UnsafeMutableRawBufferPointer
    let path: String

    init(path: String) throws(TLSContextError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw .unreadableFile(path: path, detail: systemError()) }
        defer { close(descriptor) }
        let buffer = UnsafeMutableRawBufferPointer.allocate(byteCount: TLSLimits.pemFileBytes + 1, alignment: 1)
        var count = 0
        while count < buffer.count {
            let result = read(descriptor, buffer.baseAddress?.advanced(by: count), buffer.count - count)
            if result < 0, errno == EINTR { continue }
            guard result >= 0 else {
                let detail = systemError()
                Self.wipe(buffer, count: count)
                throw .unreadableFile(path: path, detail: detail)
            }
            guard result > 0 else { break }
            count += result
        }
        guard count <= TLSLimits.pemFileBytes else {
            Self.wipe(buffer, count: count)
            throw .unreadableFile(path: path, detail: "larger than \(TLSLimits.pemFileBytes) bytes")
        }
        self.path = path
        self.bytes = UnsafeMutableRawBufferPointer(rebasing: buffer[..<count])
    }

    /// A copy of PEM text that is not in a file; `name` is what errors call it.
    init(name: String, contents: [UInt8]) throws(TLSContextError) {
        guard contents.count <= TLSLimits.pemFileBytes else {
            throw .unreadableFile(path: name, detail: "larger than \(TLSLimits.pemFileBytes) bytes")
        }
        path = name
        bytes = UnsafeMutableRawBufferPointer.allocate(byteCount: contents.count, alignment: 1)
        bytes.copyBytes(from: contents)
    }

    deinit { Self.wipe(bytes, count: bytes.count) }

    private static func wipe(_ buffer: UnsafeMutableRawBufferPointer, count: Int) {
        OPENSSL_cleanse(buffer.baseAddress, count)
        buffer.deallocate()
    }

    /// The certificates in the file's order, the server's own first. The caller frees each with `X509_free`.
    func certificates() throws(TLSContextError) -> [OpaquePointer] {
        guard let bio = memoryBIO() else { throw invalidCertificate() }
        defer { BIO_free(bio) }
        var chain: [OpaquePointer] = []
        while let certificate = PEM_read_bio_X509(bio, nil, refusePassphrase, nil) {
            chain.append(certificate)
            guard chain.count <= TLSLimits.chainCertificates else {
                chain.forEach(X509_free)
                throw .invalidCertificate(path: path, detail: "more than \(TLSLimits.chainCertificates) certificates")
            }
        }
        // Reading ends with "no start line" at the end of the file; anything else is a damaged certificate.
        let last = ERR_peek_last_error()
        let atEnd = guardrail_ERR_library(last) == ERR_LIB_PEM && guardrail_ERR_reason(last) == PEM_R_NO_START_LINE
        guard atEnd, !chain.isEmpty else {
            chain.forEach(X509_free)
            throw invalidCertificate()
        }
        _ = OpenSSLErrors.drain()
        return chain
    }

    /// The private key. The caller frees it with `EVP_PKEY_free`.
    func privateKey() throws(TLSContextError) -> OpaquePointer {
        var asked = false
        let bio = memoryBIO()
        defer { BIO_free(bio) }
        let key = withUnsafeMutablePointer(to: &asked) { flag in
            PEM_read_bio_PrivateKey(bio, nil, refusePassphrase, flag)
        }
        let errors = OpenSSLErrors.drain()
        if let key { return key }
        if asked { throw .encryptedKey(path: path) }
        throw .invalidKey(path: path, detail: errors.text)
    }

    private func memoryBIO() -> OpaquePointer? { BIO_new_mem_buf(bytes.baseAddress, Int32(bytes.count)) }

    private func invalidCertificate() -> TLSContextError {
        .invalidCertificate(path: path, detail: OpenSSLErrors.drain().text)
    }
}

/// OpenSSL's hook for encrypted PEM: notes that it was asked and refuses, where the default would prompt on the terminal.
private func refusePassphrase(
    _: UnsafeMutablePointer<CChar>?, _: Int32, _: Int32, asked: UnsafeMutableRawPointer?
) -> Int32 {
    asked?.assumingMemoryBound(to: Bool.self).pointee = true
    return -1
}

private func systemError() -> String { String(cString: strerror(errno)) }
