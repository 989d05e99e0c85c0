import Glibc

/// A buffered file or standard stream.
///
/// A reader that goes away (`| head -1`) is no error: what it did not want is dropped and the run goes on to its verdict.
final class OutputFile {
    let name: String
    private let descriptor: Int32
    private let closesDescriptor: Bool
    /// Whether it is a file with a path rather than one of the process's own streams.
    var isNamed: Bool { closesDescriptor }
    private var isClosed = false
    /// The text not yet written. Append to it, then `flushIfLarge`.
    var buffer: [UInt8] = []

    /// Bytes after which the buffer is written.
    private static let flushSize = 64 << 10

    /// One of the process's own streams.
    init(descriptor: Int32, name: String) {
        self.descriptor = descriptor
        self.name = name
        closesDescriptor = false
        buffer.reserveCapacity(Self.flushSize)
    }

    /// Creates or empties a file at once, so that a wrong path is found before any work and no old report stays.
    ///
    /// - Parameter appends: leaves what the file has in front.
    init(path: String, appends: Bool = false) throws(RunFailure) {
        descriptor = open(path, O_WRONLY | O_CREAT | O_CLOEXEC | (appends ? O_APPEND : O_TRUNC), 0o666)
        guard descriptor >= 0 else {
            throw RunFailure(.input, "cannot write `\(path)`: \(SystemError.text(errno))")
        }
        name = path
        closesDescriptor = true
    }

    deinit {
        if closesDescriptor { close(descriptor) }
    }

    func append(_ text: String) throws(RunFailure) {
        buffer.append(contentsOf: text.utf8)
        try flushIfLarge()
    }

    func flushIfLarge() throws(RunFailure) {
        if buffer.count >= Self.flushSize { try flush() }
    }

    func flush() throws(RunFailure) {
        defer { buffer.removeAll(keepingCapacity: true) }
        var offset = 0
        while offset < buffer.count, !isClosed {
            let written = buffer.withUnsafeBytes { bytes in
                write(descriptor, bytes.baseAddress.map { $0 + offset }, bytes.count - offset)
            }
            if written >= 0 {
                offset += written
                continue
            }
            switch errno {
            case EINTR: continue
            case EAGAIN:
                var request = pollfd(fd: descriptor, events: Int16(POLLOUT), revents: 0)
                _ = poll(&request, 1, -1)
            case EPIPE: isClosed = true
            default: throw RunFailure(.input, "cannot write to `\(name)`: \(SystemError.text(errno))")
            }
        }
    }
}

/// The operating system's errors in words.
enum SystemError {
    static func text(_ code: Int32) -> String {
        switch code {
        case ENOENT: "no such file or directory"
        case EACCES: "permission denied"
        case EISDIR: "is a directory"
        case ENOTDIR: "a part of the path is no directory"
        case ENOSPC: "no space left on device"
        default: strerror(code).map { String(cString: $0).lowercased() } ?? "error \(code)"
        }
    }
}
