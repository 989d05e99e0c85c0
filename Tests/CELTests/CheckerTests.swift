import CEL
import Testing

@Suite struct CheckerTests {
    private static let environment: Environment = {
        var environment = Environment()
        environment.add(.operators)
        environment.add(
            Library(
                "test",
                functions: [
                    FunctionDeclaration(
                        "size", [Overload("s", [.string], .int), Overload("l", [.list(.parameter("A"))], .int)]),
                    FunctionDeclaration(
                        "first", [Overload("f", member: true, [.list(.parameter("V"))], .optional(.parameter("V")))]),
                    FunctionDeclaration("optional.of", [Overload("o", [.parameter("V")], .optional(.parameter("V")))]),
                    FunctionDeclaration("optional.none", [Overload("n", [], .optional(.parameter("V")))]),
                    FunctionDeclaration("dyn", [Overload("d", [.parameter("A")], .dyn)]),
                    FunctionDeclaration("startsWith", [Overload("sw", member: true, [.string, .string], .bool)]),
                    FunctionDeclaration("format", [Overload("fm", member: true, [.string, .list(.dyn)], .string)]),
                    FunctionDeclaration(
                        "pair", [Overload("p", [.parameter("A")], .map(.parameter("A"), .parameter("A")))]),
                ],
                macros: [
                    Macro("has", 1, member: false), Macro("all", 2), Macro("map", 2), Macro("filter", 2),
                    Macro("all", 3),
                    Macro("bind", 3),
                ]))
        environment.declare(Environment.Structure("test.Message", ["name": .string, "part": .structure("test.Part")]))
        environment.declare(
            Environment.Structure("test.Part", ["count": .int, "maybe": .wrapper(.int), "at": .timestamp]))
        environment.declare("object", .dyn)
        environment.declare("message", .structure("test.Message"))
        environment.declare("names", .list(.string))
        environment.declare("labels", .map(.string, .string))
        environment.declare("a.b", .int)
        environment.declare("variables", .structure("variables"))
        environment.composed = .init(variable: "variables", fields: [("limit", .int)])
        environment.knownElsewhere = ["cel.frobnicate": "Kyverno", "sortBy": "Kubernetes 1.34"]
        return environment
    }()

    @Test(
        "infers types",
        arguments: [
            ("1", "int"), ("[1, 2u]", "list(dyn)"), ("[]", "list(dyn)"), ("{}", "map(dyn, dyn)"),
            ("[[], [1]]", "list(list(int))"),
            ("object.a.b[0]", "dyn"), ("message.part.count + 1", "int"), ("has(message.name)", "bool"), ("a.b", "int"),
            ("names.map(x, size(x))", "list(int)"), ("labels.all(k, k == 'a')", "bool"),
            ("names.all(i, n, i > 0 && n == '')", "bool"),
            ("message.?part.maybe", "optional_type(wrapper(int))"), ("message.?part.?count", "optional_type(int)"),
            ("labels[?'a']", "optional_type(string)"), ("[?optional.of(1)]", "list(int)"),
            ("{?'a': optional.of(1)}", "map(string, int)"),
            ("true ? 1 : object", "dyn"), ("message == null", "bool"), ("message.part.maybe == null", "bool"),
            ("message.part.maybe + 1", "int"), ("int", "type(int)"),
            ("test.Message{name: 'a', ?part: optional.none()}", "test.Message"),
            ("google.protobuf.Int64Value{value: 1}", "wrapper(int)"), ("google.protobuf.NullValue.NULL_VALUE", "int"),
            ("names.first()", "optional_type(string)"), ("dyn(1) + 2", "int"), ("object + object", "dyn"),
            ("1 < 2.0", "bool"),
            ("cel.bind(x, [], x)", "list(dyn)"), ("[].map(x, x)", "list(dyn)"), ("[] + [1]", "list(int)"),
            ("optional.none()", "optional_type(dyn)"),
            ("variables.limit", "int"), ("names.map(names, names)", "list(string)"),
            ("pair(pair(1))", "map(map(int, int), map(int, int))"),
        ])
    func types(text: String, expected: String) throws {
        let parsed = try ParsedExpression(parsing: text, in: Self.environment)
        #expect(try CheckedExpression(checking: parsed, in: Self.environment).type.description == expected)
    }

    @Test(
        "reports what is wrong and where",
        arguments: [
            ("objct.spec", "^^^^^", "cel-undeclared-reference", "did you mean `object`?"),
            ("message.nme == ''", "       ^^^^", "cel-undefined-field", "did you mean `name`?"),
            ("variables.limt > 1", "         ^^^^^", "cel-undefined-field", "did you mean `limit`?"),
            ("1 + 'a'", "  ^", "cel-no-matching-overload", nil),
            ("names.startsWit('a')", "               ^^^^^", "cel-undeclared-reference", "did you mean `startsWith`?"),
            ("1 && true", "^", "cel-type-mismatch", nil), ("1.all(x, true)", "^", "cel-type-mismatch", nil),
            (
                "cel.frobnicate(1)", "^^^", "cel-undeclared-reference", "`cel.frobnicate` is known in Kyverno"
            ),
            ("'a'.b", "   ^^", "cel-undefined-field", nil),
            (
                "names.sortBy(x, 1)", "            ^^^^^^", "cel-undeclared-reference",
                "`sortBy` is known in Kubernetes 1.34"
            ),
            ("names.map(x, x, x, x)", "         ^^^^^^^^^^^^", "cel-undeclared-reference", "it takes 2 arguments"),
            ("test.Message{nam: 'a'}", "                ^", "cel-undefined-field", "did you mean `name`?"),
            ("test.Message{name: 1}", "                 ^", "cel-type-mismatch", nil),
            ("object{}", "      ^^", "cel-type-mismatch", nil),
            ("[?1]", "  ^", "cel-type-mismatch", nil),
        ])
    func errors(text: String, place: String, id: String, help: String?) {
        let found = issues(text, Self.environment)
        #expect(found.first.map { carets($0.span, in: text) } == place)
        #expect(found.first?.id == id)
        if let help { #expect(found.contains { $0.help == help }) }
    }

    @Test("reports several issues in the order of the text")
    func several() {
        let found = issues("objct.a == mesage.b && names.size", Self.environment)
        #expect(
            found.map(\.message) == [
                "undeclared reference to `objct`", "undeclared reference to `mesage`",
                "a value of type list(string) has no field `size`",
            ])
    }

    @Test(
        "demands literals of one type where the environment does",
        arguments: [
            ("[1, 2]", nil), ("[1, object]", "    ^^^^^^"), ("{'a': 1, 'b': 'x'}", "              ^^^"),
            ("[dyn(1), dyn('a')]", nil),
            ("'%s %d'.format(['a', 1])", nil), ("'%s'.format([[1, 'a']])", nil), ("[[1], ['a']]", "      ^^^^^"),
            ("[message, null]", "          ^^^^"),
        ] as [(String, String?)])
    func homogeneous(text: String, expected: String?) {
        var environment = Self.environment
        environment.requiresHomogeneousLiterals = true
        #expect(issues(text, environment).first.map { carets($0.span, in: text) } == expected)
    }

    @Test("lets loop variables shadow, as the specification says, or not, as Kubernetes does")
    func shadowing() throws {
        var environment = Self.environment
        let text = "[{'b': 'x'}].map(a, a.b)"
        #expect(try type(text, environment) == "list(string)")
        environment.loopVariablesShadow = false
        #expect(try type(text, environment) == "list(int)")
    }

    @Test(
        "has the stack for the deepest trees that parse",
        arguments: [
            ("names.all(x, ", "true", ")"), ("names.map(x, ", "x", ")"), ("cel.bind(x, ", "1", ", x)"), ("[", "1", "]"),
            ("dyn(", "1", ")"), ("true ? ", "1", " : 2"), ("{1: ", "1", "}"), ("", "object", ".a"),
        ])
    func deepest(before: String, middle: String, after: String) {
        let text = String(repeating: before, count: 240) + middle + String(repeating: after, count: 240)
        #expect(issues(text, Self.environment).allSatisfy { $0.id != "cel-too-deep" })
    }

    @Test("bounds types that double")
    func doubling() {
        var text = "1"
        for _ in 0..<100 { text = "pair(\(text))" }
        #expect(issues(text, Self.environment).first?.id == "cel-too-large")
        var bound = "x99"
        for index in (1..<100).reversed() { bound = "cel.bind(x\(index), {x\(index - 1): x\(index - 1)}, \(bound))" }
        #expect(issues("cel.bind(x0, 1, \(bound))", Self.environment).isEmpty == false)
    }

    private func type(_ text: String, _ environment: Environment) throws -> String {
        try CheckedExpression(checking: ParsedExpression(parsing: text, in: environment), in: environment).type
            .description
    }
}
