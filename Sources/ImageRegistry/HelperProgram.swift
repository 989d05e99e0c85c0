import Glibc
import OutgoingHTTP

/// A program that is asked one thing: a few bytes in, a few bytes out, and only so much time.
struct HelperProgram {
    enum Failure: Error, Equatable {
        case missing
        case timeout
        case tooLarge
        /// With what it wrote, for messages.
        case status(Int32, output: String)
        case cannotStart(String)
    }

    /// Found along PATH.
    let name: String
    let arguments: [String]

    /// Runs it and waits.
    ///
    /// What it writes to standard error is thrown away: such programs talk to people there.
    /// - Parameter deadline: it is killed then.
    func run(input: [UInt8], deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
        let (feed, out) = (try Self.pipe(), try Self.pipe())
        defer { close(out.read) }
        let process: pid_t
        do throws(Failure) {
            process = try start(feed.read, out.write)
        } catch {
            for descriptor in [feed.read, feed.write, out.write] { close(descriptor) }
            throw error
        }
        // What it has started and left behind must not outlive the question.
        defer { kill(-process, SIGKILL) }
        close(feed.read)
        close(out.write)
        // So few bytes fit into the pipe, whether the program reads them or not; one that has ended already must not end us.
        let signals = BrokenPipes.block()
        let written = write(feed.write, input, input.count)
        let isFed = written == input.count || errno == EPIPE
        close(feed.write)
        signals.restore()
        let output: [UInt8]
        do throws(Failure) {
            guard isFed else { throw .cannotStart("cannot write to it") }
            output = try Self.read(out.read, deadline)
        } catch {
            kill(process, SIGKILL)
            _ = Self.wait(process, until: nil)
            throw error
        }
        // One that closes its output and stays has had its time, too.
        guard let status = Self.wait(process, until: deadline) else {
            kill(process, SIGKILL)
            _ = Self.wait(process, until: nil)
            throw .timeout
        }
        guard status == 0 else { throw .status(status, output: String(decoding: output.prefix(200), as: UTF8.self)) }
        return output
    }

    private static func pipe() throws(Failure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw .cannotStart(String(cString: strerror(errno))) }
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        return (ends[0], ends[1])
    }

    private func start(_ input: Int32, _ output: Int32) throws(Failure) -> pid_t {
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO)
        posix_spawn_file_actions_addopen(&actions, STDERR_FILENO, "/dev/null", O_WRONLY, 0)
        // Sockets and files of ours are no business of its.
        for descriptor in Self.openDescriptors() { posix_spawn_file_actions_addclose(&actions, descriptor) }
        // Signals that are blocked or ignored here are the program's own again.
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        sigemptyset(&none)
        var all = sigset_t()
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        // A process group of its own.
        posix_spawnattr_setpgroup(&attributes, 0)
        posix_spawnattr_setflags(
            &attributes, Int16(POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP))
        let words = ([name] + arguments).map { strdup($0) }
        defer { for word in words { free(word) } }
        var process: pid_t = 0
        let result = posix_spawnp(&process, name, &actions, &attributes, words + [nil], environ)
        switch result {
        case 0: return process
        case ENOENT: throw .missing
        default: throw .cannotStart(String(cString: strerror(result)))
        }
    }

    /// Those beyond the standard ones; one that is closed meanwhile does no harm.
    private static func openDescriptors() -> [Int32] {
        guard let directory = opendir("/proc/self/fd") else { return [] }
        defer { closedir(directory) }
        var found: [Int32] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) {
                $0.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            if let number = Int32(name), number > STDERR_FILENO { found.append(number) }
        }
        return found
    }

    private static func read(_ descriptor: Int32, _ deadline: ContinuousClock.Instant) throws(Failure) -> [UInt8] {
        var bytes: [UInt8] = []
        var buffer = [UInt8](repeating: 0, count: 4 << 10)
        while true {
            let left = ContinuousClock.now.duration(to: deadline)
            guard left > .zero else { throw .timeout }
            var entry = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
            guard poll(&entry, 1, Int32(clamping: min(left, .seconds(60)).components.seconds * 1_000 + 100)) >= 0 else {
                continue
            }
            guard entry.revents != 0 else { continue }
            let count = Glibc.read(descriptor, &buffer, buffer.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return bytes }
            bytes += buffer[..<count]
            guard bytes.count <= RegistryLimits.maximumHelperBytes else { throw .tooLarge }
        }
    }

    /// - Parameter deadline: nil waits for the end, which is sure to come.
    /// - Returns: nil where it has not ended in time.
    private static func wait(_ process: pid_t, until deadline: ContinuousClock.Instant?) -> Int32? {
        var status: Int32 = 0
        while true {
            let found = waitpid(process, &status, deadline == nil ? 0 : WNOHANG)
            if found == process { break }
            if found < 0, errno != EINTR { return 0 }
            if let deadline, ContinuousClock.now >= deadline { return nil }
            var pause = timespec(tv_sec: 0, tv_nsec: 2_000_000)
            if found == 0 { nanosleep(&pause, nil) }
        }
        return status & 0x7F == 0 ? status >> 8 & 0xFF : 128 + status & 0x7F
    }
}
