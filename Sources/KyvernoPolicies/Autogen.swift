import Admission
import PolicyEngine
import Values

/// Kyverno's generated rules: a policy on Pods judges the templates in workloads.
///
/// Kyverno rewrites the text of the expressions (`object.spec` becomes `object.spec.template.spec`). Here the expressions
/// stay as they are and `object` is the workload with its template's metadata and spec in place of its own, which means
/// the same and keeps every position.
enum Autogen {
    /// The workloads that Kyverno generates rules for.
    static let resources = ["daemonsets", "deployments", "statefulsets", "replicasets", "jobs", "cronjobs"]

    /// Rules for the workloads, beside a policy's own one for Pods.
    static func rules(_ controllers: [String], operations: OperationSet) -> [ResourceRule] {
        [("apps", ["daemonsets", "deployments", "statefulsets", "replicasets"]), ("batch", ["jobs", "cronjobs"])]
            .compactMap { group, resources in
                let wanted = resources.filter(controllers.contains)
                guard !wanted.isEmpty else { return nil }
                return ResourceRule(groups: [group], versions: ["v1"], resources: wanted, operations: operations)
            }
    }

    /// What a policy's expressions see of a workload; nil if it has no template.
    static func object(_ workload: Node, _ kind: GroupVersionKind) -> Node? {
        guard let (template, _) = WorkloadExpansion.template(of: workload, kind) else { return nil }
        var builder = DocumentBuilder(recordsPositions: workload.position != nil)
        builder.beginMap(at: workload.position)
        for (key, value) in workload.entries where key.string != "spec" && key.string != "metadata" {
            builder.appendKey(utf8: key.utf8, at: key.position)
            builder.append(copyOf: value)
        }
        builder.appendKey("metadata")
        appendMetadata(template["metadata"], of: workload["metadata"], to: &builder)
        if let spec = template["spec"] {
            builder.appendKey("spec")
            builder.append(copyOf: spec)
        }
        builder.endMap()
        let finished = builder
        return finished.finish(source: workload.document.source).root
    }

    /// The workload with what a policy made of `object(_:_:)` put back into its template.
    static func workload(_ workload: Node, _ kind: GroupVersionKind, with object: Node) -> Node {
        guard let (template, path) = WorkloadExpansion.template(of: workload, kind) else { return object }
        var parts: [(name: String, value: PatchTree)] = []
        let metadata = templateMetadata(template["metadata"], object["metadata"])
        if template["metadata"] != nil || !metadata.isEmpty {
            parts.append(("metadata", .map(metadata, origin: template["metadata"])))
        }
        if let spec = object["spec"] { parts.append(("spec", .node(spec))) }
        var entries: [(key: PatchTree.Key, value: PatchTree)] = []
        for (key, value) in template.entries {
            if let index = parts.firstIndex(where: { $0.name == key.string }) {
                entries.append((.node(key), parts.remove(at: index).value))
            } else if key.string != "spec" {
                entries.append((.node(key), .node(value)))
            }
        }
        for part in parts { entries.append((.text(part.name), part.value)) }
        let names = path.split(separator: ".").map(String.init)
        let tree = replaced(names[...], in: workload, with: .map(entries, origin: template))
        return tree.document(source: workload.document.source).root
    }

    private static func templateMetadata(
        _ old: Node?, _ new: Node?
    ) -> [(key: PatchTree.Key, value: PatchTree)] {
        var entries: [(key: PatchTree.Key, value: PatchTree)] = []
        // The names that the expressions saw are the workload's.
        for (node, keepsNames) in [(old, true), (new, false)] {
            guard let node else { continue }
            for (key, value) in node.entries
            where (key.string == "name" || key.string == "namespace") == keepsNames {
                entries.append((.node(key), .node(value)))
            }
        }
        return entries
    }

    private static func replaced(_ path: ArraySlice<String>, in node: Node, with value: PatchTree) -> PatchTree {
        guard let name = path.first else { return value }
        return .map(
            node.entries.map { key, child in
                (
                    key: .node(key),
                    value: key.string == name ? replaced(path.dropFirst(), in: child, with: value) : .node(child)
                )
            }, origin: node)
    }

    /// The template's metadata; `name` and `namespace` are the workload's, which Kyverno leaves alone.
    private static func appendMetadata(_ template: Node?, of workload: Node?, to builder: inout DocumentBuilder) {
        builder.beginMap(at: template?.position ?? workload?.position)
        if let template {
            for (key, value) in template.entries where key.string != "name" && key.string != "namespace" {
                builder.appendKey(utf8: key.utf8, at: key.position)
                builder.append(copyOf: value)
            }
        }
        for name in ["name", "namespace"] {
            guard let value = workload?[name] else { continue }
            builder.appendKey(name, at: value.position)
            builder.append(copyOf: value)
        }
        builder.endMap()
    }
}
