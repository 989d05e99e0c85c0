internal import Values

/// The code of the strings extension. Indices count code points.
package enum StringFunctions {
    private static func outOfRange(_ index: Int64) -> EvaluationError {
        EvaluationError(.range, "index out of range: \(index)")
    }

    static let charAt: @Sendable (Value, Value) throws(EvaluationError) -> Value = {
        text, index throws(EvaluationError) in
        let position = try index.int()
        let character: String? = try withUTF8(text) { utf8 in
            guard let offset = CodePoints.offset(of: position, in: utf8) else { return nil }
            return offset == utf8.count
                ? "" : CodePoints.string(utf8, offset..<offset + CodePoints.width(at: offset, in: utf8))
        }
        guard let character else { throw outOfRange(position) }
        return .string(character)
    }

    static func indexOf(
        _ text: Value, _ part: Value, _ start: Int64, strict: Bool = false
    ) throws(EvaluationError) -> Int64 {
        let found: Int64? = try withUTF8(text, part) { text, part in
            if part.isEmpty { return start }
            if start < 0 { return nil }
            guard let offset = CodePoints.offset(of: start, in: text) else { return strict ? nil : -1 }
            if strict, offset == text.count { return nil }
            guard let match = CodePoints.find(part, in: text, from: offset)
            else { return -1 }
            return start + Int64(CodePoints.count(CodePoints.slice(text, offset..<match)))
        }
        guard let found else { throw outOfRange(start) }
        return found
    }

    /// - Parameter start: the last index to consider; nil for the last of the string.
    static func lastIndexOf(
        _ text: Value, _ part: Value, _ start: Int64?, strict: Bool = false
    ) throws(EvaluationError) -> Int64 {
        let found: Int64? = try withUTF8(text, part) { text, part in
            if part.isEmpty { return start ?? Int64(CodePoints.count(text)) }
            var limit = text.count
            if let start {
                if start < 0 { return nil }
                guard let offset = CodePoints.offset(of: start, in: text), offset < text.count else {
                    return strict ? nil : -1
                }
                limit = offset
            }
            guard let match = CodePoints.findLast(part, in: text, upTo: limit) else { return -1 }
            return Int64(CodePoints.count(CodePoints.slice(text, 0..<match)))
        }
        guard let found else { throw outOfRange(start ?? 0) }
        return found
    }

    static func mapBytes(_ text: Value, _ change: (UInt8) -> UInt8) throws(EvaluationError) -> Value {
        .string(
            try withUTF8(text) { utf8 in
                String(unsafeUninitializedCapacity: utf8.count) { buffer in
                    for index in 0..<utf8.count { buffer[index] = change(utf8[index]) }
                    return utf8.count
                }
            })
    }

    static func replace(_ text: Value, _ old: Value, _ new: Value, limit: Int64) throws(EvaluationError) -> Value {
        let new = Array(try new.string().utf8)
        let result: [UInt8]? = try withUTF8(text, old) { text, old in
            var result: [UInt8] = []
            var count: Int64 = 0
            var position = 0
            while limit < 0 || count < limit {
                if old.isEmpty {
                    // Go puts the new text before every code point and at the end.
                    guard count == 0 || position < text.count else { break }
                    if count > 0 {
                        let width = CodePoints.width(at: position, in: text)
                        result += CodePoints.slice(text, position..<position + width)
                        position += width
                    }
                    result += new
                } else {
                    guard let match = CodePoints.find(old, in: text, from: position) else { break }
                    result += CodePoints.slice(text, position..<match)
                    result += new
                    position = match + old.count
                }
                count += 1
                if result.count > EvaluationLimits.stringBytes { return nil }
            }
            result += CodePoints.slice(text, position..<text.count)
            return result
        }
        guard let result else { throw EvaluationLimits.tooLarge }
        return .string(String(decoding: result, as: UTF8.self))
    }

    static func split(_ text: Value, _ separator: Value, limit: Int64) throws(EvaluationError) -> Value {
        if limit == 0 { return .list([]) }
        return .list(
            try withUTF8(text, separator) { text, separator in
                var parts: [Value] = []
                var position = 0
                while limit < 0 || parts.count < limit - 1 {
                    if separator.isEmpty {
                        guard position < text.count else { return parts }
                        let width = CodePoints.width(at: position, in: text)
                        parts.append(.string(CodePoints.string(text, position..<position + width)))
                        position += width
                    } else {
                        guard let match = CodePoints.find(separator, in: text, from: position) else { break }
                        parts.append(.string(CodePoints.string(text, position..<match)))
                        position = match + separator.count
                    }
                }
                if !separator.isEmpty || position < text.count {
                    parts.append(.string(CodePoints.string(text, position..<text.count)))
                }
                return parts
            })
    }

    static let joinCost = CallCost.custom { _, result in CostFormula.twice(result) }

    static func join(_ list: Value, _ separator: String) throws(EvaluationError) -> Value {
        var result = ""
        var isFirst = true
        try list.forEachElement { element throws(EvaluationError) in
            if !isFirst { result += separator }
            isFirst = false
            result += try element.string()
            if result.utf8.count > EvaluationLimits.stringBytes { throw EvaluationLimits.tooLarge }
        }
        return .string(result)
    }

    static func substring(_ text: Value, _ start: Int64, _ end: Int64?) throws(EvaluationError) -> Value {
        if let end, start > end {
            throw EvaluationError(.range, "invalid substring range. start: \(start), end: \(end)")
        }
        let result: Result<String, EvaluationError> = try withUTF8(text) { utf8 in
            guard let from = CodePoints.offset(of: start, in: utf8) else { return .failure(outOfRange(start)) }
            guard let end else { return .success(CodePoints.string(utf8, from..<utf8.count)) }
            let rest = CodePoints.slice(utf8, from..<utf8.count)
            guard let width = CodePoints.offset(of: end - start, in: rest) else { return .failure(outOfRange(end)) }
            return .success(CodePoints.string(utf8, from..<from + width))
        }
        return .string(try result.get())
    }

    static let trim: @Sendable (Value) throws(EvaluationError) -> Value = { text throws(EvaluationError) in
        var scalars = try text.string().unicodeScalars[...]
        while let first = scalars.first, isSpace(first) { scalars.removeFirst() }
        while let last = scalars.last, isSpace(last) { scalars.removeLast() }
        return .string(String(scalars))
    }

    /// Go's `unicode.IsSpace`.
    private static func isSpace(_ scalar: Unicode.Scalar) -> Bool { scalar.properties.isWhitespace }

    /// In double quotes, with the escapes of CEL.
    package static func quote(_ text: String) -> String {
        var result = String.UnicodeScalarView()
        result.append("\"")
        for scalar in text.unicodeScalars {
            let escape: Unicode.Scalar?
            switch scalar {
            case "\u{07}": escape = "a"
            case "\u{08}": escape = "b"
            case "\u{0C}": escape = "f"
            case "\n": escape = "n"
            case "\r": escape = "r"
            case "\t": escape = "t"
            case "\u{0B}": escape = "v"
            case "\\": escape = "\\"
            case "\"": escape = "\""
            default: escape = nil
            }
            if let escape {
                result.append("\\")
                result.append(escape)
            } else {
                result.append(scalar)
            }
        }
        result.append("\"")
        return String(result)
    }
}
