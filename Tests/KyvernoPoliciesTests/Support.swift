import Admission
import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Values

/// Policies and objects from text.
enum Support {
    static func nodes(_ text: String, name: String = "test.yaml") throws -> [Node] {
        var stream = ManifestStream(SourceFile(name: name, text: text))
        var nodes: [Node] = []
        while let node = try stream.next() { nodes.append(node) }
        return nodes
    }

    static func load(_ text: String, context: String = "") throws -> (set: PolicySet?, log: DiagnosticLog) {
        var loader = PolicyLoader()
        loader.load(policies: SourceFile(name: "policy.yaml", text: text))
        if !context.isEmpty { loader.load(context: SourceFile(name: "context.yaml", text: context)) }
        let (set, _) = loader.finish()
        return (set, loader.log)
    }

    static func request(_ text: String, options: ManifestRequestOptions = ManifestRequestOptions()) throws
        -> AdmissionRequest
    {
        guard let node = try nodes(text, name: "manifest.yaml").first else { throw EmptyText() }
        return try AdmissionRequest(manifest: node, options: options)
    }

    private struct EmptyText: Error {}

    static func time(_ seconds: Int64) -> Timestamp { Timestamp(seconds: seconds, nanoseconds: 0) }

    /// A ValidatingPolicy on Pods.
    static func policy(_ spec: String, name: String = "p", kind: String = "ValidatingPolicy") -> String {
        """
        apiVersion: policies.kyverno.io/v1
        kind: \(kind)
        metadata:
          name: \(name)
        spec:
          matchConstraints:
            resourceRules:
            - apiGroups: [""]
              apiVersions: [v1]
              operations: [CREATE, UPDATE]
              resources: [pods]
        \(spec.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))

        """
    }

    static let pod = """
        apiVersion: v1
        kind: Pod
        metadata:
          name: web
          labels:
            app: web
        spec:
          containers:
          - name: main
            image: nginx:1.25
        """
}
