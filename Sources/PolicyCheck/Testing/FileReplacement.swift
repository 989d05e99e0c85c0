import Glibc

/// Writes a file anew so that it is never half written: beside it first, then in its place.
enum FileReplacement {
    static func write(_ bytes: [UInt8], to path: String) throws(RunFailure) {
        // A link stays one; what it points to is replaced.
        let target = realpath(path, nil).map { resolved in
            defer { free(resolved) }
            return String(cString: resolved)
        }
        let place = target ?? path
        let draft = "\(place).\(getpid()).new"
        var information = stat()
        let mode = stat(place, &information) == 0 ? information.st_mode & 0o7777 : 0o644
        let file = try OutputFile(path: draft)
        file.buffer = bytes
        try file.flush()
        guard chmod(draft, mode) == 0, rename(draft, place) == 0 else {
            let text = SystemError.text(errno)
            unlink(draft)
            throw RunFailure(.input, "cannot write `\(path)`: \(text)")
        }
    }
}
