import Diagnostics
import PolicyEngine
import Testing

@Suite("Reading Gatekeeper's templates and constraints") struct LoadingTests {
    private static let rego = """
        apiVersion: templates.gatekeeper.sh/v1beta1
        kind: ConstraintTemplate
        metadata: {name: requiredlabels}
        spec:
          crd: {spec: {names: {kind: RequiredLabels}}}
          targets:
          - target: admission.k8s.gatekeeper.sh
            rego: |
              package requiredlabels
              violation[{"msg": "no"}] { true }
        """
    private static let regoCode = """
        apiVersion: templates.gatekeeper.sh/v1
        kind: ConstraintTemplate
        metadata: {name: requiredlabels}
        spec:
          crd: {spec: {names: {kind: RequiredLabels}}}
          targets:
          - target: admission.k8s.gatekeeper.sh
            code: [{engine: Rego, source: {rego: package x}}]
        """

    private static func kind(_ apiVersion: String, _ kind: String) -> String {
        "{apiVersion: \(apiVersion), kind: \(kind), metadata: {name: x}}"
    }

    /// - at: the text at the place of the last diagnostic.
    static let problems: [(documents: [String], ids: [String], at: String)] = [
        ([rego, GatekeeperFixture.constraint()], ["gatekeeper-rego"], "|"),
        ([regoCode], ["gatekeeper-rego"], "Rego, source"),
        ([GatekeeperFixture.constraint()], ["gatekeeper-no-template"], "RequiredLabels"),
        ([GatekeeperFixture.template()], ["gatekeeper-no-constraint"], "requiredlabels}"),
        (
            [
                GatekeeperFixture.template("validations: [{expression: 'objct.x == 1'}]"),
                GatekeeperFixture.constraint(),
            ],
            ["cel-undeclared-reference"], "objct.x"
        ),
        // Parameters have a name of their own.
        (
            [
                GatekeeperFixture.template("validations: [{expression: 'params.spec == 1'}]"),
                GatekeeperFixture.constraint(),
            ], ["cel-undeclared-reference"], "params.spec"
        ),
        (
            [
                GatekeeperFixture.template("validations: [{expression: 'authorizer != null'}]"),
                GatekeeperFixture.constraint(),
            ], ["cel-undeclared-reference"], "authorizer"
        ),
        (
            [
                GatekeeperFixture.template("validations: [{expression: 'true'}], matchConditions: []"),
                GatekeeperFixture.constraint(),
            ], ["field-unknown"], "matchConditions"
        ),
        (
            [
                GatekeeperFixture.template(
                    "variables: [{name: anyObject, expression: 'object'}], validations: [{expression: 'true'}]"),
                GatekeeperFixture.constraint(),
            ], ["field-forbidden"], "'object'"
        ),
        (
            [
                GatekeeperFixture.template().replacing("name: requiredlabels", with: "name: other"),
                GatekeeperFixture.constraint(),
            ], ["field-invalid"], "other"
        ),
        (
            [GatekeeperFixture.template(), GatekeeperFixture.constraint("parameters: {labels: [1]}")],
            ["constraint-parameter"], "1]"
        ),
        (
            [GatekeeperFixture.template(), GatekeeperFixture.constraint("parameters: {mode: strict}")],
            ["constraint-parameter"], "{mode"
        ),
        (
            [GatekeeperFixture.template(), GatekeeperFixture.constraint("parameters: {labels: [], mode: string}")],
            ["constraint-parameter"], "string}"
        ),
        (
            [GatekeeperFixture.template(), GatekeeperFixture.constraint("parameters: {labels: [], lables: []}")],
            ["constraint-parameter-unknown"], "lables"
        ),
        (
            [
                GatekeeperFixture.template(),
                GatekeeperFixture.constraint("enforcementAction: dry-run, parameters: {labels: []}"),
            ], ["field-not-supported"], "dry-run"
        ),
        (
            [
                GatekeeperFixture.template(),
                GatekeeperFixture.constraint("match: {namespaces: [a*b]}, parameters: {labels: []}"),
            ], ["field-invalid"], "a*b"
        ),
        (
            [
                GatekeeperFixture.template(),
                GatekeeperFixture.constraint("match: {kind: [Pod]}, parameters: {labels: []}"),
            ], ["field-unknown"], "kind: [Pod]"
        ),
        (
            [GatekeeperFixture.template(), GatekeeperFixture.constraint(), GatekeeperFixture.constraint()],
            ["gatekeeper-duplicate-name"], "team}"
        ),
        ([kind("mutations.gatekeeper.sh/v1", "Assign")], ["gatekeeper-kind"], "Assign"),
        ([kind("expansion.gatekeeper.sh/v1beta1", "ExpansionTemplate")], ["gatekeeper-kind"], "ExpansionTemplate"),
        ([kind("config.gatekeeper.sh/v1alpha1", "Config")], ["gatekeeper-kind"], "Config"),
        (
            [kind("templates.gatekeeper.sh/v2", "ConstraintTemplate")], ["gatekeeper-version"],
            "templates.gatekeeper.sh/v2"
        ),
    ]

    @Test("says what is wrong and where", arguments: problems)
    func problem(documents: [String], ids: [String], at: String) throws {
        let (_, log) = GatekeeperFixture.load(documents.joined(separator: "\n---\n"))
        #expect(log.diagnostics.filter { $0.id != "gatekeeper-no-constraint" || ids.contains($0.id) }.map(\.id) == ids)
        let last = try #require(log.diagnostics.first { $0.id == ids.last })
        let start = try #require(last.range?.start)
        let line = try #require(last.file).line(Int(start.line))
        #expect(line.dropFirst(Int(start.column) - 1).hasPrefix(at), "\(last.message): \(line)")
    }

    @Test("an unusable template leaves no constraint in force and is told once")
    func noSilentPass() {
        let (set, log) = GatekeeperFixture.load(Self.rego, GatekeeperFixture.constraint())
        #expect(set == nil)
        #expect(log.diagnostics.count == 1)
        #expect(log.diagnostics.first?.message == "`spec.targets[0].rego`: policies in Rego are not supported yet")
    }

    @Test("of several engines the one for CEL is taken, as Gatekeeper does")
    func engines() {
        let both = GatekeeperFixture.template().replacing(
            "code: [", with: "code: [{engine: Rego, source: {rego: package x}}, ")
        let (set, log) = GatekeeperFixture.load(both, GatekeeperFixture.constraint())
        #expect(log.diagnostics.isEmpty, "\(log.diagnostics.map(\.message))")
        #expect(set?.policies.count == 1)
    }
}
