import CEL
import Testing
import Values

@Suite struct ParserTests {
    private static let environment: Environment = {
        var environment = Environment()
        environment.allowsQuotedIdentifiers = true
        return environment
    }()

    private func parse(_ text: String) throws -> String {
        try ParsedExpression(parsing: text, in: Self.environment).tree.compact
    }

    @Test(
        "parses literals",
        arguments: [
            ("1", "1"), ("-1", "-1"), ("0x1F", "31"), ("-0x10", "-16"),
            ("-9223372036854775808", "-9223372036854775808"),
            ("1u", "1u"), ("0xFFu", "255u"), ("18446744073709551615u", "18446744073709551615u"), (".5", "0.5"),
            ("1e3", "1000.0"), ("-1.5E-1", "-0.15"), ("--1", "1"), ("---1", "(-_ 1)"), ("- 1", "-1"),
            ("-1u", "(-_ 1u)"),
            ("true", "true"), ("null", "null"), ("'a'", "'a'"),
            (#""\a\b\f\n\r\t\v\\\?\"\'\`""#, "'\u{7}\u{8}\u{c}\n\r\t\u{b}\\?\"'`'"),
            (#"'\x41\u00e9\U0001F600\101'"#, "'Aé😀A'"), (#"r'\d'"#, #"'\d'"#),
            (#"b'\xff\377é'"#, "b[255, 255, 195, 169]"),
            (#"br'\x'"#, "b[92, 120]"), ("'''a\n'b'''", "'a\n'b'"), ("\"\"\"a\r\nb\"\"\"", "'a\nb'"), ("''", "''"),
            ("'' // comment", "''"),
        ])
    func literals(text: String, expected: String) throws {
        #expect(try parse(text) == expected)
    }

    @Test(
        "parses operators and selections",
        arguments: [
            ("a + b * c - d", "(_-_ (_+_ a (_*_ b c)) d)"), ("a < b == c in d", "(@in (_==_ (_<_ a b) c) d)"),
            ("!a && !!b || -c > 0", "(_||_ (_&&_ (!_ a) b) (_>_ (-_ c) 0))"),
            ("a ? b : c ? d : e", "(_?_:_ a b (_?_:_ c d e))"),
            ("a && b && c && d", "(_&&_ (_&&_ a b) (_&&_ c d))"), ("a.b[0].c(1, 2)", "((_[_] a.b 0)->c 1 2)"),
            ("a.?b[?'c']", "(_[?_] (_?._ a 'b') 'c')"), ("[?a, b,]", "[?a, b]"),
            ("{?a: 1, 'b': 2,}", "{?a: 1, 'b': 2}"),
            ("a.B{c: 1, ?d: 2,}", "a.B{c: 1, ?d: 2}"), (".a.B{}", ".a.B{}"), (".a(1)", "(.a 1)"), ("[,]", "[]"),
            ("{,}", "{}"),
            ("a.`b-c/d`", "a.b-c/d"), ("a.if.namespace.package", "a.if.namespace.package"),
            ("(a + b).c", "(_+_ a b).c"),
        ])
    func expressions(text: String, expected: String) throws {
        #expect(try parse(text) == expected)
    }

    @Test("keeps spans and marks")
    func spans() throws {
        let text = "(a + b).c(d)"
        let tree = try ParsedExpression(parsing: text, in: Self.environment).tree
        #expect(carets(tree.span(of: tree.root), in: text) == "^^^^^^^^^^^^")
        #expect(carets(tree.mark(of: tree.root), in: text) == "         ^^^")
        guard case .call(_, let target?, _) = tree[tree.root] else { return }
        #expect(carets(tree.span(of: target), in: text) == "^^^^^^^")
        #expect(carets(tree.mark(of: target), in: text) == "   ^")
    }
}

@Suite struct ParserErrorTests {
    @Test(
        "reports syntax errors where they are",
        arguments: [
            (#"'\q'"#, ["^^^^"]), ("'abc", ["^^^^"]), ("1 +", ["   ^"]), ("[1,,2]", ["   ^"]), ("[1 2]", ["   ^"]),
            ("{'a'}", ["    ^"]), ("object.in", ["       ^^"]), ("object..a", ["       ^"]), ("1 = 1", ["  ^"]),
            ("true and false", ["     ^^^"]), ("if", ["^^"]), ("9223372036854775808", ["^^^^^^^^^^^^^^^^^^^"]),
            (#"'\ud83d'"#, ["^^^^^^^^"]), (#"b'\u0041'"#, ["^^^^^^^^^"]),
            ("f(1 2, 3 4) + [5 6]", ["    ^", "         ^", "                 ^"]),
            ("\u{FEFF}1", ["^"]), ("", ["^"]), ("a.?b()", ["    ^"]), ("1.5e", ["   ^"]), ("rb'x'", ["  ^^^"]),
            ("a.`b`", ["  ^^^"]),
            ("# + $", ["^", "    ^"]), ("f(", ["  ^"]), ("a ? b", ["     ^"]), ("1e999", ["^^^^^"]),
        ])
    func positions(text: String, expected: [String]) {
        let found = issues(text, Environment())
        #expect(found.map { carets($0.span, in: text) } == expected)
        #expect(found.allSatisfy { $0.id.hasPrefix("cel-") && !$0.message.isEmpty })
    }

    @Test("suggests what was meant")
    func help() {
        #expect(issues("a and b", Environment()).first?.help == "logical and is written `&&`")
        #expect(issues("a = b", Environment()).first?.help == "equality is written `==`")
    }

    private static func repeated(_ text: String, _ count: Int) -> String { String(repeating: text, count: count) }

    private static func chain(_ term: String, _ count: Int, _ separator: String) -> String {
        Array(repeating: term, count: count).joined(separator: separator)
    }

    private static let nestingCases: [(String, Bool)] = [
        (repeated("(", 249) + "1" + repeated(")", 249), true),
        (repeated("(", 250) + "1" + repeated(")", 250), false),
        (chain("1", 250, "+"), true),
        (chain("1", 260, "+"), false),
        (chain("true", 1_000, "&&"), true),
        (chain("true", 10_000, "||"), true),
        ("[" + chain("1", 20_000, ",") + "]", true),
        ("x" + repeated(".x", 250), true),
        ("x" + repeated(".x", 251), false),
        (repeated("!", 99_000) + "true", true),
    ]

    @Test("counts nesting as the Go implementation does", arguments: nestingCases)
    func nesting(text: String, isValid: Bool) {
        let parsed = try? ParsedExpression(parsing: text, in: Environment())
        #expect((parsed != nil) == isValid)
    }

    @Test(
        "answers deep nesting with an error",
        arguments: [
            ("(", "1", ")"), ("[", "", "]"), ("f(", "1", ")"), ("{1:", "1", "}"), ("a ? b : ", "c", ""),
            ("a ? ", "c", " : b"),
            ("", "x", ".y"), ("", "x", "[0]"), ("-(", "1", ")"), ("!(", "x", ")"), ("", "x", ".f()"), ("", "1", "-1"),
            ("[1].map(x, ", "x", ")"), ("a == (", "x", ")"), ("T{a: ", "1", "}"), ("", "o", ".optMap(x, x)"),
            ("o.optMap(x, ", "x", ")"),
            ("1 - (", "x", ")"), ("", "x", ".?y"), ("[?", "x", "]"),
        ])
    func deep(before: String, middle: String, after: String) {
        var environment = Environment()
        environment.add(Library("macros", macros: [Macro("map", 2), Macro("optMap", 2)]))
        for count in [300, 10_000, 100_000] {
            let text = String(repeating: before, count: count) + middle + String(repeating: after, count: count)
            #expect(throws: CompileError.self) { try ParsedExpression(parsing: text, in: environment) }
            // And unfinished.
            _ = issues(String(repeating: before, count: count) + middle, environment)
        }
    }
}
