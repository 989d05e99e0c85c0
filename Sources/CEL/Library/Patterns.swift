package import RegularExpressions
internal import Synchronization
package import Values

/// Regular expressions in library functions: compiled at plan time where constant, else through a bounded cache.
package enum Patterns {
    private static let cache = Mutex<[String: RegularExpression]>([:])

    /// What a function does with a text and a compiled pattern; further arguments follow.
    package typealias Body = @Sendable (Value, RegularExpression, [Value]) throws(EvaluationError) -> Value

    static let matches: Body = { text, pattern, _ throws(EvaluationError) in
        .bool(try withUTF8(text) { pattern.matches($0) })
    }

    /// Compiles with Go's syntax.
    package static func compile(_ pattern: String) throws(EvaluationError) -> RegularExpression {
        do throws(RegularExpressionError) {
            return try RegularExpression(pattern: pattern)
        } catch {
            throw EvaluationError(.invalidArgument, "error parsing regexp: \(goWording(error.message))")
        }
    }

    /// The C++ library's complaint in the words of Go's, which was made after it.
    private static func goWording(_ message: String) -> String {
        let colon = message.firstRange(of: ": ")
        let what = String(message[..<(colon?.lowerBound ?? message.endIndex)])
        let part = colon.map { message[$0.upperBound...] } ?? ""
        return "\(goWords[what] ?? what): `\(part)`"
    }

    private static let goWords = [
        "missing ]": "missing closing ]", "missing )": "missing closing )",
        "trailing \\": "trailing backslash at end of expression",
        "no argument for repetition operator": "missing argument to repetition operator",
        "invalid repetition size": "invalid repeat count",
        "bad repetition operator": "invalid nested repetition operator",
        "invalid perl operator": "invalid or unsupported Perl syntax",
        "invalid named capture group": "invalid named capture",
    ]

    private static func cached(_ pattern: String) throws(EvaluationError) -> RegularExpression {
        if let known = cache.withLock({ $0[pattern] }) { return known }
        let compiled = try compile(pattern)
        cache.withLock {
            if $0.count >= LibraryLimits.cachedPatterns { $0.removeAll(keepingCapacity: true) }
            $0[pattern] = compiled
        }
        return compiled
    }

    /// An overload whose first argument is the text and whose second is the pattern.
    package static func overload(
        _ id: String, member: Bool, _ parameters: [CELType], _ result: CELType, cost: CallCost = .matching,
        _ body: @escaping Body
    ) -> Overload {
        let implementation: Implementation
        switch parameters.count {
        case 2:
            implementation = .binary { text, pattern throws(EvaluationError) in
                try body(text, try cached(try pattern.string()), [])
            }
        case 3:
            implementation = .ternary { text, pattern, third throws(EvaluationError) in
                try body(text, try cached(try pattern.string()), [third])
            }
        default:
            implementation = .variadic { arguments throws(EvaluationError) in
                try body(arguments[0], try cached(try arguments[1].string()), Array(arguments.dropFirst(2)))
            }
        }
        return Overload(
            id, member: member, parameters, result, cost: cost,
            specialize: { arguments throws(EvaluationError) in
                guard arguments.count > 1, let constant = arguments[1] else { return nil }
                let compiled = try compile(try constant.string())
                switch arguments.count {
                case 2:
                    return .binary { text, _ throws(EvaluationError) in try body(text, compiled, []) }
                case 3:
                    return .ternary { text, _, third throws(EvaluationError) in try body(text, compiled, [third]) }
                default:
                    return .variadic { arguments throws(EvaluationError) in
                        try body(arguments[0], compiled, Array(arguments.dropFirst(2)))
                    }
                }
            }, implementation)
    }

    /// Go's `FindAll`: no empty match right after another match.
    ///
    /// - Parameter limit: negative for all.
    package static func forEachMatch(
        _ pattern: RegularExpression, in utf8: UnsafeBufferPointer<UInt8>, limit: Int64, groups: Int = 1,
        _ body: ([Range<Int>?]) -> Void
    ) {
        var position = 0
        var count: Int64 = 0
        var previousEnd = -1
        while position <= utf8.count, limit < 0 || count < limit {
            guard let match = pattern.firstMatch(in: utf8, from: position, groups: groups), let whole = match[0] else {
                return
            }
            var isAccepted = true
            if whole.upperBound == position {
                if whole.lowerBound == previousEnd { isAccepted = false }
                position += position < utf8.count ? CodePoints.width(at: position, in: utf8) : 1
            } else {
                position = whole.upperBound
            }
            previousEnd = whole.upperBound
            if isAccepted {
                count += 1
                body(match)
            }
        }
    }
}
