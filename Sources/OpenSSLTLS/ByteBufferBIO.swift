import COpenSSL
import NIOCore

/// OpenSSL's view of the network: a BIO whose reads and writes are copies from and to `TLSWorkspace.Transport`.
///
/// Reads ask OpenSSL to retry when no bytes are left; writes always succeed.
enum ByteBufferBIO {
    /// A new BIO over `transport`, which must outlive it; nil when OpenSSL is out of memory.
    static func make(over transport: UnsafeMutablePointer<TLSWorkspace.Transport>) -> OpaquePointer? {
        guard let method = method.pointer, let bio = BIO_new(method) else { return nil }
        BIO_set_data(bio, transport)
        BIO_set_init(bio, 1)
        return bio
    }

    // SAFETY: filled once by `makeMethod`, before anyone sees it, and only read afterwards.
    private struct Method: @unchecked Sendable { let pointer: OpaquePointer? }

    private static let method = Method(pointer: makeMethod())

    private static func makeMethod() -> OpaquePointer? {
        guard let method = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "ByteBuffer") else { return nil }
        BIO_meth_set_read(method) { bio, bytes, count in
            guard let bytes, count > 0, let transport = BIO_get_data(bio)?.transport else { return 0 }
            guardrail_BIO_clear_retry_flags(bio)
            let length = min(Int(count), transport.pointee.inbound.readableBytes)
            guard length > 0 else {
                guardrail_BIO_set_retry_read(bio)
                return -1
            }
            transport.pointee.inbound.readWithUnsafeReadableBytes { source in
                UnsafeMutableRawPointer(bytes).copyMemory(from: source.baseAddress.unsafelyUnwrapped, byteCount: length)
                return length
            }
            return Int32(length)
        }
        BIO_meth_set_write(method) { bio, bytes, count in
            guard let bytes, count > 0, let transport = BIO_get_data(bio)?.transport else { return 0 }
            guardrail_BIO_clear_retry_flags(bio)
            transport.pointee.outbound.writeBytes(UnsafeRawBufferPointer(start: bytes, count: Int(count)))
            return count
        }
        BIO_meth_set_ctrl(method) { _, command, _, _ in command == BIO_CTRL_FLUSH ? 1 : 0 }
        return method
    }
}

extension UnsafeMutableRawPointer {
    fileprivate var transport: UnsafeMutablePointer<TLSWorkspace.Transport> {
        assumingMemoryBound(to: TLSWorkspace.Transport.self)
    }
}
