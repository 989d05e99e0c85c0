import CZlib

/// Data in gzip's format (RFC 1952).
enum GzipStream {
    /// A window of 32 KiB, and a gzip header instead of zlib's own.
    private static let windowBits: Int32 = 15 + 16
    private static let memoryLevel: Int32 = 8
    private static let chunk = 64 << 10

    enum Failure: Error {
        case corrupt
        case tooLarge
    }

    static func compress(_ bytes: [UInt8]) throws(Failure) -> [UInt8] {
        var stream = z_stream()
        guard guardrail_deflateInit2(&stream, Z_DEFAULT_COMPRESSION, windowBits, memoryLevel) == Z_OK else {
            throw .tooLarge
        }
        defer { deflateEnd(&stream) }
        return try run(&stream, bytes, limit: .max) { deflate($0, Z_FINISH) }
    }

    /// - Parameter limit: bytes that the data may grow to.
    static func decompress(_ bytes: [UInt8], limit: Int) throws(Failure) -> [UInt8] {
        var result: [UInt8] = []
        var rest = bytes
        // A file may be several streams, one after the other.
        repeat {
            var stream = z_stream()
            guard guardrail_inflateInit2(&stream, windowBits) == Z_OK else { throw .tooLarge }
            defer { inflateEnd(&stream) }
            result += try run(&stream, rest, limit: limit - result.count) { inflate($0, Z_NO_FLUSH) }
            rest = Array(rest.suffix(Int(stream.avail_in)))
        } while !rest.isEmpty
        return result
    }

    private static func run(
        _ stream: inout z_stream, _ input: [UInt8], limit: Int, _ step: (UnsafeMutablePointer<z_stream>) -> Int32
    ) throws(Failure) -> [UInt8] {
        var output: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: chunk)
        var input = input
        guard let length = UInt32(exactly: input.count) else { throw .tooLarge }
        let result = input.withUnsafeMutableBufferPointer { bytes -> Result<Void, Failure> in
            stream.next_in = bytes.baseAddress
            stream.avail_in = length
            while true {
                let (status, count) = buffer.withUnsafeMutableBufferPointer { space in
                    stream.next_out = space.baseAddress
                    stream.avail_out = UInt32(space.count)
                    let status = step(&stream)
                    return (status, space.count - Int(stream.avail_out))
                }
                guard output.count + count <= limit else { return .failure(.tooLarge) }
                output += buffer[..<count]
                if status == Z_STREAM_END { return .success(()) }
                // Without progress the data ends too soon.
                guard status == Z_OK, count > 0 || stream.avail_in > 0 else { return .failure(.corrupt) }
            }
        }
        stream.next_in = nil
        stream.next_out = nil
        try result.get()
        return output
    }
}
