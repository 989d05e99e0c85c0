import Diagnostics
import Foundation
import PolicyLanguages
import PolicyLint

/// The repository that the tests are in.
enum Repository {
    static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent()

    static func path(_ path: String) -> String { root.appendingPathComponent(path).path }
}

/// What lint says of policies, and what loading them says.
struct Linted {
    var findings: [LintFinding]
    var diagnostics: [Diagnostic]

    /// - Parameter context: CustomResourceDefinitions.
    init(_ text: String, context: String = "") {
        self.init { loader in
            loader.load(policies: SourceFile(name: "p.yaml", text: text))
            if !context.isEmpty { loader.load(context: SourceFile(name: "c.yaml", text: context)) }
        }
    }

    init(path: String) { self.init { $0.load(policyPath: path) } }

    private init(_ load: (inout PolicyLoader) -> Void) {
        var loader = PolicyLoader()
        load(&loader)
        let (policies, resources) = loader.finish()
        diagnostics = loader.log.diagnostics
        findings =
            policies.map { PolicyLinter(definitions: loader.definitions, resources: resources).findings(in: $0) }
            ?? []
    }

    var summary: [String] {
        findings.map { finding in
            let start = finding.diagnostic.range?.start
            return "\(finding.code.rawValue) \(start?.line ?? 0):\(start?.column ?? 0) \(finding.diagnostic.message)"
        }
    }
}

extension String {
    /// A policy about Pods, or what `rule` says, whose one validation is the text.
    func validation(
        rule: String = "{apiGroups: [''], apiVersions: [v1], operations: [CREATE, UPDATE], resources: [pods]}",
        variables: [(String, String)] = [], conditions: [String] = []
    ) -> String {
        func quoted(_ text: String) -> String { "'" + text.replacingOccurrences(of: "'", with: "''") + "'" }
        var text = """
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicy
            metadata: {name: p}
            spec:
              matchConstraints:
                resourceRules:
                - \(rule)

            """
        if !conditions.isEmpty { text += "  matchConditions:\n" }
        for (index, condition) in conditions.enumerated() {
            text += "  - {name: c\(index), expression: \(quoted(condition))}\n"
        }
        if !variables.isEmpty { text += "  variables:\n" }
        for (name, expression) in variables { text += "  - {name: \(name), expression: \(quoted(expression))}\n" }
        return text + """
              validations:
              - message: m
                expression: \(quoted(self))
            ---
            apiVersion: admissionregistration.k8s.io/v1
            kind: ValidatingAdmissionPolicyBinding
            metadata: {name: b}
            spec: {policyName: p, validationActions: [Deny]}
            """
    }
}
