import Glibc

/// The lines of standard input, however long the whole is.
final class LineReader {
    private let descriptor: Int32
    private var buffer: [UInt8] = []
    private var start = 0
    private var isAtEnd = false

    /// Bytes of one line.
    private static let maximumLine = 64 << 20
    private static let chunkSize = 64 << 10

    init(descriptor: Int32) {
        self.descriptor = descriptor
    }

    /// The next line without its end, or nil at the end of the input.
    func next() throws(RunFailure) -> [UInt8]? {
        var searched = start
        while true {
            if let end = buffer[searched...].firstIndex(of: UInt8(ascii: "\n")) {
                defer { start = end + 1 }
                return Array(buffer[start..<end])
            }
            searched = buffer.count
            if isAtEnd {
                guard start < buffer.count else { return nil }
                defer { start = buffer.count }
                return Array(buffer[start...])
            }
            searched -= start
            buffer.removeFirst(start)
            start = 0
            try fill()
        }
    }

    private func fill() throws(RunFailure) {
        guard buffer.count <= Self.maximumLine else { throw RunFailure(.input, "a line is too long") }
        let old = buffer.count
        buffer.append(contentsOf: repeatElement(0, count: Self.chunkSize))
        let got = buffer.withUnsafeMutableBytes { bytes in
            Glibc.read(descriptor, bytes.baseAddress.map { $0 + old }, Self.chunkSize)
        }
        buffer.removeLast(Self.chunkSize - max(0, got))
        if got < 0, errno != EINTR { throw RunFailure(.input, "cannot read `<stdin>`: \(SystemError.text(errno))") }
        if got == 0 { isAtEnd = true }
    }
}
