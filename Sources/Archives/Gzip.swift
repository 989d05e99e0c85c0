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

    /// Packs bytes as one member.
    ///
    /// - Throws: id `archive-too-large`.
    package static func pack(_ bytes: [UInt8]) throws(ArchiveError) -> [UInt8] {
        var stream = z_stream()
        guard bytes.count <= ArchiveLimits.maximumBytes else { throw ArchiveError.tooLarge(ArchiveLimits.maximumBytes) }
        guard guardrail_deflate_init_gzip(&stream) == Z_OK else {
            throw ArchiveError("archive-too-large", "there is no memory to pack the data")
        }
        defer { deflateEnd(&stream) }
        var output: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: chunkSize)
        return bytes.withUnsafeBufferPointer { input in
            // zlib reads through this pointer and never writes.
            stream.next_in = UnsafeMutablePointer(mutating: input.baseAddress)
            stream.avail_in = UInt32(clamping: input.count)
            while true {
                let code = chunk.withUnsafeMutableBufferPointer { buffer in
                    stream.next_out = buffer.baseAddress
                    stream.avail_out = UInt32(buffer.count)
                    return deflate(&stream, Z_FINISH)
                }
                output += chunk[..<(chunkSize - Int(stream.avail_out))]
                // All input is there, so only a full chunk keeps it from ending.
                if code != Z_OK { return output }
            }
        }
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
}
