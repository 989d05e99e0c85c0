import CZlib

/// The gzip format (RFC 1952).
package enum Gzip {
    /// Bytes that are unpacked at a time.
    private static let chunkSize = 64 << 10

    package static func isGzip(_ bytes: [UInt8]) -> Bool { bytes.starts(with: [0x1F, 0x8B]) }

    /// Unpacks all members, one behind the other.
    ///
    /// - Parameter limit: bytes of the result, however little they are packed.
    /// - Throws: ids `archive-too-large`, `archive-truncated`, `archive-damaged`.
    package static func unpack(
        _ bytes: [UInt8], limit: Int = ArchiveLimits.maximumBytes
    ) throws(ArchiveError) -> [UInt8] {
        var output: [UInt8] = []
        var offset = 0
        while offset < bytes.count {
            offset += try unpackMember(bytes[offset...], limit: limit, into: &output)
            // Zeros behind the last member are padding, as tapes have it.
            if bytes[offset...].allSatisfy({ $0 == 0 }) { break }
        }
        return output
    }

    /// - Returns: how many bytes the member has.
    private static func unpackMember(
        _ bytes: ArraySlice<UInt8>, limit: Int, into output: inout [UInt8]
    ) throws(ArchiveError) -> Int {
        var stream = z_stream()
        guard guardrail_inflate_init_gzip(&stream) == Z_OK else {
            throw ArchiveError("archive-damaged", "there is no memory to unpack the archive")
        }
        defer { inflateEnd(&stream) }
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        return try bytes.withUnsafeBufferPointer { input throws(ArchiveError) in
            // zlib reads through this pointer and never writes.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(clamping: input.count)
            while true {
                let code = chunk.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    return inflate(&stream, Z_NO_FLUSH)
                }
                output += chunk[..<(chunkSize - Int(stream.avail_out))]
                guard output.count <= limit else { throw ArchiveError.tooLarge(limit) }
                switch code {
                case Z_STREAM_END: return input.count - Int(stream.avail_in)
                case Z_OK where stream.avail_in > 0 || stream.avail_out == 0: continue
                case Z_OK, Z_BUF_ERROR: throw ArchiveError.truncated
                default: throw ArchiveError("archive-damaged", "the archive is damaged, or no gzip file")
                }
            }
        }
    }

    /// Packs bytes as one member.
    ///
    /// - Throws: `archive-too-large` for more than 4 GiB.
    package static func pack(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
        var stream = z_stream()
        guard let length = UInt32(exactly: bytes.count), guardrail_deflate_init_gzip(&stream) == Z_OK else {
            throw ArchiveError.tooLarge(Int(UInt32.max))
        }
        defer { deflateEnd(&stream) }
        var output = [UInt8](repeating: 0, count: Int(deflateBound(&stream, UInt(bytes.count))))
        // The whole of it fits, so one call does it.
        let code = bytes.withUnsafeBufferPointer { input in
            output.withUnsafeMutableBufferPointer { buffer in
                // zlib reads through this pointer and never writes.
                stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
                stream.avail_in = length
                stream.next_out = buffer.baseAddress
                stream.avail_out = UInt32(clamping: buffer.count)
                return deflate(&stream, Z_FINISH)
            }
        }
        guard code == Z_STREAM_END else { throw ArchiveError("archive-damaged", "the data cannot be packed") }
        output.removeLast(output.count - Int(stream.total_out))
        return output
    }
}
