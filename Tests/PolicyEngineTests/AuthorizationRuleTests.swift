import Diagnostics
import Documents
import PolicyEngine
import Testing
import Values

@Suite struct AuthorizationRuleTests {
    private func rule(_ yaml: String) throws -> (rule: AuthorizationRule?, log: DiagnosticLog) {
        var stream = DocumentStream(SourceFile(name: "context.yaml", text: yaml))
        let document = try #require(try stream.next())
        var log = DiagnosticLog()
        return (AuthorizationRule(subjectAccessReview: document.root, log: &log), log)
    }

    @Test("reads an answered SubjectAccessReview")
    func resource() throws {
        let (rule, log) = try rule(
            """
            apiVersion: authorization.k8s.io/v1
            kind: SubjectAccessReview
            spec:
              user: alice
              resourceAttributes: {verb: create, group: apps, resource: deployments, namespace: "*"}
            status: {allowed: true, reason: on call}
            """)
        #expect(!log.hasErrors)
        let read = try #require(rule)
        #expect(read.user == "alice" && read.verb == "create" && read.group == "apps")
        #expect(read.resource == "deployments" && read.namespace.isEmpty && read.path.isEmpty)
        #expect(read.decision == .allow && read.reason == "on call")
    }

    @Test(
        "tells allowed, denied and no opinion apart",
        arguments: [
            ("{allowed: true}", AuthorizationRule.Decision.allow), ("{allowed: false, denied: true}", .deny),
            ("{allowed: false}", .noOpinion),
        ])
    func answers(_ status: String, decision: AuthorizationRule.Decision) throws {
        let (rule, _) = try rule("{spec: {nonResourceAttributes: {path: /healthz}}, status: \(status)}")
        #expect(rule?.decision == decision)
        #expect(rule?.path == "/healthz")
    }

    @Test(
        "refuses what is no rule, with its place",
        arguments: [
            ("{spec: {}, status: {allowed: true}}", 1, 8),
            ("{spec: {resourceAttributes: {verb: get}}}", 1, 1),
            ("{spec: {resourceAttributes: {verbs: get}}, status: {allowed: true}}", 1, 30),
            ("{spec: {nonResourceAttributes: {resource: pods}}, status: {allowed: true}}", 1, 33),
        ])
    func refusals(_ yaml: String, line: Int, column: Int) throws {
        let (rule, log) = try rule(yaml)
        #expect(rule == nil)
        let diagnostic = try #require(log.diagnostics.first)
        #expect(diagnostic.id == "context-access-review")
        #expect(diagnostic.range?.start == SourcePosition(line: line, column: column))
    }
}
