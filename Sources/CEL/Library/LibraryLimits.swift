/// Bounds on what library functions make or keep, whatever the cost budget says.
enum LibraryLimits {
    /// Elements that `lists.range` makes at most.
    static let rangeCount: Int64 = 2_000_000
    /// How deep a value may nest for functions that walk it (`flatten`, `format`).
    static let depth = 200
    /// Digits after the decimal point that `format` writes.
    static let precision = 10_000
    /// Compiled patterns kept, and time zones kept.
    static let cachedPatterns = 256
    static let cachedZones = 700
    /// Bytes of a time zone file.
    static let zoneFileBytes = 256 << 10
}
