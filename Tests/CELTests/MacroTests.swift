import CEL
import Testing

@Suite struct MacroTests {
    private static let environment: Environment = {
        var environment = Environment()
        let macros = [
            Macro("has", 1, member: false), Macro("all", 2), Macro("all", 3), Macro("exists", 2),
            Macro("exists_one", 2),
            Macro("map", 2), Macro("map", 3), Macro("filter", 2), Macro("transformList", 4), Macro("transformMap", 3),
            Macro("transformMapEntry", 4), Macro("sortBy", 2), Macro("bind", 3), Macro("optMap", 2),
            Macro("optFlatMap", 2), Macro("existsOne", 3),
        ]
        environment.add(Library("macros", macros: macros))
        return environment
    }()

    @Test(
        "expands as the Go implementation does",
        arguments: [
            ("has(a.b.c)", "has(a.b.c)"),
            (
                "a.all(x, p)",
                "loop<all>(x in a; @result=true; (@not_strictly_false @result); (_&&_ @result p); @result)"
            ),
            (
                "a.exists(x, p)",
                "loop<exists>(x in a; @result=false; (@not_strictly_false (!_ @result)); (_||_ @result p); @result)"
            ),
            (
                "a.exists_one(x, p)",
                "loop<existsOne>(x in a; @result=0; true; (_?_:_ p (_+_ @result 1) @result); (_==_ @result 1))"
            ),
            (
                "a.existsOne(x, y, p)",
                "loop<existsOne>(x,y in a; @result=0; true; (_?_:_ p (_+_ @result 1) @result); (_==_ @result 1))"
            ),
            ("a.map(x, f)", "loop<map>(x in a; @result=[]; true; (_+_ @result [f]); @result)"),
            ("a.map(x, p, f)", "loop<map>(x in a; @result=[]; true; (_?_:_ p (_+_ @result [f]) @result); @result)"),
            ("a.filter(x, p)", "loop<filter>(x in a; @result=[]; true; (_?_:_ p (_+_ @result [x]) @result); @result)"),
            (
                "a.all(i, x, p)",
                "loop<all>(i,x in a; @result=true; (@not_strictly_false @result); (_&&_ @result p); @result)"
            ),
            (
                "a.transformList(i, x, p, f)",
                "loop<transformList>(i,x in a; @result=[]; true; (_?_:_ p (_+_ @result [f]) @result); @result)"
            ),
            (
                "a.transformMap(i, x, f)",
                "loop<transformMap>(i,x in a; @result={}; true; (cel.@mapInsert @result i f); @result)"
            ),
            (
                "a.transformMapEntry(i, x, p, f)",
                "loop<transformMapEntry>(i,x in a; @result={}; true; (_?_:_ p (cel.@mapInsert @result f) @result); @result)"
            ),
            ("cel.bind(x, v, e)", "loop<bind>(#unused in []; x=v; false; x; e)"),
            ("other.bind(x, v, e)", "(other->bind x v e)"),
            (
                "a.b.optMap(x, e)",
                "(_?_:_ (a.b->hasValue) (optional.of loop<bind>(#unused in []; x=(a.b->value); false; x; e)) (optional.none))"
            ),
            (
                "a.optFlatMap(x, e)",
                "(_?_:_ (a->hasValue) loop<bind>(#unused in []; x=(a->value); false; x; e) (optional.none))"
            ),
            (
                "a.sortBy(x, k)",
                "loop<bind>(#unused in []; @__sortBy_input__=a; false; @__sortBy_input__; "
                    + "(@__sortBy_input__->@sortByAssociatedKeys loop<map>(x in @__sortBy_input__; @result=[]; true; "
                    + "(_+_ @result [k]); @result)))"
            ),
            ("a.map(x)", "(a->map x)"), ("all(a, x, p)", "(all a x p)"),
        ])
    func expansions(text: String, expected: String) throws {
        #expect(try ParsedExpression(parsing: text, in: Self.environment).tree.compact == expected)
    }

    @Test(
        "reports arguments that a macro cannot take",
        arguments: [
            ("has(a)", "    ^"), ("has(a[0])", "     ^^^"), ("a.all(1, x)", "      ^"), ("a.map(b.c, x)", "       ^^"),
            ("a.all(x, x, true)", "         ^"), ("a.map(__result__, 1)", "      ^^^^^^^^^^"), ("1.sortBy(x, x)", "^"),
            ("cel.bind(1, 2, 3)", "         ^"), ("a.optMap(1, 2)", "         ^"),
            ("a.filter(.x, true)", "         ^^"),
        ])
    func misuse(text: String, expected: String) {
        let found = issues(text, Self.environment)
        #expect(found.map { carets($0.span, in: text) } == [expected])
        #expect(found.first?.id == "cel-macro-argument")
    }

    @Test("stops when copies grow without bound")
    func growth() {
        let text = "a" + String(repeating: ".optMap(x, x)", count: 100)
        #expect(throws: CompileError.self) { try ParsedExpression(parsing: text, in: Self.environment) }
    }
}
