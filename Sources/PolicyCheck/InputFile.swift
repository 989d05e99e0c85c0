import Diagnostics
import Documents
import Glibc

/// A file to be read, or standard input.
struct InputFile: Sendable {
    /// As the user gave it; `-` is standard input.
    let path: String

    var name: String { path == "-" ? "<stdin>" : path }

    /// Bytes asked of the system at once where the size is not known.
    private static let chunkSize = 64 << 10

    /// - Throws: why the file cannot be read, in words.
    func read() throws(RunFailure) -> SourceFile {
        let descriptor = path == "-" ? STDIN_FILENO : open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw unreadable(SystemError.text(errno)) }
        defer { if path != "-" { close(descriptor) } }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw unreadable(SystemError.text(errno)) }
        guard status.st_mode & S_IFMT != S_IFDIR else { throw unreadable(SystemError.text(EISDIR)) }
        guard status.st_size <= DocumentLimits.maximumFileBytes else { throw tooLarge }
        // One more than the size, so that the end shows without growing.
        var bytes = [UInt8](repeating: 0, count: max(Int(status.st_size) + 1, Self.chunkSize))
        var count = 0
        while true {
            if count == bytes.count { bytes.append(contentsOf: repeatElement(0, count: bytes.count)) }
            let room = bytes.count - count
            let got = bytes.withUnsafeMutableBytes { buffer in
                Glibc.read(descriptor, buffer.baseAddress.map { $0 + count }, room)
            }
            if got < 0, errno == EINTR { continue }
            guard got >= 0 else { throw unreadable(SystemError.text(errno)) }
            if got == 0 { break }
            count += got
            guard count <= DocumentLimits.maximumFileBytes else { throw tooLarge }
        }
        bytes.removeLast(bytes.count - count)
        return SourceFile(name: name, bytes: bytes)
    }

    private var tooLarge: RunFailure { unreadable("more than the limit of \(DocumentLimits.maximumFileBytes) bytes") }

    private func unreadable(_ why: String) -> RunFailure { RunFailure(.input, "cannot read `\(name)`: \(why)") }
}

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
        let got = buffer.withUnsafeMutableBytes { Glibc.read(descriptor, $0.baseAddress.map { $0 + old }, Self.chunkSize) }
        buffer.removeLast(Self.chunkSize - max(0, got))
        if got < 0, errno != EINTR { throw RunFailure(.input, "cannot read `<stdin>`: \(SystemError.text(errno))") }
        if got == 0 { isAtEnd = true }
    }
}
