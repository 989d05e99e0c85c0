import Glibc

/// One run of another program: its output in memory, bounded.
struct Subprocess {
    let status: Int32
    let output: [UInt8]
    /// What it said on standard error, without the last line end.
    let errors: String

    /// Bytes of either stream; a rendered chart has some megabytes.
    private static let maximumOutput = 64 << 20

    /// The program's path by the variable PATH, or nil.
    static func find(_ name: String) -> String? {
        for folder in (Environment.variable("PATH") ?? "").split(separator: ":", omittingEmptySubsequences: false) {
            let path = "\(folder.isEmpty ? "." : folder)/\(name)"
            if access(path, X_OK) == 0 { return path }
        }
        return nil
    }

    /// Runs a program with standard input empty and waits for its end.
    ///
    /// - Returns: nil if it cannot be started or writes more than the limit.
    static func run(_ path: String, _ arguments: [String]) -> Subprocess? {
        var (out, err) = ([Int32](repeating: -1, count: 2), [Int32](repeating: -1, count: 2))
        guard Self.makePipe(&out) else { return nil }
        guard Self.makePipe(&err) else {
            out.forEach { close($0) }
            return nil
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_addopen(&actions, STDIN_FILENO, "/dev/null", O_RDONLY, 0)
        posix_spawn_file_actions_adddup2(&actions, out[1], STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, err[1], STDERR_FILENO)
        var process = pid_t()
        var argv = ([path] + arguments).map { strdup($0) }
        defer { argv.forEach { free($0) } }
        argv.append(nil)
        let result = posix_spawn(&process, path, &actions, nil, argv, environ)
        close(out[1])
        close(err[1])
        guard result == 0 else {
            close(out[0])
            close(err[0])
            return nil
        }
        let streams = drain(out[0], err[0])
        // A program that is cut off gets no more readers and ends by itself.
        close(out[0])
        close(err[0])
        var status: Int32 = 0
        while waitpid(process, &status, 0) < 0, errno == EINTR {}
        guard let (output, errors) = streams else { return nil }
        // WIFEXITED and WEXITSTATUS are macros.
        let code = status & 0x7F == 0 ? (status >> 8) & 0xFF : -1
        var text = String(decoding: errors, as: UTF8.self)[...]
        while text.last?.isNewline == true { text = text.dropLast() }
        return Subprocess(status: code, output: output, errors: String(text))
    }

    /// Both ends closed in other programs that are started meanwhile.
    private static func makePipe(_ ends: inout [Int32]) -> Bool {
        guard pipe(&ends) == 0 else { return false }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return true
    }

    /// Reads both pipes at once, since a full one would stop the program.
    private static func drain(_ out: Int32, _ err: Int32) -> ([UInt8], [UInt8])? {
        var contents: [[UInt8]] = [[], []]
        var polled = [
            pollfd(fd: out, events: Int16(POLLIN), revents: 0), pollfd(fd: err, events: Int16(POLLIN), revents: 0),
        ]
        var buffer = [UInt8](repeating: 0, count: 64 << 10)
        while polled.contains(where: { $0.fd >= 0 }) {
            guard poll(&polled, 2, -1) >= 0 || errno == EINTR else { return nil }
            for index in polled.indices where polled[index].fd >= 0 && polled[index].revents != 0 {
                let count = read(polled[index].fd, &buffer, buffer.count)
                if count < 0, errno == EINTR { continue }
                if count <= 0 { polled[index].fd = -1 } else { contents[index].append(contentsOf: buffer[..<count]) }
                guard contents[index].count <= maximumOutput else { return nil }
            }
        }
        return (contents[0], contents[1])
    }
}
