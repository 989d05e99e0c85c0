import NIOCore

/// The buffers that all connections of one event loop share, so that an idle connection holds none.
///
/// A connection uses them only within one call into OpenSSL and empties them before anything else runs. Buffers that
/// are still referenced elsewhere (a write that waits for the socket) are replaced, never overwritten: `ByteBuffer`
/// copies on write.
///
/// Not Sendable: one per event loop, used on that loop only.
package final class TLSWorkspace {
    /// What the custom BIO reads from and writes to; behind a pointer because OpenSSL holds it as `void *`.
    struct Transport {
        /// Ciphertext from the peer that OpenSSL has not taken yet.
        var inbound = ByteBuffer()
        /// Ciphertext that OpenSSL made for the peer.
        var outbound = ByteBuffer()
    }

    let transport: UnsafeMutablePointer<Transport>
    /// Decrypted bytes on their way up the pipeline.
    var plaintext = ByteBuffer()

    package init() {
        transport = .allocate(capacity: 1)
        transport.initialize(to: Transport())
    }

    deinit {
        transport.deinitialize(count: 1)
        transport.deallocate()
    }

    /// Makes `buffer` empty and fit to be filled again, without keeping a rare large one.
    static func recycle(_ buffer: inout ByteBuffer) {
        if buffer.capacity > TLSLimits.keptBufferBytes {
            buffer = ByteBuffer()
        } else {
            buffer.clear()
        }
    }
}

@available(*, unavailable)
extension TLSWorkspace: Sendable {}
