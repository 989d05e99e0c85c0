internal import Values

extension ParsedExpression {
    /// Parses an expression and expands its macros.
    ///
    /// - Throws: every syntax error found, up to `Limits.issues`.
    package init(parsing text: String, in environment: Environment) throws(CompileError) {
        let bytes = Array(text.utf8)
        let size = bytes.count { $0 & 0xC0 != 0x80 }
        guard size <= Limits.expressionSize else { throw CompileError([SyntaxIssue.tooLarge(size)]) }
        var lexer = Lexer(bytes)
        let tokens = lexer.tokenize()
        var parser = Parser(bytes: bytes, tokens: tokens, environment: environment, issues: lexer.issues)
        let tree = try parser.parse()
        self.init(text: text, tree: tree)
    }
}

/// A recursive-descent parser over tokens; macros are expanded as soon as their call is complete.
///
/// After an error it skips to the next comma or closing bracket of the same nesting and goes on, so that one run
/// reports several errors.
struct Parser {
    /// A parsed node, and how many counted constructs (`Limits.recursion`) are on the longest path below and at it.
    struct Parsed {
        var id: ExpressionID
        var height: Int
    }

    let bytes: [UInt8]
    let tokens: [Token]
    let environment: Environment
    var issues: [CompileIssue]
    var builder = TreeBuilder()
    var index = 0
    /// An error was reported and the parser has not found its feet again: further errors here are its echo.
    var isPanicking = false
    private var expressionDepth = 0
    private var relationDepth = 0
    private var sumDepth = 0

    init(bytes: [UInt8], tokens: [Token], environment: Environment, issues: [CompileIssue]) {
        self.bytes = bytes
        self.tokens = tokens
        self.environment = environment
        self.issues = issues
        builder.reserve(tokens.count)
    }

    mutating func parse() throws(CompileError) -> SyntaxTree {
        let root = parseExpression()
        if !isPanicking, token.kind != .end { unexpected("an operator or the end") }
        if issues.isEmpty, builder.isTooLarge {
            issues.append(SyntaxIssue.tooManyNodes(builder.tree.span(of: root.id)))
        }
        if issues.isEmpty, builder.isTooDeep { issues.append(SyntaxIssue.tooDeep(builder.tree.span(of: root.id))) }
        guard issues.isEmpty else {
            throw CompileError(Array(issues.sorted { $0.span.start < $1.span.start }.prefix(Limits.issues)))
        }
        builder.tree.root = root.id
        return builder.tree
    }

    var token: Token { tokens[index] }

    func text(_ token: Token) -> String {
        String(decoding: bytes[Int(token.start)..<Int(token.end)], as: UTF8.self)
    }

    /// The end of the last consumed token.
    var previousEnd: UInt32 { index > 0 ? tokens[index - 1].end : 0 }

    mutating func advance() {
        if index + 1 < tokens.count { index += 1 }
    }

    /// Consumes the token if it is of that kind.
    mutating func accept(_ kind: Token.Kind) -> Bool {
        guard token.kind == kind else { return false }
        advance()
        return true
    }

    mutating func expect(_ kind: Token.Kind, _ expected: String) {
        if !isPanicking, !accept(kind) { unexpected(expected) }
    }

    mutating func unexpected(_ expected: String) {
        guard !isPanicking else { return }
        if token.kind != .bad {
            let isLast = index + 1 >= tokens.count || tokens[index + 1].kind == .end
            report(SyntaxIssue.unexpected(token, text(token), expected: expected, isLast: isLast))
        }
        isPanicking = true
    }

    mutating func report(_ issue: CompileIssue) {
        // A bracket of the wrong kind ends a list and is wrong again behind it.
        if let last = issues.last, last.id == issue.id, last.span == issue.span { return }
        if issues.count < Limits.issues { issues.append(issue) }
    }

    /// Reports that a limit is exceeded and ends the parse.
    mutating func abort() {
        report(SyntaxIssue.tooDeep(token.span))
        isPanicking = true
        index = tokens.count - 1
    }

    mutating func errorNode(_ span: SourceSpan) -> Parsed {
        Parsed(id: builder.append(.constant(.null), span), height: 0)
    }

    /// The height of a construct that counts towards the recursion limit.
    mutating func counted(_ height: Int) -> Int {
        if height == Limits.recursion, !isPanicking { abort() }
        return height + 1
    }

    // MARK: Operators

    mutating func parseExpression() -> Parsed {
        expressionDepth += 1
        defer { expressionDepth -= 1 }
        guard expressionDepth <= Limits.recursion else {
            if !isPanicking { abort() }
            return errorNode(token.span)
        }
        let condition = parseLogical(.or)
        guard !isPanicking, token.kind == .question else { return condition }
        let mark = token.span
        advance()
        let positive = parseLogical(.or)
        expect(.colon, "`:` of the conditional")
        guard !isPanicking else { return condition }
        let negative = parseExpression()
        let call = Syntax.call(
            function: Operator.conditional, target: nil, arguments: [condition.id, positive.id, negative.id])
        return Parsed(
            id: builder.append(call, builder.span(from: condition.id, to: negative.id), mark: mark),
            height: counted(max(condition.height, positive.height, negative.height)))
    }

    /// A chain of `||` over chains of `&&` over relations; a chain becomes a balanced tree, as deep as its logarithm.
    private mutating func parseLogical(_ kind: Token.Kind) -> Parsed {
        let first = kind == .or ? parseLogical(.and) : parseRelation()
        guard !isPanicking, token.kind == kind else { return first }
        var terms = [first.id]
        var marks: [SourceSpan] = []
        var height = first.height
        while !isPanicking, token.kind == kind {
            marks.append(token.span)
            advance()
            let term = kind == .or ? parseLogical(.and) : parseRelation()
            terms.append(term.id)
            height = max(height, term.height)
        }
        let function = kind == .or ? Operator.or : Operator.and
        return Parsed(id: balance(function, terms, marks, 0, marks.count - 1), height: height)
    }

    private mutating func balance(
        _ function: String, _ terms: [ExpressionID], _ marks: [SourceSpan], _ low: Int, _ high: Int
    ) -> ExpressionID {
        let middle = (low + high + 1) / 2
        let left = middle == low ? terms[middle] : balance(function, terms, marks, low, middle - 1)
        let right = middle == high ? terms[middle + 1] : balance(function, terms, marks, middle + 1, high)
        return builder.append(
            .call(function: function, target: nil, arguments: [left, right]), builder.span(from: left, to: right),
            mark: marks[middle])
    }

    private mutating func parseRelation() -> Parsed {
        relationDepth += 1
        defer { relationDepth -= 1 }
        var left = parseSum(4)
        while !isPanicking, let (function, level) = token.kind.binaryOperator, level == 3 {
            guard relationDepth < Limits.recursion else {
                abort()
                return left
            }
            let mark = token.span
            advance()
            relationDepth += 1
            let right = parseSum(4)
            relationDepth -= 1
            left = binary(function, left, right, mark)
        }
        return left
    }

    /// Sums and products of binding strength `minimum` and above.
    private mutating func parseSum(_ minimum: Int) -> Parsed {
        sumDepth += 1
        defer { sumDepth -= 1 }
        guard sumDepth <= Limits.recursion else {
            if !isPanicking { abort() }
            return errorNode(token.span)
        }
        var left = parseUnary()
        while !isPanicking, let (function, level) = token.kind.binaryOperator, level >= minimum {
            let mark = token.span
            advance()
            let right = parseSum(level + 1)
            left = binary(function, left, right, mark)
        }
        return left
    }

    private mutating func binary(_ function: String, _ left: Parsed, _ right: Parsed, _ mark: SourceSpan) -> Parsed {
        Parsed(
            id: builder.append(
                .call(function: function, target: nil, arguments: [left.id, right.id]),
                builder.span(from: left.id, to: right.id), mark: mark),
            height: counted(max(left.height, right.height)))
    }

    /// `!!x` and `--x` cancel out, as in the Go implementation; a minus before a number belongs to the number.
    private mutating func parseUnary() -> Parsed {
        let kind = token.kind
        guard kind == .not || kind == .minus else { return parseMember() }
        let mark = token.span
        var count = 0
        while token.kind == kind {
            if kind == .minus, count == 0, nextIsNumber { return parseMember() }
            advance()
            count += 1
        }
        let operand = parseMember()
        guard count % 2 == 1 else { return operand }
        let span = SourceSpan(start: mark.start, end: builder.tree.span(of: operand.id).end)
        let function = kind == .not ? Operator.not : Operator.negate
        return Parsed(
            id: builder.append(.call(function: function, target: nil, arguments: [operand.id]), span, mark: mark),
            height: operand.height)
    }

    private var nextIsNumber: Bool {
        let next = index + 1 < tokens.count ? tokens[index + 1].kind : .end
        return next == .int || next == .double
    }

    // MARK: Recovery

    /// Consumes the comma behind an element of a bracketed list, skipping over what does not belong there.
    ///
    /// - Returns: whether another element follows.
    mutating func acceptSeparator(_ close: Token.Kind, _ expected: String) -> Bool {
        if !isPanicking {
            if accept(.comma) { return true }
            if token.kind == close { return false }
            unexpected(expected)
        }
        recover()
        return !isPanicking && accept(.comma)
    }

    /// Skips to the next comma or closing bracket of this nesting, to go on from there.
    mutating func recover() {
        isPanicking = false
        var depth = 0
        while token.kind != .end {
            switch token.kind {
            case .leftParen, .leftBracket, .leftBrace: depth += 1
            case .rightParen, .rightBracket, .rightBrace:
                if depth == 0 { return }
                depth -= 1
            case .comma where depth == 0: return
            default: break
            }
            advance()
        }
        isPanicking = true
    }
}
