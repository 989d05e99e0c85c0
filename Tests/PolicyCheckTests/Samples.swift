import Foundation

/// Small policies and manifests that the tests put into a directory of their own.
enum Samples {
    /// A policy with its binding.
    static func policy(
        _ name: String = "team-label",
        expression: String = "has(object.metadata.labels) && 'team' in object.metadata.labels",
        kinds: String = "pods", actions: String = "[Deny]", failurePolicy: String = "Fail"
    ) -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata:
          name: \(name)
        spec:
          failurePolicy: \(failurePolicy)
          matchConstraints:
            resourceRules:
              - apiGroups: [""]
                apiVersions: ["v1"]
                operations: ["CREATE", "UPDATE"]
                resources: ["\(kinds)"]
          validations:
            - expression: \(expression)
              message: a Pod needs the label team
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata:
          name: \(name)
        spec:
          policyName: \(name)
          validationActions: \(actions)

        """
    }

    /// An audit annotation whose value cannot be evaluated.
    private static let annotations = """
          auditAnnotations:
            - key: x
              valueExpression: string(object.spec.none.x)

        """

    static let good = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: good
          labels:
            team: payments
        spec:
          containers: [{name: main, image: example.com/main:1}]

        """

    static let bad = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: bad
        spec:
          containers: [{name: main, image: example.com/main:1}]

        """

    /// One that an API server takes.
    static func deployment(_ name: String, namespace: String = "default") -> String {
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: \(name), namespace: \(namespace)}
        spec:
          selector: {matchLabels: {app: web}}
          template:
            metadata: {labels: {app: web}}
            spec: {containers: [{name: web, image: web}]}

        """
    }

    static let service = "apiVersion: v1\nkind: Service\nmetadata:\n  name: s\nspec: {ports: [{port: 80}]}\n"
    static let score = "apiVersion: score.dev/v1b1\nmetadata:\n  name: hello\n"
    static let truncated = "apiVersion: v1\nkind: Pod\nmetadata: {name: x\n"

    static func review(_ object: String, operation: String = "CREATE") -> String {
        """
        {"apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": {"uid": "u-1",
         "kind": {"group": "", "version": "v1", "kind": "Pod"},
         "resource": {"group": "", "version": "v1", "resource": "pods"},
         "name": "recorded", "namespace": "prod", "operation": "\(operation)",
         "userInfo": {"username": "alice"}, "object": \(object), "oldObject": null, "dryRun": false}}

        """
    }

    static let badReview = review(#"{"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "recorded"}}"#)

    /// A directory with all of them.
    static func directory() throws -> TemporaryDirectory {
        let directory = try TemporaryDirectory()
        try directory.write(policy(), to: "policies/team.yaml")
        try directory.write(policy(actions: "[Warn]"), to: "warn.yaml")
        try directory.write(policy(actions: "[Audit]"), to: "audit.yaml")
        try directory.write(policy(expression: "object.spec.none.x == 1"), to: "failing.yaml")
        try directory.write(policy(expression: "object.spec.none.x == 1", failurePolicy: "Ignore"), to: "ignoring.yaml")
        try directory.write(policy(expression: "object.spec. =="), to: "broken-policy.yaml")
        try directory.write(policy("undeclared", expression: "objct.spec.x"), to: "undeclared.yaml")
        try directory.write(
            policy().replacing("  validations:", with: annotations + "  validations:"), to: "annotating.yaml")
        try directory.write(good, to: "good.yaml")
        try directory.write(bad, to: "bad.yaml")
        try directory.write(service, to: "service.yaml")
        try directory.write(score, to: "score.yaml")
        try directory.write(truncated, to: "truncated.yaml")
        try directory.write(badReview, to: "review.json")
        try directory.write("a: 1\na: 2\n", to: "duplicate.yaml")
        try directory.write("\u{0}\u{1}", to: "binary.yaml")
        try directory.write("", to: "empty.yaml")
        try directory.write("- hosts: all\n", to: "playbook.yaml")
        try directory.write("readme", to: "none/readme.txt")
        try directory.write(bad, to: "tree/b/bad.yaml")
        try directory.write(good, to: "tree/a/good.yml")
        try directory.write(service, to: "tree/c.json.yaml")
        let items = [bad, good].map { $0.split(separator: "\n").map { "    \($0)" }.joined(separator: "\n") }
            .map { "  -\($0.dropFirst(3))" }
        try directory.write("apiVersion: v1\nkind: List\nitems:\n\(items.joined(separator: "\n"))\n", to: "list.yaml")
        return directory
    }
}
