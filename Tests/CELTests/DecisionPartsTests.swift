import CEL
import KubernetesCEL
import Testing
import Values

@Suite("Parts of expressions that decide") struct DecisionPartsTests {
    static let cases: [(expression: String, parts: [String])] = [
        ("true", []),
        ("object.a == 1", ["object.a == 1"]),
        ("!(object.a == 1)", ["!(object.a == 1)"]),
        (
            "has(object.a) && object.a > 1 || object.b",
            ["has(object.a) && object.a > 1 || object.b", "has(object.a)", "object.a > 1", "object.b"]
        ),
        (
            "object.a == 1 ? true : object.c == 2",
            ["object.a == 1 ? true : object.c == 2", "object.a == 1", "object.c == 2"]
        ),
        ("object.l.all(x, x > 1)", ["object.l.all(x, x > 1)", "x > 1"]),
        ("object.l.exists(x, x > 1 && x < 5)", ["object.l.exists(x, x > 1 && x < 5)", "x > 1", "x < 5"]),
        ("object.l.exists_one(x, x > 1)", ["object.l.exists_one(x, x > 1)", "x > 1"]),
        ("object.l.filter(x, x > 1).size() == 0", ["object.l.filter(x, x > 1).size() == 0", "x > 1"]),
        (
            "object.l.map(x, x > 1, x ? 1 : 2).size() == 0",
            ["object.l.map(x, x > 1, x ? 1 : 2).size() == 0", "x > 1", "x"]
        ),
        (
            "object.l.transformList(i, x, x > 1, x).size() == 0",
            ["object.l.transformList(i, x, x > 1, x).size() == 0", "x > 1"]
        ),
        ("[object.a == 1].size() == 1", ["[object.a == 1].size() == 1"]),
    ]

    @Test("are found, without what macros add", arguments: cases)
    func parts(expression: String, parts: [String]) throws {
        var environment = KubernetesEnvironment.base()
        environment.declare("object", .dyn)
        let checked = try CheckedExpression(
            checking: ParsedExpression(parsing: expression, in: environment), in: environment)
        let found = DecisionParts(of: checked).parts
        #expect(found.map(\.text) == parts)
        #expect(!found.contains { !$0.isCondition })
    }

    @Test("a trace keeps every outcome of a loop")
    func seen() throws {
        var environment = KubernetesEnvironment.base()
        environment.declare("object", .dyn)
        let checked = try CheckedExpression(
            checking: ParsedExpression(parsing: "[1, 2, 3].all(x, x < 3)", in: environment), in: environment)
        let predicate = try #require(DecisionParts(of: checked).parts.last)
        let trace = Trace()
        var budget = CostBudget(limit: 1_000)
        let value = try Program(planning: checked, in: environment, traced: true)
            .evaluate(Activation([.null]), budget: &budget, trace: trace)
        #expect(value.boolValue == false)
        #expect(trace.seen[predicate.id] == [.isTrue, .isFalse])
        #expect(trace.seen[checked.tree.root] == .isFalse)
    }
}
