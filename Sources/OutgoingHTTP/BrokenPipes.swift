import Glibc

/// Keeps SIGPIPE from a thread while it writes to sockets or pipes: OpenSSL has no flag against it.
///
/// The process's own disposition stays as it is, since that is not a library's to change.
package struct BrokenPipes {
    private let previous: sigset_t
    private let wasPending: Bool

    package static func block() -> BrokenPipes {
        var signals = sigset_t()
        sigemptyset(&signals)
        sigaddset(&signals, SIGPIPE)
        var previous = sigset_t()
        pthread_sigmask(SIG_BLOCK, &signals, &previous)
        return BrokenPipes(previous: previous, wasPending: isPending())
    }

    package func restore() {
        if !wasPending, Self.isPending() {
            var signals = sigset_t()
            sigemptyset(&signals)
            sigaddset(&signals, SIGPIPE)
            var none = timespec(tv_sec: 0, tv_nsec: 0)
            sigtimedwait(&signals, nil, &none)
        }
        var previous = previous
        pthread_sigmask(SIG_SETMASK, &previous, nil)
    }

    private static func isPending() -> Bool {
        var pending = sigset_t()
        sigpending(&pending)
        return sigismember(&pending, SIGPIPE) == 1
    }
}
