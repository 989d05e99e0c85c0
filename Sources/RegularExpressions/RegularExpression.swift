internal import CRE2

/// Why a pattern is no regular expression, as RE2 words it.
package struct RegularExpressionError: Error, Sendable {
    package let message: String

    package init(_ message: String) { self.message = message }
}

/// A compiled RE2 pattern; matching is linear in the text.
package final class RegularExpression: @unchecked Sendable {
    // SAFETY: RE2 objects are immutable after compilation and may be used from any thread; freed once, in deinit.
    private let handle: OpaquePointer

    package init(pattern: String) throws(RegularExpressionError) {
        var pattern = pattern
        let made = pattern.withUTF8 { utf8 in
            utf8.withMemoryRebound(to: CChar.self) { guardrail_re2_new($0.baseAddress, $0.count, 8 << 20) }
        }
        guard let made else { throw RegularExpressionError("out of memory") }
        handle = made
        if let text = guardrail_re2_error(made) { throw RegularExpressionError(String(cString: text)) }
    }

    deinit { guardrail_re2_free(handle) }

    package var groupCount: Int { Int(guardrail_re2_group_count(handle)) }

    package func matches(_ utf8: UnsafeBufferPointer<UInt8>) -> Bool {
        utf8.withMemoryRebound(to: CChar.self) {
            guardrail_re2_match(handle, $0.baseAddress, $0.count, 0, nil, 0)
        }
    }

    /// The first match at or after byte `from`: the whole match, then `groups - 1` groups.
    package func firstMatch(in utf8: UnsafeBufferPointer<UInt8>, from: Int, groups: Int) -> [Range<Int>?]? {
        var offsets = [Int](repeating: -1, count: groups * 2)
        let found = utf8.withMemoryRebound(to: CChar.self) {
            guardrail_re2_match(handle, $0.baseAddress, $0.count, from, &offsets, Int32(groups))
        }
        guard found else { return nil }
        return (0..<groups).map { offsets[2 * $0] < 0 ? nil : offsets[2 * $0]..<offsets[2 * $0 + 1] }
    }
}
