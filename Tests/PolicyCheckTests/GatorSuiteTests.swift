import Foundation
import Testing

@Suite("policy-check test with gator's suites")
struct GatorSuiteTests {
    private static let template = """
        apiVersion: templates.gatekeeper.sh/v1
        kind: ConstraintTemplate
        metadata: {name: imagetags}
        spec:
          crd:
            spec:
              names: {kind: ImageTags}
              validation:
                openAPIV3Schema:
                  type: object
                  properties: {tags: {type: array, items: {type: string}}}
          targets:
          - target: admission.k8s.gatekeeper.sh
            code:
            - engine: K8sNativeValidation
              source:
                variables:
                - {name: images, expression: 'variables.anyObject.spec.containers.map(c, c.image)'}
                validations:
                - expression: variables.images.all(i, i.contains(':'))
                  message: images need a tag
                - expression: "!variables.images.exists(i, variables.params.tags.exists(t, i.endsWith(':' + t)))"
                  messageExpression: "'a tag of ' + variables.params.tags.join(', ')"
        """
    private static let constraint = """
        apiVersion: constraints.gatekeeper.sh/v1beta1
        kind: ImageTags
        metadata: {name: tags}
        spec:
          enforcementAction: dryrun
          match: {kinds: [{apiGroups: [""], kinds: [Pod]}], namespaces: [shop]}
          parameters: {tags: [latest, dev]}
        """

    private static func pod(_ image: String, _ metadata: String = "name: p") -> String {
        "{apiVersion: v1, kind: Pod, metadata: {\(metadata)}, spec: {containers: [{name: a, image: \"\(image)\"}]}}"
    }

    private func project(_ tests: String) throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(Self.template, to: "template.yaml")
        try directory.write(Self.constraint, to: "constraint.yaml")
        try directory.write(Self.pod("nginx:1"), to: "samples/good.yaml")
        try directory.write(Self.pod("nginx"), to: "samples/untagged.yaml")
        try directory.write(Self.pod("nginx:latest"), to: "samples/latest.yaml")
        try directory.write(Self.pod("nginx", "name: p, namespace: other"), to: "samples/elsewhere.yaml")
        try directory.write(
            """
            apiVersion: admission.k8s.io/v1
            kind: AdmissionReview
            request:
              operation: DELETE
              userInfo: {username: alice}
              oldObject: \(Self.pod("nginx", "name: p, namespace: shop"))
            """, to: "samples/deletion.yaml")
        try directory.write(
            "apiVersion: test.gatekeeper.sh/v1alpha1\nkind: Suite\nmetadata: {name: s}\ntests:\n\(tests)",
            to: "suite.yaml")
        return directory
    }

    private func run(_ tests: String, _ arguments: String...) throws -> CommandRun {
        let directory = try project(tests)
        return try CommandRun(["test", "."] + arguments, environment: ["CI": ""], in: directory.url)
    }

    private static func test(_ cases: String) -> String {
        "- name: tags\n  template: template.yaml\n  constraint: constraint.yaml\n  cases:\n\(cases)"
    }

    private static let holding = test(
        """
          - {name: good, object: samples/good.yaml, assertions: [{violations: no}]}
          - {name: untagged, object: samples/untagged.yaml, assertions: [{violations: yes, message: "^images"}]}
          - name: latest
            object: samples/latest.yaml
            assertions:
            - violations: 1
            - {violations: 1, message: latest.*dev}
            - {violations: 0, message: images need}
            - message: a tag of
          - {name: deletion, object: samples/deletion.yaml, assertions: [{violations: 1}]}
          - {name: off, object: samples/nope.yaml, skip: true, assertions: [{violations: 1}]}

        """)

    @Test("runs them unchanged, beside other tests")
    func holds() throws {
        let run = try run(Self.holding)
        #expect(run.status == 0, "\(run.output)\(run.errors)")
        #expect(run.output.hasSuffix("ok  1 test, 7 checks: 1 passed\n"))
        #expect(run.errors.isEmpty)
    }

    static let failures: [(item: String, line: String)] = [
        ("{name: a, object: samples/good.yaml, assertions: [{violations: yes}]}", "expected some violation, got 0"),
        ("{name: a, object: samples/latest.yaml, assertions: [{}, {violations: no}]}", "expected no violation, got 1"),
        (
            "{name: a, object: samples/latest.yaml, assertions: [{violations: 2, message: x}]}",
            "expected 2 violations like `x`, got 0, 1 of other words\n        a tag of latest, dev"
        ),
        ("{name: a, object: samples/nope.yaml, assertions: [{violations: no}]}", "samples/nope.yaml` does not exist"),
        ("{name: a, object: suite.yaml, assertions: [{violations: no}]}", "ok   tags a: no violation"),
    ]

    @Test("says which assertion does not hold", arguments: failures)
    func fails(item: String, line: String) throws {
        let run = try run(Self.test("  - \(item)\n"), "-v")
        #expect(run.output.contains(line), "\(run.output)\(run.errors)")
        #expect(run.status == (line.hasPrefix("ok") ? 0 : 1))
    }

    @Test("warns of what gator passes without a judgement")
    func warnings() throws {
        let elsewhere = "  - {name: a, object: samples/elsewhere.yaml, assertions: [{violations: no}]}\n"
        let unmatched = try run(Self.test(elsewhere))
        #expect(unmatched.status == 0)
        #expect(
            unmatched.output.contains("ok   tags a: no violation (only since the constraint is not about the object)"))
        // In `default` the constraint is not about the object; gator judges it all the same.
        let nowhere = "  - {name: a, object: samples/untagged.yaml, assertions: [{violations: yes}]}\n"
        let run = try run(Self.test(nowhere))
        #expect(run.status == 0)
        #expect(run.output.contains("only since gator takes the object as one in no namespace"), "\(run.output)")
    }

    static let invalid: [(tests: String, id: String)] = [
        ("- {name: t, constraint: constraint.yaml, cases: []}", "suite-field-required"),
        (test("  - {name: a, object: samples/good.yaml}\n"), "suite-no-assertions"),
        (test("  - {name: a, assertions: [{violations: no}]}\n"), "suite-field-required"),
        (test("  - {name: a, object: samples/good.yaml, assertions: [{violations: -1}]}\n"), "suite-violations"),
        (test("  - {name: a, object: samples/good.yaml, assertions: [{violations: maybe}]}\n"), "suite-violations"),
        (test("  - {name: a, object: samples/good.yaml, assertions: [{message: '('}]}\n"), "suite-message"),
        ("- 1", "suite-field-type"),
    ]

    @Test("refuses suites that cannot be run", arguments: invalid)
    func refuses(tests: String, id: String) throws {
        let run = try run(tests)
        #expect(run.status == 2, "\(run.output)")
        #expect(run.output.contains("error[\(id)]"), "\(run.output)")
    }

    @Test("unknown fields are warnings, since gator passes over them")
    func unknownFields() throws {
        let item = "  - {name: a, object: samples/good.yaml, skipp: true, assertions: [{violations: no}]}\n"
        let run = try run(Self.test(item))
        #expect(run.status == 0)
        #expect(run.output.contains("warning[suite-field-unknown]: unknown field `skipp`, which gator passes over"))
        #expect(run.output.contains("help: did you mean `skip`?"))
    }

    @Test("a constraint that must not fit its schema")
    func invalidConstraint() throws {
        let tests = """
            - {name: bad, template: template.yaml, constraint: bad.yaml, invalid: true}
            - {name: good, template: template.yaml, constraint: constraint.yaml, invalid: true}

            """
        let directory = try project(tests)
        try directory.write(Self.constraint.replacingOccurrences(of: "[latest, dev]", with: "latest"), to: "bad.yaml")
        let run = try CommandRun(["test"], in: directory.url)
        #expect(run.status == 1)
        #expect(run.output.contains("--- PASS: bad"), "\(run.output)")
        #expect(run.output.contains("expected the constraint not to fit its template's schema, but it does"))
    }

    @Test("templates in Rego are not supported, and say so")
    func rego() throws {
        let directory = try project(Self.holding)
        let rego = Self.template.components(separatedBy: "    code:")[0] + "    rego: package imagetags\n"
        try directory.write(rego, to: "template.yaml")
        let run = try CommandRun(["test"], in: directory.url)
        #expect(run.status == 3)
        #expect(run.output.hasPrefix("--- SKIP: tags (./suite.yaml): not supported: policies in Rego"), "\(run.output)")
    }

    @Test("--run takes TEST//CASE, --update changes counts, --coverage counts the template once")
    func options() throws {
        #expect(try run(Self.holding, "--run", "tags//latest").output.hasSuffix("ok  1 test, 4 checks: 1 passed\n"))
        let wrong =
            "  - name: a\n    object: samples/latest.yaml\n    assertions:\n"
            + "    - violations: no # one\n    - violations: 7\n    - violations: 1\n"
        let directory = try project(Self.test(wrong))
        let update = try CommandRun(["test", "--update"], environment: ["CI": ""], in: directory.url)
        #expect(update.status == 1)
        let text = try String(contentsOf: directory.url.appendingPathComponent("suite.yaml"), encoding: .utf8)
        #expect(text.hasSuffix("    - violations: yes # one\n    - violations: 1\n    - violations: 1\n"), "\(text)")
        let covered = try run(Self.holding, "--coverage")
        #expect(covered.output.contains("imagetags          4/4"), "\(covered.output)")
        #expect(covered.output.hasSuffix("coverage: 100 %, 11 of 11 outcomes\n"), "\(covered.output)")
    }

    @Test("the verdict of check is the suite's")
    func check() throws {
        let directory = try project(Self.holding)
        try directory.write(Self.pod("nginx", "name: p, namespace: shop"), to: "pod.yaml")
        let policies = ["--policy", "template.yaml", "--policy", "constraint.yaml"]
        let run = try CommandRun(["check"] + policies + ["pod.yaml"], in: directory.url)
        // `dryrun` only notes.
        #expect(run.status == 0)
        #expect(run.output.contains("[tags]: images need a tag"), "\(run.output)")
        #expect(run.output.contains("policy: template.yaml:20:23"), "\(run.output)")
    }
}
