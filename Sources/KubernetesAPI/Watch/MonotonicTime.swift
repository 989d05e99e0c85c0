import Glibc

/// A clock that never jumps and goes on while the machine sleeps.
package enum MonotonicTime {
    package static func now() -> Duration {
        var time = timespec()
        clock_gettime(CLOCK_BOOTTIME, &time)
        return .seconds(time.tv_sec) + .nanoseconds(time.tv_nsec)
    }
}
