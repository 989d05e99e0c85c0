import Glibc

/// Signals that a thread waits for instead of being interrupted by.
package struct SignalSet: @unchecked Sendable {
    // SAFETY: the set is filled in `init` and only read afterwards.
    private var set = sigset_t()

    /// Blocks the signals in the calling thread and in all threads that it starts later: to be made before any other.
    package init(blocking signals: [Int32]) {
        sigemptyset(&set)
        for signal in signals { sigaddset(&set, signal) }
        pthread_sigmask(SIG_BLOCK, &set, nil)
    }

    /// Sleeps until one of the signals comes and takes it.
    package func wait() -> Int32 {
        var signals = set
        var signal: Int32 = 0
        while sigwait(&signals, &signal) != 0 {}
        return signal
    }
}
