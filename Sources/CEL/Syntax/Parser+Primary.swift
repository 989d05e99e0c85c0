internal import Values

extension Parser {
    // MARK: Selections, indexes and calls

    /// A primary followed by any number of `.field`, `.?field`, `.method(…)`, `[index]` and `[?index]`.
    mutating func parseMember() -> Parsed {
        var operand = parsePrimary()
        while !isPanicking {
            switch token.kind {
            case .dot: operand = parseSelection(operand)
            case .leftBracket: operand = parseIndex(operand)
            default: return operand
            }
        }
        return operand
    }

    private mutating func parseSelection(_ operand: Parsed) -> Parsed {
        let dot = token
        advance()
        let isOptional = accept(.question)
        if isOptional, !environment.allowsOptionalSyntax {
            report(SyntaxIssue.unsupported("`.?`", dot.span, environment))
        }
        let name = token
        guard let field = parseFieldName() else { return operand }
        let start = builder.tree.span(of: operand.id).start
        let span = SourceSpan(start: start, end: name.end)
        let mark = SourceSpan(start: dot.start, end: name.end)
        if isOptional {
            let constant = builder.append(.constant(.string(field)), name.span)
            let call = Syntax.call(function: Operator.optionalSelect, target: nil, arguments: [operand.id, constant])
            return Parsed(id: builder.append(call, span, mark: mark), height: counted(operand.height))
        }
        if name.kind == .identifier, token.kind == .leftParen {
            return parseCall(field, name.span, target: operand)
        }
        let select = Syntax.select(operand: operand.id, field: field, isTest: false)
        return Parsed(id: builder.append(select, span, mark: mark), height: counted(operand.height))
    }

    /// A plain or quoted field name; nil after reporting that there is none.
    mutating func parseFieldName() -> String? {
        let name = token
        switch name.kind {
        case .identifier:
            advance()
            return text(name)
        case .quotedIdentifier:
            if !environment.allowsQuotedIdentifiers {
                report(SyntaxIssue.unsupported("a field name in backticks", name.span, nil))
            }
            advance()
            return String(decoding: bytes[Int(name.start) + 1..<Int(name.end) - 1], as: UTF8.self)
        default:
            unexpected("a field name")
            return nil
        }
    }

    private mutating func parseIndex(_ operand: Parsed) -> Parsed {
        let open = token
        advance()
        let isOptional = accept(.question)
        if isOptional, !environment.allowsOptionalSyntax {
            report(SyntaxIssue.unsupported("`[?`", open.span, environment))
        }
        let key = parseExpression()
        if isPanicking { recover() }
        expect(.rightBracket, "`]`")
        guard !isPanicking else { return operand }
        let function = isOptional ? Operator.optionalIndex : Operator.index
        let start = builder.tree.span(of: operand.id).start
        return Parsed(
            id: builder.append(
                .call(function: function, target: nil, arguments: [operand.id, key.id]),
                SourceSpan(start: start, end: previousEnd), mark: SourceSpan(start: open.start, end: previousEnd)),
            height: counted(max(operand.height, key.height)))
    }

    /// From the opening parenthesis on.
    private mutating func parseCall(_ function: String, _ name: SourceSpan, target: Parsed?) -> Parsed {
        let open = token
        advance()
        let (arguments, height) = parseArguments()
        expect(.rightParen, arguments.isEmpty ? "an argument or `)`" : "`,` or `)`")
        let start = target.map { builder.tree.span(of: $0.id).start } ?? name.start
        let span = SourceSpan(start: start, end: previousEnd)
        let mark = SourceSpan(start: open.start, end: previousEnd)
        guard !isPanicking else { return errorNode(span) }
        let total = target.map { counted(max($0.height, height)) } ?? height
        let call = MacroCall(
            function: function, name: name, target: target?.id, arguments: arguments, span: span, mark: mark)
        if let expansion = expandMacro(call) { return Parsed(id: expansion, height: total) }
        var receiver = target?.id
        if receiver == nil, let variable = environment.unsaidReceivers[function] {
            receiver = builder.append(.identifier(variable), name)
        }
        let node = builder.append(
            .call(function: function, target: receiver, arguments: arguments), span, mark: mark)
        return Parsed(id: node, height: total)
    }

    private mutating func parseArguments() -> (arguments: [ExpressionID], height: Int) {
        var arguments: [ExpressionID] = []
        var height = 0
        guard token.kind != .rightParen else { return (arguments, height) }
        repeat {
            let argument = parseExpression()
            arguments.append(argument.id)
            height = max(height, argument.height)
        } while acceptSeparator(.rightParen, "`,` or `)`")
        return (arguments, height)
    }

    // MARK: Primaries

    private mutating func parsePrimary() -> Parsed {
        let first = token
        switch first.kind {
        case .identifier, .dot: return parseName()
        case .leftParen:
            advance()
            let inner = parseExpression()
            if isPanicking { recover() }
            expect(.rightParen, "`)`")
            builder.tree.widen(inner.id, to: SourceSpan(start: first.start, end: previousEnd))
            return inner
        case .leftBracket: return parseList()
        case .leftBrace: return parseMap()
        case .int, .uint, .double, .string, .bytes, .true, .false, .null, .minus: return parseLiteral()
        case .bad:
            advance()
            return startsOperand ? parsePrimary() : errorNode(first.span)
        default:
            unexpected("an expression")
            return errorNode(first.span)
        }
    }

    private var startsOperand: Bool {
        switch token.kind {
        case .identifier, .int, .uint, .double, .string, .bytes, .true, .false, .null: true
        default: false
        }
    }

    /// An identifier, global call or message literal, perhaps with a leading dot.
    private mutating func parseName() -> Parsed {
        let start = token.start
        let hasDot = accept(.dot)
        let name = token
        guard name.kind == .identifier else {
            unexpected(hasDot ? "a name" : "an expression")
            return errorNode(name.span)
        }
        if startsMessage { return parseMessage(start: start, hasDot: hasDot) }
        advance()
        let word = text(name)
        if ReservedWords.all.contains(word) {
            report(SyntaxIssue.reserved(word, name.span))
        }
        let fullName = hasDot ? "." + word : word
        let span = SourceSpan(start: start, end: name.end)
        if token.kind == .leftParen { return parseCall(fullName, span, target: nil) }
        return Parsed(id: builder.append(.identifier(fullName), span), height: 0)
    }

    /// Whether `a.b.c{` follows.
    private var startsMessage: Bool {
        var next = index + 1
        while next + 1 < tokens.count, tokens[next].kind == .dot, tokens[next + 1].kind == .identifier { next += 2 }
        return tokens[next].kind == .leftBrace
    }

    private mutating func parseMessage(start: UInt32, hasDot: Bool) -> Parsed {
        var type = hasDot ? "." : ""
        while token.kind != .leftBrace {
            type += text(token)
            advance()
        }
        let open = token
        advance()
        var fields: [Syntax.StructureField] = []
        var height = 0
        let isEmpty = accept(.comma)
        while !isEmpty, !isPanicking, token.kind != .rightBrace {
            let first = token
            let isOptional = acceptOptional()
            let name = parseFieldName()
            let colon = token
            expect(.colon, "`:` behind the field name")
            if !isPanicking, let name {
                let value = parseExpression()
                height = max(height, value.height)
                let id = builder.append(
                    .constant(.null), SourceSpan(start: first.start, end: previousEnd), mark: colon.span)
                fields.append(.init(id: id, name: name, value: value.id, isOptional: isOptional))
            }
            if !acceptSeparator(.rightBrace, "`,` or `}`") { break }
        }
        expect(.rightBrace, "`,` or `}`")
        let span = SourceSpan(start: start, end: previousEnd)
        return Parsed(
            id: builder.append(
                .structure(type: type, fields: fields), span, mark: SourceSpan(start: open.start, end: previousEnd)),
            height: height)
    }

    private mutating func acceptOptional() -> Bool {
        let mark = token
        guard accept(.question) else { return false }
        if !environment.allowsOptionalSyntax { report(SyntaxIssue.unsupported("`?`", mark.span, environment)) }
        return true
    }

    private mutating func parseList() -> Parsed {
        let open = token
        advance()
        var elements: [ExpressionID] = []
        var optionals: Set<Int> = []
        var height = 0
        if token.kind == .comma {
            advance()
        } else {
            while !isPanicking, token.kind != .rightBracket {
                if acceptOptional() { optionals.insert(elements.count) }
                let element = parseExpression()
                elements.append(element.id)
                height = max(height, element.height)
                if !acceptSeparator(.rightBracket, "`,` or `]`") { break }
            }
        }
        expect(.rightBracket, "`,` or `]`")
        let span = SourceSpan(start: open.start, end: previousEnd)
        return Parsed(id: builder.append(.list(elements: elements, optionals: optionals), span), height: height)
    }

    private mutating func parseMap() -> Parsed {
        let open = token
        advance()
        var entries: [Syntax.MapEntry] = []
        var height = 0
        let isEmpty = accept(.comma)
        while !isEmpty, !isPanicking, token.kind != .rightBrace {
            let isOptional = acceptOptional()
            let key = parseExpression()
            let colon = token
            expect(.colon, "`:` behind the key")
            if !isPanicking {
                let value = parseExpression()
                height = max(height, key.height, value.height)
                let id = builder.append(.constant(.null), builder.span(from: key.id, to: value.id), mark: colon.span)
                entries.append(.init(id: id, key: key.id, value: value.id, isOptional: isOptional))
            }
            if !acceptSeparator(.rightBrace, "`,` or `}`") { break }
        }
        expect(.rightBrace, "`,` or `}`")
        let span = SourceSpan(start: open.start, end: previousEnd)
        return Parsed(id: builder.append(.map(entries: entries), span), height: height)
    }
}

/// Words that cannot name a variable or function, though they can name a field.
enum ReservedWords {
    static let all: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return", "var", "void", "while",
    ]
}
