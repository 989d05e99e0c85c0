import Diagnostics
import PolicyLint
import Testing

@Suite struct PresenceTests {
    @Test(
        "what a condition tests may be read",
        arguments: [
            "has(object.spec.hostNetwork) && object.spec.hostNetwork == false",
            "object.spec.hostNetwork == false && has(object.spec.hostNetwork)",
            "!has(object.spec.hostNetwork) || object.spec.hostNetwork == false",
            "has(object.spec.hostNetwork) ? object.spec.hostNetwork == false : true",
            "!has(object.spec.hostNetwork) ? true : object.spec.hostNetwork == false",
            "object.spec.?hostNetwork.orValue(false) == false",
            "object.spec.?hostNetwork.orValue(false) == true ? object.spec.hostNetwork == true : true",
            "object.spec.?nodeName.hasValue() && object.spec.nodeName != 'x'",
            "object.spec.?nodeName.orValue('') != '' && object.spec.nodeName.startsWith('n')",
            "object.spec.?nodeName.orValue(null) == null ? true : object.spec.nodeName != 'x'",
            "object.spec.?volumes.orValue([]).size() > 0 ? object.spec.volumes[0].name != 'x' : true",
            "!('nodeName' in object.spec) || object.spec.nodeName != 'x'",
            "!(has(object.spec.nodeName) && object.spec.nodeName == 'x')",
            "has(object.metadata.labels) && 'team' in object.metadata.labels && object.metadata.labels['team'] == 'a'",
            "has(object.metadata.labels) && 'team' in object.metadata.labels && object.metadata.labels.team == 'a'",
            "has(object.metadata.labels) && has(object.metadata.labels.team) && object.metadata.labels.team == 'a'",
            "!has(object.metadata.labels) || object.metadata.labels.all(k, object.metadata.labels[k] != '')",
            "object.spec.containers.all(c, has(c.ports) && c.ports.all(p, !has(p.name) || p.name != 'x'))",
            "object.spec.containers.filter(c, has(c.ports)).all(c, c.ports.size() < 5)",
            "object.spec.containers.all(c, has(c.ports)) && object.spec.containers.all(c, c.ports.size() < 5)",
            "object.spec.containers.all(c, c.image != '' && c.imagePullPolicy != 'Never' && c.name != '')",
            "object.metadata.name != 'x' && object.metadata.namespace != 'x' && object.spec.restartPolicy != 'Never'",
            "oldObject == null || object.metadata.name == oldObject.metadata.name",
            "oldObject != null ? object.metadata.name == oldObject.metadata.name : true",
            "request.operation == 'CREATE' || object.metadata.name == oldObject.metadata.name",
            "request.operation != 'UPDATE' || object.metadata.name == oldObject.metadata.name",
            "!(request.operation in ['UPDATE']) || object.metadata.name == oldObject.metadata.name",
            "object.spec.?securityContext.?runAsUser.orValue(1) != 0",
            "has(object.spec.securityContext.runAsUser) && object.spec.securityContext.runAsUser > 0",
        ])
    func guarded(expression: String) {
        let linted = Linted(expression.validation())
        #expect(linted.diagnostics.isEmpty)
        #expect(linted.summary == [])
    }

    /// `‸` stands before what is found.
    @Test(
        "what no condition tests is found where it is read",
        arguments: [
            ("object.spec‸.hostNetwork == false", "lint-absent-field"),
            ("has(object.spec.nodeName) || object.spec‸.nodeName != 'x'", "lint-absent-field"),
            ("!has(object.spec.nodeName) && object.spec‸.nodeName != 'x'", "lint-absent-field"),
            ("has(object.spec.nodeName) ? true : object.spec‸.nodeName != 'x'", "lint-absent-field"),
            ("has(object.spec‸.affinity.nodeAffinity)", "lint-absent-field"),
            ("object.spec‸.hostNetwork == false && object.spec.hostNetwork != true", "lint-absent-field"),
            ("object.metadata‸.labels['a'] == 'b'", "lint-absent-field"),
            ("has(object.metadata.labels) && object.metadata.labels‸['a'] == 'b'", "lint-absent-key"),
            (
                "object.spec.containers.exists(c, has(c.ports)) && object.spec.containers.all(c, c‸.ports.size() < 5)",
                "lint-absent-field"
            ),
            ("object.metadata.name == ‸oldObject.metadata.name", "lint-null-object"),
            ("request.operation == 'CREATE' && object.metadata.name == ‸oldObject.metadata.name", "lint-null-object"),
        ])
    func unguarded(marked: String, id: String) throws {
        let parts = marked.split(separator: "‸").map(String.init)
        let linted = Linted(parts.joined().validation())
        #expect(linted.diagnostics.isEmpty)
        #expect(linted.findings.map(\.code.rawValue) == [id])
        // Behind `    expression: '`, quotes written twice.
        let column = 18 + parts[0].count + parts[0].count { $0 == "'" }
        let start = try #require(linted.findings.first?.diagnostic.range?.start)
        #expect(start.line == 10 && Int(start.column) == column, "\(linted.summary)")
    }

    @Test("variables know what is certain where they are used")
    func variables() {
        let name = ("name", "object.spec.nodeName")
        #expect(Linted("variables.name != 'x'".validation(variables: [name])).summary.count == 1)
        #expect(
            Linted("!has(object.spec.nodeName) || variables.name != 'x'".validation(variables: [name])).summary == [])
        let test = ("isSet", "has(object.spec.nodeName)")
        #expect(
            Linted("!variables.isSet || variables.name != 'x'".validation(variables: [name, test])).summary == [])
        let spec = ("spec", "object.spec")
        #expect(
            Linted("!has(variables.spec.nodeName) || object.spec.nodeName != 'x'".validation(variables: [spec]))
                .summary == [])
    }

    @Test("match conditions hold in the rest of the policy")
    func conditions() {
        let expression = "object.spec.nodeName != 'x'"
        #expect(Linted(expression.validation(conditions: ["has(object.spec.nodeName)"])).summary == [])
        #expect(Linted(expression.validation(conditions: ["has(object.spec.hostname)"])).summary.count == 1)
    }
}
