import Glibc

/// Makes sure that the descriptors 0, 1 and 2 are taken.
enum StandardStreams {
    /// A stream that was closed before the start would give its number to the first file that is opened, and reports would
    /// be written into that. In its place comes one that cannot be used: a report that goes nowhere is an error.
    static func reserve() {
        let closed: [(descriptor: Int32, mode: Int32)] = [
            (STDIN_FILENO, O_WRONLY), (STDOUT_FILENO, O_RDONLY),
            // Nobody is there to be told; that is no reason not to go on.
            (STDERR_FILENO, O_WRONLY),
        ]
        for (descriptor, mode) in closed where fcntl(descriptor, F_GETFD) < 0 {
            // The lowest free number is this one, as those before it are taken.
            _ = open("/dev/null", mode)
        }
    }
}
