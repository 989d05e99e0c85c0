import PolicyEngine

/// Documents of policy files that are tests, or that only tests are about.
enum TestDocument {
    private static let groups = ["cli.kyverno.io", "test.gatekeeper.sh"]

    static func isTest(_ source: PolicySource) -> Bool {
        groups.contains(source.group) && ["Test", "Suite"].contains(source.kind)
    }

    /// In a file with tests: whether a document is one, or an object of theirs. What could be a misspelt policy is not.
    static func isForTests(_ source: PolicySource, isPolicy: Bool) -> Bool {
        if groups.contains(source.group) { return true }
        return !isPolicy && !source.kind.isEmpty && !isPolicyGroup(source.group)
    }

    private static func isPolicyGroup(_ group: String) -> Bool {
        ["admissionregistration.k8s.io", "policies.kyverno.io", "kyverno.io"].contains(group)
            || group.hasSuffix(".gatekeeper.sh")
    }
}
