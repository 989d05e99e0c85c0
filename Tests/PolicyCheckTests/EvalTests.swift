import Foundation
import Testing

@Suite struct EvalTests {
    @Test(
        "prints values as JSON",
        arguments: [
            (["1 + 2"], "3"), (["'a' + \"b\""], "\"ab\""), (["[dyn(1), dyn(2u), dyn(1.5)]"], "[\n  1,\n  2,\n  1.5\n]"),
            (["{'a': null}"], "{\n  \"a\": null\n}"), (["b'hi'"], "\"aGk=\""),
            (["timestamp('2024-02-29T00:00:00Z') + duration('90m')"], "\"2024-02-29T01:30:00Z\""),
            (["duration('90m')"], "\"5400s\""), (["quantity('1.5Gi').add(quantity('512Mi'))"], "\"2Gi\""),
            (["type(1)"], "\"int\""), (["object"], "null"), (["{'a': 1}.?b"], "null"),
            (["x + y", "--var", "x=1", "--var", "y=2"], "3"),
            (["object.a.b", "--var", "object={\"a\": {\"b\": [true]}}"], "[\n  true\n]"),
            (["1 + 1", "-v"], "2\ntype: int\ncost: 1"),
            (["base64.encode(b'x')", "--environment", "everything"], "\"eA==\""),
        ])
    func values(_ arguments: [String], _ expected: String) throws {
        let run = try CommandRun(["eval"] + arguments)
        #expect(run.output == expected + "\n")
        #expect(run.status == 0 && run.errors.isEmpty)
    }

    @Test("evaluates once for each object of a file")
    func file() throws {
        let manifests = "kind: A\nsize: 1\n---\nkind: List\nitems: [{kind: B, size: 2}, {kind: C, size: 3}]\n"
        let run = try CommandRun(["eval", "object.size", "-"], input: manifests)
        #expect(run.output == "1\n2\n3\n" && run.status == 0)
    }

    @Test("gives the request of a recorded AdmissionReview")
    func review() throws {
        let review = """
            {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview",
             "request": {"uid": "1", "operation": "UPDATE", "object": {"n": 2}, "oldObject": {"n": 1}}}
            """
        let expression = "object.n > oldObject.n && request.operation == 'UPDATE'"
        let run = try CommandRun(["eval", expression, "-"], input: review)
        #expect(run.output == "true\n" && run.status == 0)
    }

    @Test(
        "marks the place of an error and exits with 3",
        arguments: [
            ("object.spec.x", "error[cel-evaluation]"), ("1 +", "error[cel-syntax]"),
            ("objct.a", "error[cel-undeclared-reference]"), ("1 + 'a'", "error["),
        ])
    func errors(_ expression: String, _ start: String) throws {
        let run = try CommandRun(["eval", expression])
        #expect(run.status == 3 && run.output.isEmpty)
        #expect(run.errors.hasPrefix(start))
        #expect(run.errors.contains("--> <expression>:1:") && run.errors.contains("^"))
    }

    @Test(
        "refuses what it cannot take with exit code 2",
        arguments: [
            [], ["1", "--var", "x"], ["1", "--var", "1x=1"], ["1", "--var", "x={"], ["1", "--var", "x=@none.json"],
            ["1", "missing.yaml"], ["--jsonl", "1"], ["1", "--kubernetes-version", "0.9"],
            ["1", "--environment", "go"],
        ])
    func usage(_ arguments: [String]) throws {
        let run = try CommandRun(["eval"] + arguments)
        #expect(run.status == 2 && run.output.isEmpty && !run.errors.isEmpty)
    }

    @Test("prints tagged results line by line")
    func lines() throws {
        let input = """
            {"id": "a", "expr": "object.n + 1", "vars": {"object": {"n": 1}}}

            {"expr": "x == 2u", "bindings": {"x": {"uint64": "2"}}}
            {"expr": "[dyn(duration('1500ms')), dyn(timestamp(0))]"}
            {"expr": "1 / 0"}
            {"expr": "1 +"}
            {"expr": "authorizer.group('').resource('pods').check('get').allowed()", "authz": [{"decision": "allow"}]}
            """
        let run = try CommandRun(["eval", "--jsonl"], input: input)
        #expect(run.status == 0 && run.errors.isEmpty)
        let lines = run.output.split(separator: "\n").map(String.init)
        #expect(lines.count == 6)
        #expect(lines[0] == #"{"id":"a","result":{"int64":"2"},"type":"int","cost":3}"#)
        #expect(lines[1] == #"{"result":{"bool":true},"type":"bool","cost":2}"#)
        #expect(lines[2].contains(#"{"list":[{"duration":"1.500s"},{"timestamp":"1970-01-01T00:00:00Z"}]}"#))
        #expect(lines[3].contains(#""evalError":"division by zero""#))
        #expect(lines[4].contains(#""compileError":"#) && lines[4].contains(#""issues":[{"id":"cel-syntax","line":1,"#))
        #expect(lines[5].contains(#""result":{"bool":true}"#))
    }

    @Test("says which line is wrong")
    func wrongLine() throws {
        let run = try CommandRun(["eval", "--jsonl"], input: "{\"expr\":\"1\"}\n{\"exp\":1}\n")
        #expect(run.status == 2 && run.output.hasPrefix("{\"result\""))
        #expect(run.errors.contains("line 2"))
    }
}
