import Diagnostics
import Testing

@Suite("Findings about policies in other languages")
struct OtherLanguagesTests {
    private static let rules = """
        resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
        """

    private func kyverno(_ kind: String, _ spec: String) -> String {
        """
        apiVersion: policies.kyverno.io/v1
        kind: \(kind)
        metadata: {name: p}
        spec:
          matchConstraints: {\(Self.rules)}
        \(spec.split(separator: "\n", omittingEmptySubsequences: false).map { "  \($0)" }.joined(separator: "\n"))
        """
    }

    @Test("are made of mutating policies of Kyverno")
    func mutating() {
        let linted = Linted(
            kyverno(
                "MutatingPolicy",
                """
                matchConditions:
                - {name: c, expression: object.spec.hostNetwrk == true}
                variables:
                - {name: used, expression: "'x'"}
                - {name: spare, expression: object.metadata.labels.app}
                mutations:
                - patchType: JSONPatch
                  jsonPatch:
                    expression: "[JSONPatch{op: 'add', path: '/metadata/labels/a', value: variables.used}]"
                """))
        #expect(linted.diagnostics.map(\.message) == [])
        #expect(
            linted.summary == [
                "lint-undefined-field 7:38 undefined field `hostNetwrk` of `core.v1.PodSpec`",
                "lint-unused-variable 10:12 nothing uses the variable `spare`",
            ])
    }

    @Test("are made of policies about images, whose extractors use variables too")
    func images() {
        let linted = Linted(
            kyverno(
                "ImageValidatingPolicy",
                """
                variables:
                - {name: own, expression: 'object.spec.containers.map(c, c.image)'}
                images:
                - {name: mine, expression: variables.own}
                attestors:
                - {name: a, cosign: {keyless: {identities: [{issuer: i, subject: s}]}}}
                validations:
                - {expression: images.mine.size() == object.spec.containerz.size(), message: m}
                """))
        #expect(linted.diagnostics.map(\.message) == [])
        #expect(
            linted.summary == ["lint-undefined-field 13:51 undefined field `containerz` of `core.v1.PodSpec`"])
    }

    @Test("are made of policies about other servers' requests, by their own types")
    func requests() {
        let linted = Linted(
            """
            apiVersion: policies.kyverno.io/v1
            kind: ValidatingPolicy
            metadata: {name: p}
            spec:
              evaluation: {mode: Envoy}
              variables:
              - {name: token, expression: 'object.attributes.request.http.headers[?"a"].orValue("")'}
              - {name: spare, expression: object.attributes.source.principal}
              validations:
              - expression: >-
                  variables.token == "" ? envoy.Denied(401).Response() : null
              - expression: envoy.Allowed().Response()
            """)
        #expect(linted.summary == ["lint-unused-variable 8:12 nothing uses the variable `spare`"])
    }

    private static func template(_ expression: String) -> String {
        """
        apiVersion: templates.gatekeeper.sh/v1
        kind: ConstraintTemplate
        metadata: {name: k8stest}
        spec:
          crd: {spec: {names: {kind: K8sTest}}}
          targets:
          - target: admission.k8s.gatekeeper.sh
            code:
            - engine: K8sNativeValidation
              source:
                variables:
                - {name: spare, expression: variables.anyObject.spec}
                validations:
                - expression: \(expression)
                  message: m
        """
    }

    private static func constraint(_ name: String, _ kinds: String) -> String {
        """
        ---
        apiVersion: constraints.gatekeeper.sh/v1beta1
        kind: K8sTest
        metadata: {name: \(name)}
        spec:
          match: {kinds: [\(kinds)]}

        """
    }

    @Test("are made of templates, once for all of their constraints")
    func gatekeeper() {
        let text =
            Self.template("'!object.spec.hostNetwrk'") + "\n"
            + Self.constraint("a", "{apiGroups: [''], kinds: [Pod]}")
            + Self.constraint("b", "{apiGroups: [''], kinds: [Pod]}")
        let linted = Linted(text)
        #expect(linted.diagnostics.map(\.message) == [])
        #expect(
            linted.summary == [
                "lint-unused-variable 12:37 nothing uses the variable `spare`",
                "lint-undefined-field 14:36 undefined field `hostNetwrk` of `core.v1.PodSpec`",
            ])
    }

    @Test("say nothing of types where a constraint is about any kind")
    func anyKind() {
        let linted = Linted(
            Self.template("'!object.spec.hostNetwrk && variables.spare != null'") + "\n"
                + Self.constraint("a", "{apiGroups: ['*'], kinds: ['*']}"))
        #expect(!linted.summary.contains { $0.contains("undefined") }, "\(linted.summary)")
        #expect(!linted.summary.contains { $0.contains("unused") }, "\(linted.summary)")
    }
}
