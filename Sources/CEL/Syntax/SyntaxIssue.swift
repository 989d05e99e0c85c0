/// The wording of what can be wrong with an expression's syntax.
enum SyntaxIssue {
    private static let id = "cel-syntax"

    static func tooLarge(_ size: Int) -> CompileIssue {
        CompileIssue(
            "cel-too-large", "the expression has more than \(Limits.expressionSize) characters",
            SourceSpan(start: 0, end: 0), help: "it has \(size); split it into variables",
            references: [
                CompileIssue.Reference(
                    "expression code point size exceeds limit: size: \(size), limit \(Limits.expressionSize)",
                    .placeless)
            ])
    }

    static func tooDeep(_ span: SourceSpan) -> CompileIssue {
        CompileIssue(
            "cel-too-deep", "the expression nests more than \(Limits.recursion) levels", span,
            help: "move a part of it to a variable",
            references: [CompileIssue.Reference("max recursion depth exceeded", .placeless)])
    }

    static func tooManyNodes(_ span: SourceSpan) -> CompileIssue {
        CompileIssue(
            "cel-too-large", "the expression grows beyond \(Limits.treeNodes) nodes when its macros are expanded", span)
    }

    static func unknownCharacter(_ text: String, _ span: SourceSpan) -> CompileIssue {
        let help: String? =
            switch text {
            case "=": "equality is written `==`"
            case "&": "logical and is written `&&`"
            case "|": "logical or is written `||`"
            default: nil
            }
        return CompileIssue(id, "unexpected character `\(printable(text))`", span, help: help)
    }

    private static func printable(_ text: String) -> String {
        guard let scalar = text.unicodeScalars.first else { return "" }
        let isPlain =
            !scalar.properties.isWhitespace && scalar.properties.generalCategory != .control
            && scalar.properties.generalCategory != .format
        return isPlain ? text : "U+" + hex(scalar.value)
    }

    private static func hex(_ value: UInt32) -> String {
        let digits = String(value, radix: 16, uppercase: true)
        return String(repeating: "0", count: max(0, 4 - digits.count)) + digits
    }

    static func badString(_ problem: StringScanner.Problem, _ span: SourceSpan) -> CompileIssue {
        switch problem {
        case .unterminated:
            CompileIssue(id, "the string does not end on its line", span, help: "close it, or use triple quotes")
        case .badEscape(let escape):
            CompileIssue(
                id, "the string has the unknown escape `\(escape)`", span,
                help: "write the backslash twice, or put `r` before the quote for a raw string")
        }
    }

    static func badStringContent(_ problem: StringLiteral.Problem, _ span: SourceSpan) -> CompileIssue {
        switch problem {
        case .badCodePoint:
            CompileIssue(
                id, "an escape in the string is no valid Unicode code point", span,
                reference: "invalid unicode code point")
        case .codePointInBytes: CompileIssue(id, "a bytes literal cannot have `\\u` escapes", span)
        }
    }

    static func badQuotedIdentifier(_ span: SourceSpan) -> CompileIssue {
        CompileIssue(id, "the quoted field name does not end, or is empty or has characters that it may not have", span)
    }

    static func badNumber(_ type: String, _ text: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue(
            id, "`\(text)` does not fit the type \(type)", span, reference: "invalid \(type) literal")
    }

    /// - Parameter isLast: whether the expression ends after the token.
    static func unexpected(_ token: Token, _ text: String, expected: String, isLast: Bool) -> CompileIssue {
        let found = token.kind == .end ? "the expression ends here" : "unexpected `\(text)`"
        let help: String? =
            switch text {
            case "and", "AND": "logical and is written `&&`"
            case "or", "OR": "logical or is written `||`"
            case "not", "NOT": "negation is written `!`"
            default: nil
            }
        return CompileIssue(
            id, "\(found), expected \(expected)", token.span, help: help,
            reference: reference(token, text, expected, isLast))
    }

    /// The words of the Go implementation's parser, where they are not about its states; nil elsewhere.
    private static func reference(_ token: Token, _ text: String, _ expected: String, _ isLast: Bool) -> String? {
        let shown = token.kind == .end ? "<EOF>" : text
        switch expected {
        case "an operator or the end":
            // A single token too much is told apart.
            return "Syntax error: \(isLast ? "extraneous" : "mismatched") input '\(shown)' expecting <EOF>"
        case "an expression" where token.kind == .end:
            return "Syntax error: mismatched input '<EOF>' expecting {'[', '{', '(', '.', '-', '!', 'true', 'false', "
                + "'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}"
        case "`:` of the conditional", "`:` behind the key":
            return "Syntax error: mismatched input '\(shown)' expecting ':'"
        default: return nil
        }
    }

    static func reserved(_ name: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue(
            id, "`\(name)` is reserved and cannot be a name here", span, reference: "reserved identifier: \(name)")
    }

    /// - Parameter environment: where to look up who has optional syntax; nil for other syntax.
    static func unsupported(_ syntax: String, _ span: SourceSpan, _ environment: Environment?) -> CompileIssue {
        let place = environment?.knownElsewhere[Environment.optionalSyntax]
        return CompileIssue(
            "cel-unsupported-syntax", "\(syntax) is not available here", span,
            help: place.map { "\(syntax) is known in \($0)" })
    }

    static func macroArgument(_ macro: String, _ needs: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue("cel-macro-argument", "`\(macro)` needs \(needs)", span)
    }
}
