internal import Values

extension Parser {
    /// A literal; its sign too, where it has one.
    mutating func parseLiteral() -> Parsed {
        let start = token.start
        let isNegative = accept(.minus)
        let literal = token
        let span = SourceSpan(start: start, end: literal.end)
        guard let value = value(of: literal, isNegative: isNegative, span) else {
            if !isPanicking { advance() }
            return errorNode(span)
        }
        advance()
        return Parsed(id: builder.append(.constant(value), span), height: 0)
    }

    private mutating func value(of literal: Token, isNegative: Bool, _ span: SourceSpan) -> Value? {
        switch literal.kind {
        case .int:
            guard let value = int(literal, isNegative: isNegative) else {
                report(SyntaxIssue.badNumber("int", (isNegative ? "-" : "") + text(literal), span))
                return nil
            }
            return .int(value)
        case .uint:
            guard let value = magnitude(literal, suffix: 1) else {
                report(SyntaxIssue.badNumber("uint", text(literal), span))
                return nil
            }
            return .uint(value)
        case .double:
            guard let value = Double(text(literal)), value.isFinite else {
                report(SyntaxIssue.badNumber("double", text(literal), span))
                return nil
            }
            return .double(isNegative ? -value : value)
        case .string:
            return decode(literal, isBytes: false).map { .string(String(decoding: $0, as: UTF8.self)) }
        case .bytes:
            return decode(literal, isBytes: true).map { .bytes($0) }
        case .true: return .bool(true)
        case .false: return .bool(false)
        case .null: return .null
        default:
            unexpected("an expression")
            return nil
        }
    }

    private mutating func decode(_ literal: Token, isBytes: Bool) -> [UInt8]? {
        do throws(StringLiteral.Problem) {
            return try StringLiteral.decode(bytes[Int(literal.start)..<Int(literal.end)], isBytes: isBytes)
        } catch {
            report(SyntaxIssue.badStringContent(error, literal.span))
            return nil
        }
    }

    private func int(_ literal: Token, isNegative: Bool) -> Int64? {
        guard let magnitude = magnitude(literal, suffix: 0) else { return nil }
        guard isNegative else { return Int64(exactly: magnitude) }
        return magnitude == 1 << 63 ? .min : Int64(exactly: magnitude).map { -$0 }
    }

    /// The number without sign; nil if it needs more than 64 bits.
    private func magnitude(_ literal: Token, suffix: Int) -> UInt64? {
        var digits = bytes[Int(literal.start)..<(Int(literal.end) - suffix)]
        var radix: UInt64 = 10
        if digits.count > 2, digits[digits.startIndex + 1] == UInt8(ascii: "x") {
            radix = 16
            digits = digits.dropFirst(2)
        }
        var result: UInt64 = 0
        for digit in digits {
            let (product, overflow) = result.multipliedReportingOverflow(by: radix)
            let (sum, carry) = product.addingReportingOverflow(UInt64(digit.hexDigit ?? 0))
            guard !overflow, !carry else { return nil }
            result = sum
        }
        return result
    }
}
