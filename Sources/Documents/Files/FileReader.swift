package import Diagnostics
import Glibc

/// Reads whole files, bounded, with errors that say what is wrong with the path.
package enum FileReader {
    /// - Throws: ids `file-not-found`, `file-is-directory`, `file-permission`, `file-too-large`, `file-unreadable`.
    package static func read(
        path: String, maximumBytes: Int = DocumentLimits.maximumFileBytes
    ) throws(DocumentError) -> SourceFile {
        // Without O_NONBLOCK opening a named pipe that nobody writes to would wait for ever.
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw failure(path, errno) }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw failure(path, errno) }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: throw failure(path, EISDIR)
        case S_IFREG:
            // Checked before reading, to fail at once; the read is bounded too, as the file may grow.
            guard Int(status.st_size) <= maximumBytes else { throw tooLarge(path, maximumBytes) }
        default: _ = fcntl(descriptor, F_SETFL, 0)
        }
        let bytes = try readAll(descriptor, name: path, sizeHint: Int(status.st_size), maximumBytes: maximumBytes)
        return SourceFile(name: path, bytes: bytes)
    }

    package static func readStandardInput(
        maximumBytes: Int = DocumentLimits.maximumFileBytes
    ) throws(DocumentError) -> SourceFile {
        let bytes = try readAll(STDIN_FILENO, name: "<stdin>", sizeHint: 0, maximumBytes: maximumBytes)
        return SourceFile(name: "<stdin>", bytes: bytes)
    }

    private static func readAll(
        _ descriptor: Int32, name: String, sizeHint: Int, maximumBytes: Int
    ) throws(DocumentError) -> [UInt8] {
        var bytes: [UInt8] = []
        // One byte more than expected, so that one read meets the end of a file that has not grown.
        var capacity = max(sizeHint + 1, 64 << 10)
        while true {
            var code: Int32 = 0
            let chunk = [UInt8](unsafeUninitializedCapacity: capacity) { buffer, count in
                var result = 0
                repeat {
                    result = Glibc.read(descriptor, buffer.baseAddress, capacity)
                } while result < 0 && errno == EINTR
                code = result < 0 ? errno : 0
                count = max(0, result)
            }
            if code != 0 { throw failure(name, code) }
            if chunk.isEmpty { return bytes }
            if bytes.isEmpty { bytes = chunk } else { bytes += chunk }
            guard bytes.count <= maximumBytes else { throw tooLarge(name, maximumBytes) }
            if sizeHint > 0, bytes.count < sizeHint { continue }
            capacity = 64 << 10
        }
    }

    private static func tooLarge(_ path: String, _ limit: Int) -> DocumentError {
        DocumentError("file-too-large", "`\(path)` has more than the limit of \(limit) bytes")
    }

    static func failure(_ path: String, _ code: Int32) -> DocumentError {
        switch code {
        case ENOENT, ENOTDIR: DocumentError("file-not-found", "`\(path)` does not exist")
        case EISDIR: DocumentError("file-is-directory", "`\(path)` is a directory")
        case EACCES, EPERM: DocumentError("file-permission", "no permission to read `\(path)`")
        case ELOOP: DocumentError("file-unreadable", "`\(path)` is a loop of symbolic links")
        default: DocumentError("file-unreadable", "cannot read `\(path)`: \(String(cString: strerror(code)))")
        }
    }
}
