import COpenSSL
import NIOCore

/// One connection's `SSL` object in the server's role, over the buffers of a workspace.
///
/// Every call reads ciphertext from `workspace.transport.inbound` and appends to `outbound`; the caller moves both.
struct TLSSession: ~Copyable {
    enum HandshakeResult: Equatable {
        case done
        case needsMoreData
        case failed(TLSConnectionError)
    }

    enum ReadResult: Equatable {
        /// All ciphertext was taken; more may come.
        case drained
        /// The batch is full; ciphertext may be left.
        case batchFull
        /// The peer sent close_notify.
        case closed
        case failed(TLSConnectionError)
    }

    private let ssl: OpaquePointer
    private let workspace: TLSWorkspace

    /// Throws when OpenSSL is out of memory. The session holds its own reference to the context's settings.
    init(context: TLSContext, workspace: TLSWorkspace) throws(TLSConnectionError) {
        guard let ssl = SSL_new(context.pointer) else { throw Self.takeError() }
        guard let bio = ByteBufferBIO.make(over: workspace.transport) else {
            SSL_free(ssl)
            throw Self.takeError()
        }
        SSL_set_bio(ssl, bio, bio)
        SSL_set_accept_state(ssl)
        self.ssl = ssl
        self.workspace = workspace
    }

    deinit { SSL_free(ssl) }

    /// Negotiated version, such as `TLSv1.3`.
    var protocolVersion: String { String(cString: SSL_get_version(ssl)) }

    /// Whether the client may ask for verdicts; to be asked after the handshake.
    func isAllowed(by clients: TLSClientAuthority?) -> Bool {
        guard let clients else { return true }
        guard let certificate = SSL_get1_peer_certificate(ssl) else { return false }
        defer { X509_free(certificate) }
        return SSL_get_verify_result(ssl) == Int(X509_V_OK) && clients.allows(certificate)
    }

    func handshake() -> HandshakeResult {
        ERR_clear_error()
        let result = SSL_do_handshake(ssl)
        if result == 1 { return .done }
        return SSL_get_error(ssl, result) == SSL_ERROR_WANT_READ ? .needsMoreData : .failed(Self.takeError())
    }

    /// Appends decrypted bytes to `buffer` until the ciphertext is used up or the batch is full.
    func read(into buffer: inout ByteBuffer) -> ReadResult {
        while buffer.readableBytes < TLSLimits.plaintextBatchBytes {
            var count = 0
            var result: Int32 = 0
            ERR_clear_error()
            buffer.writeWithUnsafeMutableBytes(minimumWritableBytes: TLSLimits.recordBytes) { target in
                result = SSL_read_ex(ssl, target.baseAddress, target.count, &count)
                return count
            }
            guard result == 1 else {
                switch SSL_get_error(ssl, result) {
                case SSL_ERROR_WANT_READ: return .drained
                case SSL_ERROR_ZERO_RETURN: return .closed
                default: return .failed(Self.takeError())
                }
            }
            // Spares the call that would only report that nothing is left.
            if workspace.transport.pointee.inbound.readableBytes == 0, SSL_has_pending(ssl) == 0 { return .drained }
        }
        return .batchFull
    }

    /// Encrypts `plaintext` in records of at most 16 KiB; nil when it worked.
    func write(_ plaintext: ByteBuffer) -> TLSConnectionError? {
        guard plaintext.readableBytes > 0 else { return nil }
        ERR_clear_error()
        let result = plaintext.withUnsafeReadableBytes { bytes in
            var count = 0
            return SSL_write_ex(ssl, bytes.baseAddress, bytes.count, &count)
        }
        return result == 1 ? nil : Self.takeError()
    }

    /// Sends close_notify.
    func shutdown() {
        ERR_clear_error()
        SSL_shutdown(ssl)
        ERR_clear_error()
    }

    private static func takeError() -> TLSConnectionError {
        let errors = OpenSSLErrors.drain()
        if errors.sslReason == SSL_R_HTTP_REQUEST { return .plaintextHTTP }
        return .protocolError(detail: errors.text.isEmpty ? "unexpected end of data" : errors.text)
    }
}
