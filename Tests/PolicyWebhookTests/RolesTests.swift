import Documents
import Foundation
import KubernetesAPI
import Testing
import Values

@testable import PolicyWebhook

/// The roles under deploy/ allow what the server asks for, and nothing else.
@Suite struct RolesTests {
    private struct Rule: Hashable {
        var group: String
        var resource: String
        var verbs: Set<String>
        var names: Set<String>
    }

    private func rules(_ component: String) throws -> [Rule] {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let file = try FileReader.read(path: root.appending(path: "deploy/components/\(component)/rbac.yaml").path)
        var stream = ManifestStream(file)
        var found: [Rule] = []
        while let node = try stream.next() {
            func texts(_ node: Node?) -> [String] { node?.elements.compactMap(\.string) ?? [] }
            for rule in node["rules"]?.elements.map({ $0 }) ?? [] {
                for group in texts(rule["apiGroups"]) {
                    for resource in texts(rule["resources"]) {
                        found.append(
                            Rule(
                                group: group, resource: resource, verbs: Set(texts(rule["verbs"])),
                                names: Set(texts(rule["resourceNames"]))))
                    }
                }
            }
        }
        return found
    }

    private func plural(_ kind: String) -> String {
        let lowered = kind.lowercased()
        return lowered.hasSuffix("y") ? lowered.dropLast() + "ies" : lowered + "s"
    }

    @Test("every kind that policies are read from may be listed and watched")
    func policies() throws {
        let rules = try rules("policies-from-api")
        for kind in ClusterObjects.policyKinds {
            let expected = Rule(group: kind.group, resource: plural(kind.kind), verbs: ["list", "watch"], names: [])
            #expect(rules.contains(expected), "\(expected)")
        }
        #expect(rules.allSatisfy { $0.verbs == ["list", "watch"] })
    }

    @Test("PolicyExceptions, and nothing else")
    func exceptions() throws {
        let kind = ClusterObjects.exceptionKind
        let expected = Rule(group: kind.group, resource: plural(kind.kind), verbs: ["list", "watch"], names: [])
        #expect(try rules("exceptions-from-api") == [expected])
    }

    @Test("Namespaces, and nothing else")
    func namespaces() throws {
        #expect(
            try rules("kubernetes-api")
                == [Rule(group: "", resource: "namespaces", verbs: ["get", "list", "watch"], names: [])])
    }

    @Test("one Secret, and the webhook configurations of one name")
    func selfSigned() throws {
        let identity = ServiceIdentity(
            service: "policy-webhook", namespace: "guardrail-system", configurations: ["guardrail"])
        var expected: Set<Rule> = [
            Rule(group: "", resource: "secrets", verbs: ["create"], names: []),
            Rule(group: "", resource: "secrets", verbs: ["get", "update"], names: [identity.secret]),
        ]
        for definition in CertificateKeeper.definitions(identity) {
            #expect(definition.selection.fields == "metadata.name=guardrail")
            expected.insert(
                Rule(
                    group: definition.kind.group, resource: plural(definition.kind.kind),
                    verbs: ["list", "watch", "patch"], names: ["guardrail"]))
        }
        #expect(try Set(rules("self-signed")) == expected)
    }
}
