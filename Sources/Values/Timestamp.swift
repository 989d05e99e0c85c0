/// A point in time: seconds since 1970-01-01T00:00:00Z and nanoseconds (0..<1_000_000_000) on top.
///
/// The zone it was written in is kept for writing it again; it takes no part in comparisons.
package struct Timestamp: Hashable, Comparable, Sendable {
    package var seconds: Int64
    package var nanoseconds: Int32
    /// Minutes east of Greenwich.
    package var offsetMinutes: Int16

    package init(seconds: Int64, nanoseconds: Int32, offsetMinutes: Int16 = 0) {
        self.seconds = seconds
        self.nanoseconds = nanoseconds
        self.offsetMinutes = offsetMinutes
    }

    /// 0001-01-01T00:00:00Z, the earliest timestamp of CEL and protobuf.
    package static let minimumSeconds: Int64 = -62_135_596_800
    /// 9999-12-31T23:59:59Z, the second of the latest one.
    package static let maximumSeconds: Int64 = 253_402_300_799

    package static func == (left: Timestamp, right: Timestamp) -> Bool {
        left.seconds == right.seconds && left.nanoseconds == right.nanoseconds
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(seconds)
        hasher.combine(nanoseconds)
    }

    package static func < (left: Timestamp, right: Timestamp) -> Bool {
        (left.seconds, left.nanoseconds) < (right.seconds, right.nanoseconds)
    }
}
