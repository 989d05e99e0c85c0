import Glibc

/// Writes a file anew so that there is never half of one: a reader sees the old bytes or the new ones.
enum FileReplacement {
    static func write(_ bytes: [UInt8], to path: String) throws(RunFailure) {
        // Through links, which stay.
        let target = RealPath.of(path) ?? path
        let temporary = "\(target).\(getpid()).tmp"
        var status = stat()
        let mode = stat(target, &status) == 0 ? status.st_mode & 0o7777 : 0o644
        do throws(RunFailure) {
            let file = try OutputFile(path: temporary)
            file.buffer = bytes
            try file.flush()
            guard chmod(temporary, mode) == 0, rename(temporary, target) == 0 else {
                throw RunFailure(.input, "cannot write `\(path)`: \(SystemError.text(errno))")
            }
        } catch {
            unlink(temporary)
            throw error
        }
    }
}
