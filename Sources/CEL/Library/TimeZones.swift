internal import Glibc
internal import Synchronization
internal import Values

/// A zone's offsets from UTC, read from a TZif file (RFC 9636).
final class TimeZoneRules: Sendable {
    private let transitions: [Int64]
    /// By transition: the offset that holds from there on.
    private let offsets: [Int64]
    private let first: Int64
    private let later: PosixZone?

    init(transitions: [Int64], offsets: [Int64], first: Int64, later: PosixZone?) {
        self.transitions = transitions
        self.offsets = offsets
        self.first = first
        self.later = later
    }

    /// Seconds east of Greenwich at that time.
    func offset(at seconds: Int64) -> Int64 {
        guard let last = transitions.last else { return later?.offset(at: seconds) ?? first }
        if seconds >= last, let later { return later.offset(at: seconds) }
        var low = 0
        var high = transitions.count
        while low < high {
            let middle = (low + high) / 2
            if transitions[middle] <= seconds { low = middle + 1 } else { high = middle }
        }
        return low == 0 ? first : offsets[low - 1]
    }
}

/// Offsets of time zones as CEL's accessors name them: an IANA name or `±hh:mm`.
package enum TimeZones {
    private static let directory = "/usr/share/zoneinfo/"
    private static let cache = Mutex<[String: TimeZoneRules?]>([:])

    /// Seconds east of Greenwich of `zone` at `seconds` since 1970.
    package static func offset(_ zone: String, at seconds: Int64) throws(EvaluationError) -> Int64 {
        if zone.utf8.contains(UInt8(ascii: ":")) { return try numericOffset(zone) }
        // Go's "Local" is the server's zone; evaluation may not depend on that, and API servers run in UTC.
        if zone.isEmpty || zone == "UTC" || zone == "Local" { return 0 }
        guard let rules = rules(zone) else {
            throw EvaluationError(.invalidArgument, "unknown time zone \(zone)")
        }
        return rules.offset(at: seconds)
    }

    /// Hours and minutes, neither limited to a clock's range, as in Go's implementation.
    private static func numericOffset(_ zone: String) throws(EvaluationError) -> Int64 {
        let bytes = Array(zone.utf8)
        let colon = bytes.firstIndex(of: UInt8(ascii: ":")) ?? 0
        func number(_ part: ArraySlice<UInt8>) throws(EvaluationError) -> Int64 {
            let value = Array(part).withUnsafeBufferPointer { GoNumbers.int($0) }
            guard let value, value.magnitude <= 1_000_000 else {
                let text = String(decoding: part, as: UTF8.self)
                throw EvaluationError(.invalidArgument, "strconv.Atoi: parsing \"\(text)\": invalid syntax")
            }
            return value
        }
        let hours = try number(bytes[..<colon])
        let minutes = try number(bytes[(colon + 1)...])
        return (hours * 60 + (bytes[0] == UInt8(ascii: "-") ? -minutes : minutes)) * 60
    }

    private static func rules(_ name: String) -> TimeZoneRules? {
        if let known = cache.withLock({ $0[name] }) { return known }
        let loaded = isSafe(name) ? load(directory + name) : nil
        cache.withLock {
            if $0.count >= LibraryLimits.cachedZones { $0.removeAll() }
            $0[name] = .some(loaded)
        }
        return loaded
    }

    /// Letters, digits and `_+-/` without empty or dotted path parts.
    private static func isSafe(_ name: String) -> Bool {
        guard name.utf8.count <= 64, !name.hasPrefix("/"), !name.hasSuffix("/") else { return false }
        var previous = UInt8(ascii: "/")
        for byte in name.utf8 {
            let letter = byte | 0x20
            let isWord =
                letter >= UInt8(ascii: "a") && letter <= UInt8(ascii: "z")
                || byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9")
                || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "+") || byte == UInt8(ascii: "-")
            guard isWord || byte == UInt8(ascii: "/") && previous != byte else { return false }
            previous = byte
        }
        return true
    }

    private static func load(_ path: String) -> TimeZoneRules? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        var bytes = [UInt8](repeating: 0, count: LibraryLimits.zoneFileBytes)
        var count = 0
        while count < bytes.count {
            let got = bytes.withUnsafeMutableBytes {
                read(descriptor, $0.baseAddress?.advanced(by: count), $0.count - count)
            }
            if got <= 0 { break }
            count += got
        }
        guard count < bytes.count else { return nil }
        return TimeZoneFile(bytes: Array(bytes[..<count])).parse()
    }
}

/// Reader of one TZif file.
struct TimeZoneFile {
    let bytes: [UInt8]

    private func integer(_ offset: Int, _ count: Int) -> Int64? {
        guard offset >= 0, offset + count <= bytes.count else { return nil }
        var value = Int64(Int8(bitPattern: bytes[offset]))
        for byte in bytes[offset + 1..<offset + count] { value = value << 8 | Int64(byte) }
        return value
    }

    private struct Header {
        var utc = 0, standard = 0, leaps = 0, times = 0, types = 0, characters = 0

        func dataBytes(_ timeSize: Int) -> Int {
            times * timeSize + times + types * 6 + characters + leaps * (timeSize + 4) + standard + utc
        }
    }

    private func header(at offset: Int) -> (Header, version: UInt8)? {
        guard offset + 44 <= bytes.count, bytes[offset..<offset + 4].elementsEqual("TZif".utf8) else { return nil }
        var counts: [Int] = []
        for field in 0..<6 {
            guard let count = integer(offset + 20 + field * 4, 4), count >= 0, count <= 100_000 else { return nil }
            counts.append(Int(count))
        }
        let header = Header(
            utc: counts[0], standard: counts[1], leaps: counts[2], times: counts[3], types: counts[4],
            characters: counts[5])
        return (header, bytes[offset + 4])
    }

    func parse() -> TimeZoneRules? {
        guard let (first, version) = header(at: 0) else { return nil }
        guard version >= UInt8(ascii: "2") else { return data(first, at: 44, timeSize: 4, footer: nil) }
        let second = 44 + first.dataBytes(4)
        guard let (header, _) = header(at: second) else { return nil }
        let footer = second + 44 + header.dataBytes(8)
        var later: PosixZone?
        if footer < bytes.count {
            let text = bytes[(footer + 1)...].prefix { $0 != UInt8(ascii: "\n") }
            later = PosixZone(String(decoding: text, as: UTF8.self))
        }
        return data(header, at: second + 44, timeSize: 8, footer: later)
    }

    private func data(_ header: Header, at start: Int, timeSize: Int, footer: PosixZone?) -> TimeZoneRules? {
        let indices = start + header.times * timeSize
        let types = indices + header.times
        var typeOffsets: [Int64] = []
        var firstStandard: Int64?
        for type in 0..<header.types {
            guard let offset = integer(types + type * 6, 4), types + type * 6 + 5 < bytes.count else { return nil }
            typeOffsets.append(offset)
            if firstStandard == nil, bytes[types + type * 6 + 4] == 0 { firstStandard = offset }
        }
        guard let firstType = typeOffsets.first else { return nil }
        var transitions: [Int64] = []
        var offsets: [Int64] = []
        for index in 0..<header.times {
            guard let time = integer(start + index * timeSize, timeSize), indices + index < bytes.count,
                Int(bytes[indices + index]) < typeOffsets.count
            else { return nil }
            transitions.append(time)
            offsets.append(typeOffsets[Int(bytes[indices + index])])
        }
        // Before the first transition Go takes the first zone, unless a transition uses it and it is not standard.
        return TimeZoneRules(transitions: transitions, offsets: offsets, first: firstType, later: footer)
    }
}
