import CRE2

/// Why a pattern is no regular expression, in RE2's words.
package struct RegularExpressionError: Error, Equatable, Sendable {
    package let message: String

    package init(message: String) {
        self.message = message
    }
}

/// A compiled regular expression in the syntax of Go's `regexp`, run by RE2 in time linear in the text.
///
/// C++ RE2 and Go's regexp are one design and differ in little; the differences known, for RE2 of June 2022 and later:
/// - `(?<name>…)` (Go 1.22) is unknown to older RE2: it is rewritten to `(?P<name>…)`.
/// - `\C` (one byte) and two groups of one name are unknown to Go: they are refused.
/// - `$` without `(?m)`, `\z`, `\Q…\E`, `\pN`, the repeat limit of 1,000, no back references: the same in both.
/// - Tables of letter case and character classes follow each library's version of Unicode.
package final class RegularExpression: @unchecked Sendable {
    // SAFETY: RE2 objects are thread-safe once they are constructed; freed in deinit only.
    private let handle: OpaquePointer
    package let pattern: String
    /// Capturing groups, the whole match not counted.
    package let groupCount: Int

    /// Bytes that one expression's program and its caches may take.
    package static let memoryLimit: Int64 = 8 << 20
    /// Bytes of a pattern.
    package static let maximumPatternBytes = 64 << 10
    /// Groups that `firstMatch` reports at most, the whole match included.
    package static let maximumGroups = 32

    package init(pattern: String) throws(RegularExpressionError) {
        let translated = try GoPattern.translate(Array(pattern.utf8))
        let handle = translated.withUnsafeBufferPointer { bytes in
            bytes.withMemoryRebound(to: CChar.self) {
                guardrail_re2_new($0.baseAddress, $0.count, Self.memoryLimit)
            }
        }
        guard let handle else { throw RegularExpressionError(message: "out of memory") }
        if let error = guardrail_re2_error(handle) {
            let message = String(cString: error)
            guardrail_re2_free(handle)
            throw RegularExpressionError(message: message)
        }
        self.handle = handle
        self.pattern = pattern
        groupCount = Int(guardrail_re2_group_count(handle))
    }

    deinit { guardrail_re2_free(handle) }

    /// Whether the text contains a match, as Go's `MatchString` tells.
    package func matches(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        search(text, from: 0, offsets: nil, groups: 0)
    }

    package func matches(_ text: String) -> Bool {
        var text = text
        return text.withUTF8 { matches($0) }
    }

    /// The leftmost match at or behind a byte offset.
    ///
    /// - Parameter groups: how many groups to report, the whole match first; at most `maximumGroups`.
    /// - Returns: byte ranges in `text`, nil for groups that took no part; nil if nothing matches.
    package func firstMatch(
        in text: UnsafeBufferPointer<UInt8>, from start: Int = 0, groups: Int = 1
    ) -> [Range<Int>?]? {
        guard start >= 0, start <= text.count else { return nil }
        let count = max(1, min(groups, Self.maximumGroups, groupCount + 1))
        return withUnsafeTemporaryAllocation(of: Int.self, capacity: 2 * count) { offsets -> [Range<Int>?]? in
            offsets.initialize(repeating: -1)
            guard search(text, from: start, offsets: offsets.baseAddress, groups: count) else { return nil }
            return (0..<count).map { group in
                let (lower, upper) = (offsets[2 * group], offsets[2 * group + 1])
                return lower >= 0 && lower <= upper ? lower..<upper : nil
            }
        }
    }

    private func search(
        _ text: UnsafeBufferPointer<UInt8>, from start: Int, offsets: UnsafeMutablePointer<Int>?, groups: Int
    ) -> Bool {
        guard let base = text.baseAddress else {
            // An empty text has no address of its own; RE2 wants one that is not null.
            var nothing: UInt8 = 0
            return withUnsafeBytes(of: &nothing) { bytes in
                guardrail_re2_match(
                    handle, bytes.baseAddress?.assumingMemoryBound(to: CChar.self), 0, 0, offsets, Int32(groups))
            }
        }
        return base.withMemoryRebound(to: CChar.self, capacity: text.count) {
            guardrail_re2_match(handle, $0, text.count, start, offsets, Int32(groups))
        }
    }
}
