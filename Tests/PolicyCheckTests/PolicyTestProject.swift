import Foundation

/// A directory with a policy, some objects and a test of them.
struct PolicyTestProject {
    static let policy = """
        apiVersion: policies.kyverno.io/v1
        kind: ValidatingPolicy
        metadata: {name: tags}
        spec:
          matchConstraints:
            resourceRules: [{apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}]
          validations:
          - expression: object.spec.containers.all(c, c.image.contains(':') && !c.image.endsWith(':latest'))
            message: images need a tag
        """
    static let resources = """
        apiVersion: v1
        kind: Pod
        metadata: {name: good}
        spec: {containers: [{name: a, image: "nginx:1"}]}
        ---
        apiVersion: v1
        kind: Pod
        metadata: {name: bad}
        spec: {containers: [{name: a, image: nginx}]}
        ---
        apiVersion: v1
        kind: ConfigMap
        metadata: {name: settings}
        """

    let directory: TemporaryDirectory

    /// - Parameter results: what stands behind `results:`.
    init(_ results: String, policy: String = policy, resources: String = resources) throws {
        directory = try TemporaryDirectory()
        try directory.write(policy, to: "policy.yaml")
        try directory.write(resources, to: "resources.yaml")
        try directory.write(Self.header + results, to: "kyverno-test.yaml")
    }

    static let header = """
        # stays
        apiVersion: cli.kyverno.io/v1alpha1
        kind: Test
        metadata: {name: image-tags}
        policies: [policy.yaml]
        resources: [resources.yaml]
        results:

        """

    func run(_ arguments: String..., environment: [String: String] = ["CI": ""]) throws -> CommandRun {
        try CommandRun(["test", "."] + arguments, environment: environment, in: directory.url)
    }

    /// What stands behind `results:` now.
    var results: String {
        get throws {
            let data = try Data(contentsOf: directory.url.appendingPathComponent("kyverno-test.yaml"))
            return String(String(decoding: data, as: UTF8.self).dropFirst(Self.header.count))
        }
    }
}
