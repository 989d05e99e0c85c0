import Diagnostics

/// The line fingerprints by which GitHub knows an alert again after other lines have moved it.
///
/// A rolling hash over 100 characters (UTF-16 units; spaces and tabs skipped, CR and CRLF read as LF) from each line's
/// first one on, in hexadecimal, and which occurrence of that hash it is. The same lines give the same values as
/// GitHub's own uploader computes, which otherwise warns that they differ.
struct RollingHash {
    private static let blockSize = 100
    private static let multiplier: UInt64 = 37
    /// multiplier to the power of blockSize: the weight of the character that leaves the window.
    private static let leavingWeight = (0..<blockSize).reduce(UInt64(1)) { power, _ in power &* multiplier }
    /// What the algorithm appends as end of file.
    private static let endOfFile: UInt64 = 0xFFFF

    private var window = [UInt64](repeating: 0, count: blockSize)
    /// The line that starts at each place of the window; 0 for none.
    private var lines = [Int](repeating: 0, count: blockSize)
    private var at = 0
    private var hash: UInt64 = 0
    private var line = 0
    private var isAtLineStart = true
    private var counts: [UInt64: Int] = [:]
    private var results: [String] = []

    /// The fingerprint of each line, the first line's at index 0. A text that ends in a line end has one more.
    static func fingerprints(of text: String) -> [String] {
        var state = RollingHash()
        var previous: UInt16 = 0
        for unit in text.utf16 {
            let isSecondOfLineEnd = unit == 0x0A && previous == 0x0D
            previous = unit
            if unit == 0x20 || unit == 0x09 || isSecondOfLineEnd { continue }
            state.add(unit == 0x0D ? 0x0A : UInt64(unit))
        }
        state.add(endOfFile)
        for _ in 0..<blockSize {
            state.report()
            state.roll(0)
        }
        return state.results
    }

    private mutating func add(_ unit: UInt64) {
        report()
        if isAtLineStart {
            line += 1
            lines[at] = line
        }
        isAtLineStart = unit == 0x0A
        roll(unit)
    }

    /// Gives the hash to the line whose first character is about to leave the window.
    private mutating func report() {
        guard lines[at] > 0 else { return }
        counts[hash, default: 0] += 1
        results.append("\(String(hash, radix: 16)):\(counts[hash, default: 1])")
        lines[at] = 0
    }

    private mutating func roll(_ unit: UInt64) {
        let leaving = window[at]
        window[at] = unit
        hash = Self.multiplier &* hash &+ unit &- Self.leavingWeight &* leaving
        at = (at + 1) % Self.blockSize
    }
}

/// A hash that is the same in every run and on every machine, for fingerprints that only have to be distinct.
enum StableHash {
    /// 32 hexadecimal digits: FNV-1a of 64 bits, from two starting values.
    static func hex(_ parts: [String]) -> String {
        var first: UInt64 = 0xCBF2_9CE4_8422_2325
        var second: UInt64 = 0x9AE1_6A3B_2F90_404F
        for part in parts {
            for byte in part.utf8 {
                first = (first ^ UInt64(byte)) &* 0x100_0000_01B3
                second = (second ^ UInt64(byte)) &* 0x100_0000_01B3
            }
            // A byte that UTF-8 never has ends each part.
            first = (first ^ 0xFF) &* 0x100_0000_01B3
            second = (second ^ 0xFF) &* 0x100_0000_01B3
        }
        return padded(first) + padded(second)
    }

    private static func padded(_ value: UInt64) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

extension Finding {
    /// Names the finding by what it is about rather than by line, so that it survives edits elsewhere in the file.
    func identity(of subject: Subject) -> [String] {
        let path = ReportPath.relative(place?.file.name ?? subject.place?.file.name ?? "")
        return [
            policy.name, check, binding ?? "", param ?? "", path, subject.apiVersion, subject.kind, subject.namespace,
            subject.name, fieldPath,
        ]
    }
}

/// File names as the formats for hosting services want them.
enum ReportPath {
    /// Without `./` in front.
    static func relative(_ path: String) -> String {
        var path = path[...]
        while path.hasPrefix("./") {
            path = path.dropFirst(2)
            while path.hasPrefix("/") { path = path.dropFirst() }
        }
        return String(path)
    }

    /// As a URI reference (RFC 3986); absolute paths become `file:` URIs.
    static func uri(_ path: String) -> String {
        var out = path.hasPrefix("/") ? "file://" : ""
        for byte in relative(path).utf8 {
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"), UInt8(ascii: "/"):
                out.unicodeScalars.append(Unicode.Scalar(byte))
            default:
                let hex = String(byte, radix: 16, uppercase: true)
                out += hex.utf8.count == 1 ? "%0\(hex)" : "%\(hex)"
            }
        }
        return out
    }
}
