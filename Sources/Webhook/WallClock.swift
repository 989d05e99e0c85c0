import Glibc

/// The time of day, which may jump: for timestamps and certificates, never for waiting.
package enum WallClock {
    /// Seconds since 1970.
    package static func now() -> Int { time(nil) }
}
