import CEL
import KubernetesCEL
import Testing
import Values

/// Compiles and evaluates expressions over one small object.
private struct Evaluation {
    var value: Value?
    var error: EvaluationError?
    var cost: UInt64
    var checked: CheckedExpression
    var environment: Environment
    var activation: Activation

    init(_ text: String, object: Document = sample) throws {
        var environment = KubernetesEnvironment.base()
        AdmissionVariables.declare(in: &environment, hasParams: false, hasAuthorizer: false)
        checked = try CheckedExpression(
            checking: try ParsedExpression(parsing: text, in: environment), in: environment)
        let program = try Program(planning: checked, in: environment)
        activation = Activation(environment.variables.map { $0.name == "object" ? Value(object.root) : .null })
        var budget = CostBudget(limit: 1_000_000)
        do throws(EvaluationError) {
            value = try program.evaluate(activation, budget: &budget)
        } catch {
            self.error = error
        }
        cost = budget.used
        self.environment = environment
    }

    /// The part of the text that an error or an explanation points at.
    func text(at span: SourceSpan) -> String {
        String(decoding: Array(checked.text.utf8)[Int(span.start)..<Int(span.end)], as: UTF8.self)
    }

    /// `{"name":"web","labels":{"app":"web"},"replicas":3,"items":[{"n":1},{"n":2,"tag":"x"}]}`
    static let sample: Document = {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        builder.appendKey("name")
        builder.append("web")
        builder.appendKey("labels")
        builder.beginMap()
        builder.appendKey("app")
        builder.append("web")
        builder.endMap()
        builder.appendKey("replicas")
        builder.append(Int64(3))
        builder.appendKey("items")
        builder.beginList()
        for (number, tag) in [(Int64(1), nil), (2, "x")] as [(Int64, String?)] {
            builder.beginMap()
            builder.appendKey("n")
            builder.append(number)
            if let tag {
                builder.appendKey("tag")
                builder.append(tag)
            }
            builder.endMap()
        }
        builder.endList()
        builder.endMap()
        return builder.finish()
    }()
}

@Suite struct EvaluatorTests {
    @Test(
        "evaluates to true",
        arguments: [
            "object.name == 'web' && object.replicas + 1 == 4",
            "object.items.all(i, i.n > 0) && object.items.exists(i, has(i.tag))",
            "object.items.filter(i, has(i.tag)).map(i, i.tag) == ['x']",
            "object.items.exists_one(i, i.n == 2)",
            "object.?missing.?deeper.orValue('none') == 'none'",
            "object.labels['app'] == 'web' && 'app' in object.labels && !('zone' in object.labels)",
            "object.items.transformMap(i, v, string(i) + '=' + string(v.n)) == {0: '0=1', 1: '1=2'}",
            "(object.replicas > 2 ? object.labels : object).app == 'web'",
            "object.items[object.replicas - 2].tag == 'x'",
            "dyn(1) == 1.0 && dyn(1u) == 1 && 2 in [1, 2, 3]",
            "object.missing == 1 || true",
            "true || object.missing == 1",
            "timestamp('2026-01-01T00:00:00Z') + duration('1h') == timestamp('2026-01-01T01:00:00Z')",
            "'é' + 'e\u{301}' != 'éé'",
            "type(object.items) == list && type(object) == map",
            "{'a': 1, 'b': 2}.all(k, k in ['a', 'b'])",
            "[1, 2] + [3] == [1, 2, 3] && size('héllo') == 5",
            "optional.of(object.labels).app == optional.of('web')",
        ])
    func evaluatesToTrue(_ text: String) throws {
        let evaluation = try Evaluation(text)
        #expect(evaluation.error == nil, "\(evaluation.error?.message ?? "")")
        #expect(evaluation.value?.boolValue == true)
    }

    @Test(
        "fails at the right place with the right error",
        arguments: [
            ("object.items.all(i, i.resorces == 1)", "no such key: resorces", "i.resorces"),
            ("1 / (object.replicas - 3) == 1", "division by zero", "1 / (object.replicas - 3)"),
            ("object.items[5].n == 1", "index out of bounds: 5", "object.items[5]"),
            ("object.name + 1 == 2", "no such overload", "object.name + 1"),
            ("9223372036854775807 + object.replicas == 0", "integer overflow", "9223372036854775807 + object.replicas"),
            ("object.labels.zone == 'a'", "no such key: zone", "object.labels.zone"),
        ])
    func failsInPlace(_ text: String, message: String, place: String) throws {
        let evaluation = try Evaluation(text)
        let error = try #require(evaluation.error)
        #expect(error.message == message)
        #expect(evaluation.text(at: evaluation.checked.tree.span(of: error.expression)) == place)
    }

    @Test(
        "counts cost as Kubernetes does",
        arguments: [
            ("object.name == 'web'", 3), ("has(object.name)", 1), ("object.items.all(i, i.n > 0)", 15),
            ("[1, 2, 3].filter(x, x % 2 == 1)", 36), ("has(object.name) ? object.name : 'x'", 2),
            ("object.replicas in [1, 2, 3]", 2), ("object.name.startsWith('w')", 3),
        ] as [(String, UInt64)])
    func cost(_ text: String, expected: UInt64) throws {
        #expect(try Evaluation(text).cost == expected)
    }

    @Test("stops at the cost limit, whatever is around it")
    func costLimit() throws {
        let loop = "lists.range(1000).all(x, lists.range(1000).all(y, x + y >= 0))"
        for text in [loop, "\(loop) || true", "[1].map(i, \(loop))[0]"] {
            let evaluation = try Evaluation(text)
            #expect(evaluation.error?.code == .costLimit)
            #expect(evaluation.cost == 1_000_001)
        }
    }

    @Test("gives the same from many threads at once")
    func threads() async throws {
        let evaluation = try Evaluation("object.items.filter(i, i.n > 0).map(i, string(i.n)).join(',') == '1,2'")
        let program = try Program(planning: evaluation.checked, in: evaluation.environment)
        let root = Evaluation.sample.root
        let names = evaluation.environment.variables.map(\.name)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    (0..<500).allSatisfy { _ in
                        let activation = Activation(names.map { $0 == "object" ? Value(root) : .null })
                        var budget = CostBudget(limit: 1_000_000)
                        return (try? program.evaluate(activation, budget: &budget))?.boolValue == true
                    }
                }
            }
            for await result in group { #expect(result) }
        }
    }

    @Test("finds keys and elements of large containers however often they are asked for")
    func largeContainers() throws {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        builder.appendKey("data")
        builder.beginMap()
        for number in 0..<5000 {
            builder.appendKey("key-\(number)")
            builder.append(Int64(number))
        }
        builder.endMap()
        builder.appendKey("list")
        builder.beginList()
        for number in 0..<5000 { builder.append(Int64(number)) }
        builder.endList()
        builder.endMap()
        let document = builder.finish()
        let evaluation = try Evaluation(
            "object.data.all(k, object.data[k] >= 0) && lists.range(5000).all(i, object.list[i] == i) "
                + "&& !('key-5000' in object.data)", object: document)
        #expect(evaluation.error == nil)
        #expect(evaluation.value?.boolValue == true)
    }

    @Test("a value stays small: it is copied at every step")
    func valueSize() {
        #expect(MemoryLayout<Value>.size <= 24)
    }
}

@Suite struct DecidingPartTests {
    @Test(
        "names the part that decided and the place in the object",
        arguments: [
            ("object.replicas > 1 && object.name == 'api'", "object.name == 'api'", "name"),
            ("object.name != 'web' || object.replicas > 5", "object.replicas > 5", "replicas"),
            ("!(object.labels.app == 'web')", "(object.labels.app == 'web')", "labels.app"),
            ("object.items.all(i, has(i.tag))", "has(i.tag)", "items[0]"),
            ("object.items.all(i, i.n < 2 && i.n > 0)", "i.n < 2", "items[1].n"),
            ("object.name == 'web' ? object.replicas == 1 : true", "object.replicas == 1", "replicas"),
            ("object.items.exists(i, i.n == 7)", "object.items.exists(i, i.n == 7)", "items"),
            ("has(object.labels.zone)", "has(object.labels.zone)", "labels"),
            ("object.labels.zone == 'a'", "object.labels.zone", "labels"),
            ("object.items.all(i, i.n > 1 || i.limits.cpu == 1)", "i.limits", "items[0]"),
        ])
    func decides(_ text: String, part: String, path: String) throws {
        let evaluation = try Evaluation(text)
        #expect(evaluation.value?.boolValue != true)
        let deciding = try #require(
            DecidingPart(of: evaluation.checked, in: evaluation.environment, evaluation.activation))
        #expect(deciding.text == part)
        let place = try #require(deciding.place)
        #expect(Evaluation.sample.root.fieldPath(to: place) == path)
    }

    @Test("shows the values that the part looked at")
    func operands() throws {
        let evaluation = try Evaluation("object.replicas < object.items.size()")
        let deciding = try #require(
            DecidingPart(of: evaluation.checked, in: evaluation.environment, evaluation.activation))
        #expect(deciding.operands.map(\.text) == ["object.replicas", "object.items"])
    }
}

@Suite struct DecidingVariableTests {
    @Test("follows a decision into the variable that it rests on")
    func followsVariables() throws {
        var environment = KubernetesEnvironment.base()
        AdmissionVariables.declare(in: &environment, hasParams: false, hasAuthorizer: false)
        environment.composed = Environment.Composed(variable: "variables")
        var variables: [CheckedExpression?] = []
        var programs: [Result<Program, CompileError>] = []
        for (name, text) in [("app", "object.labels.app"), ("known", "object.replicas > 1 && variables.app == 'api'")] {
            let checked = try CheckedExpression(
                checking: try ParsedExpression(parsing: text, in: environment), in: environment)
            variables.append(checked)
            programs.append(.success(try Program(planning: checked, in: environment)))
            environment.composed?.fields.append((name, checked.type))
        }
        let checked = try CheckedExpression(
            checking: try ParsedExpression(parsing: "object.name == '' || variables.known", in: environment),
            in: environment)
        let activation = Activation(
            environment.variables.map { $0.name == "object" ? Value(Evaluation.sample.root) : .null },
            composed: ComposedVariables(programs, limit: 1_000_000))
        let deciding = try #require(
            DecidingPart(of: checked, in: environment, activation, variables: variables))
        #expect(deciding.variable == 1)
        #expect(deciding.text == "variables.app == 'api'")
        let place = try #require(deciding.place)
        #expect(Evaluation.sample.root.fieldPath(to: place) == "labels.app")
    }
}
