import Admission
import Diagnostics
import Documents
import PolicyEngine
import Testing
import Values

@Suite("Mutations of custom resources")
struct CustomMergeTests {
    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: gates.example.com}
        spec:
          group: example.com
          scope: Namespaced
          names: {kind: Gate, plural: gates}
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    properties:
                      routes:
                        type: array
                        x-kubernetes-list-type: map
                        x-kubernetes-list-map-keys: [host, port]
                        items:
                          type: object
                          required: [host]
                          properties:
                            host: {type: string}
                            port: {type: integer, default: 80}
                            weight: {type: integer}
                      names:
                        type: array
                        x-kubernetes-list-type: set
                        items: {type: string}
                      order:
                        type: array
                        items: {type: string}
        """

    private static let gate = """
        apiVersion: example.com/v1
        kind: Gate
        metadata: {name: g, namespace: default}
        spec:
          routes:
          - {host: a, port: 80, weight: 1}
          - {host: a, port: 443}
          names: [u, v]
          order: [one]
        """

    private static let rules = """
        resourceRules: [{apiGroups: [example.com], apiVersions: [v1], operations: [CREATE], resources: [gates]}]
        """

    private static func policy(_ language: String, _ expression: String) -> String {
        let mutations = """
            mutations:
            - patchType: ApplyConfiguration
              applyConfiguration:
                expression: >-
                  \(expression)
            """.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n")
        guard language == "Kubernetes" else {
            return """
                apiVersion: policies.kyverno.io/v1
                kind: MutatingPolicy
                metadata: {name: p}
                spec:
                  matchConstraints: {\(rules)}
                \(mutations)
                """
        }
        return """
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicy
            metadata: {name: p}
            spec:
              matchConstraints: {\(rules)}
              reinvocationPolicy: Never
            \(mutations)
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: MutatingAdmissionPolicyBinding
            metadata: {name: b}
            spec: {policyName: p}
            """
    }

    private func mutate(_ language: String, _ expression: String, knows: Bool = true) throws -> MutationVerdict {
        let (set, log) = try Support.load(
            Self.policy(language, expression), context: knows ? Self.definition : "")
        return try #require(set, "\(log.diagnostics.map(\.message))").mutate(try Support.request(Self.gate))
    }

    private static func apply(_ field: String) -> String { "Object{spec: Object.spec{\(field)}}" }

    private static let languages = ["Kubernetes", "Kyverno"]

    @Test("merge lists by the keys that the definition names", arguments: languages)
    func keys(language: String) throws {
        let verdict = try mutate(
            language,
            Self.apply(
                "routes: [Object.spec.routes{host: 'a', port: 443, weight: 9}, Object.spec.routes{host: 'b', port: 80}]"
            ))
        #expect(verdict.isAllowed, "\(verdict.status?.message ?? "")")
        #expect(
            text(verdict.object?["spec"]?["routes"])
                == #"[{"host":"a","port":80,"weight":1},{"host":"a","port":443,"weight":9},{"host":"b","port":80}]"#)
    }

    @Test("add to sets what they lack", arguments: languages)
    func sets(language: String) throws {
        let verdict = try mutate(language, Self.apply("names: ['v', 'w']"))
        #expect(text(verdict.object?["spec"]?["names"]) == #"["u","v","w"]"#)
    }

    @Test("do not touch what cannot be merged", arguments: languages)
    func atomic(language: String) throws {
        let verdict = try mutate(language, Self.apply("order: ['two']"))
        #expect(!verdict.isAllowed)
        #expect(verdict.status?.message.contains("may not mutate atomic arrays, maps or structs: .spec.order") ?? false)
    }

    @Test("are undecided without the definition", arguments: languages)
    func unknown(language: String) throws {
        let verdict = try mutate(language, Self.apply("names: ['z']"), knows: false)
        #expect(!verdict.isAllowed)
        let message = verdict.status?.message ?? ""
        #expect(message.contains("undecided: needs the schema of `") && message.contains("Gate"), "\(message)")
    }

    private func text(_ node: Node?) -> String {
        node.map { String(decoding: JSONWriter(sortsKeys: true).write($0), as: UTF8.self) } ?? ""
    }
}
