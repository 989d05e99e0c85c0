import COpenSSL
import NIOCore

@testable import OpenSSLTLS

/// The client's side of TLS without a network, over the same BIO as the server. Trusts everybody.
final class TLSTestClient {
    private struct NoClient: Error {}

    private let context: OpaquePointer
    private let ssl: OpaquePointer
    private let workspace = TLSWorkspace()
    private(set) var sawCloseNotify = false

    init() throws {
        guard let context = SSL_CTX_new(TLS_client_method()), let ssl = SSL_new(context),
            let bio = ByteBufferBIO.make(over: workspace.transport)
        else { throw NoClient() }
        SSL_set_bio(ssl, bio, bio)
        SSL_set_connect_state(ssl)
        self.context = context
        self.ssl = ssl
    }

    deinit {
        SSL_free(ssl)
        SSL_CTX_free(context)
    }

    /// True when the handshake is done.
    func handshake() -> Bool { SSL_do_handshake(ssl) == 1 }

    func feed(_ bytes: ByteBuffer) { workspace.transport.pointee.inbound.writeImmutableBuffer(bytes) }

    func takeOutput() -> ByteBuffer {
        let output = workspace.transport.pointee.outbound
        workspace.transport.pointee.outbound = ByteBuffer()
        return output
    }

    func write(_ bytes: ByteBuffer) {
        var count = 0
        _ = bytes.withUnsafeReadableBytes { SSL_write_ex(ssl, $0.baseAddress, $0.count, &count) }
    }

    /// Everything that can be decrypted.
    func read() -> ByteBuffer {
        var result = ByteBuffer()
        var status: Int32 = 1
        while status == 1 {
            var count = 0
            result.writeWithUnsafeMutableBytes(minimumWritableBytes: 16_384) {
                status = SSL_read_ex(ssl, $0.baseAddress, $0.count, &count)
                return count
            }
        }
        if SSL_get_error(ssl, status) == SSL_ERROR_ZERO_RETURN { sawCloseNotify = true }
        return result
    }

    func shutdown() { SSL_shutdown(ssl) }
}
