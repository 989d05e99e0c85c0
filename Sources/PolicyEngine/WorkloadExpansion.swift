package import Admission
package import Values

/// The Pod that a workload's controller would create, as the request that the controller would make.
package struct ExpandedPod: Sendable {
    package internal(set) var request: AdmissionRequest
    /// Where the Pod's template is in the workload: `spec.template`. A field path in the Pod continues it.
    package let templatePath: String
    /// Which kind of object the template is in, such as `Deployment`.
    package let workloadKind: String

    /// What a finding about the Pod says first.
    package var introduction: String { "would be denied at Pod creation" }
}

/// Makes Pods out of the templates in workloads. The nodes keep their positions, so a finding about the Pod points into
/// the workload's file.
package enum WorkloadExpansion {
    /// One kind of workload: where its template is and who makes the Pods.
    private struct Workload {
        let kind: String
        let group: String
        let path: [String]
        /// The Pod's direct owner, and the service account that creates it.
        let owner: (apiVersion: String, kind: String)
        let controller: String
    }

    private static let workloads: [Workload] = [
        workload("Deployment", "apps", ("apps/v1", "ReplicaSet"), "replicaset-controller"),
        workload("ReplicaSet", "apps", ("apps/v1", "ReplicaSet"), "replicaset-controller"),
        workload("StatefulSet", "apps", ("apps/v1", "StatefulSet"), "statefulset-controller"),
        workload("DaemonSet", "apps", ("apps/v1", "DaemonSet"), "daemon-set-controller"),
        workload("ReplicationController", "", ("v1", "ReplicationController"), "replication-controller"),
        workload("Job", "batch", ("batch/v1", "Job"), "job-controller"),
        Workload(
            kind: "CronJob", group: "batch", path: ["spec", "jobTemplate", "spec", "template"],
            owner: ("batch/v1", "Job"), controller: "job-controller"),
    ]

    private static func workload(
        _ kind: String, _ group: String, _ owner: (String, String), _ controller: String
    ) -> Workload {
        Workload(kind: kind, group: group, path: ["spec", "template"], owner: owner, controller: controller)
    }

    private static func workload(of kind: GroupVersionKind) -> Workload? {
        workloads.first { $0.kind == kind.kind && $0.group == kind.group }
    }

    /// The template inside a workload, with its path; nil for other kinds and for one that has none.
    package static func template(of object: Node, _ kind: GroupVersionKind) -> (node: Node, path: String)? {
        guard let workload = workload(of: kind) else { return nil }
        var node = object
        for name in workload.path {
            guard let next = node[name], next.isMap else { return nil }
            node = next
        }
        return (node, workload.path.joined(separator: "."))
    }

    /// The Pod of the workload that a request creates or changes; nil for all other requests.
    ///
    /// - Parameter admit: makes of the Pod what the API server makes of it before admission.
    package static func pod(of request: AdmissionRequest, admit: (Node) -> Node = { $0 }) -> ExpandedPod? {
        guard request.operation == .create || request.operation == .update, request.subResourceUTF8.isEmpty,
            let object = request.objectNode, let workload = workload(of: request.kind),
            let (template, path) = template(of: object, request.kind)
        else { return nil }
        var writer = PodWriter(object: object, owner: workload.owner)
        let pod = writer.write(template, namespace: request.namespace)
        var options = ManifestRequestOptions()
        options.username = "system:serviceaccount:kube-system:\(workload.controller)"
        options.groups = ["system:serviceaccounts", "system:serviceaccounts:kube-system", "system:authenticated"]
        options.isDryRun = request.isDryRun
        guard let made = try? AdmissionRequest(manifest: admit(pod.root), options: options) else { return nil }
        return ExpandedPod(request: made, templatePath: path, workloadKind: workload.kind)
    }
}

/// Writes a Pod from a template: its metadata and spec as they are, with what the controller adds.
private struct PodWriter {
    private let object: Node
    private let owner: (apiVersion: String, kind: String)
    private var builder: DocumentBuilder

    init(object: Node, owner: (apiVersion: String, kind: String)) {
        self.object = object
        self.owner = owner
        builder = DocumentBuilder(recordsPositions: object.position != nil)
    }

    mutating func write(_ template: Node, namespace: String) -> Document {
        builder.beginMap(at: template.position)
        text("apiVersion", "v1")
        text("kind", "Pod")
        metadata(template["metadata" as StaticString], namespace: namespace)
        for (key, value) in template.entries
        where !["apiVersion", "kind", "metadata", "status"].contains(key.string) {
            builder.appendKey(utf8: key.utf8, at: key.position)
            builder.append(copyOf: value)
        }
        builder.endMap()
        let finished = builder
        return finished.finish(source: object.document.source)
    }

    private mutating func metadata(_ metadata: Node?, namespace: String) {
        builder.appendKey("metadata")
        builder.beginMap(at: metadata?.position)
        for (key, value) in metadata?.entries ?? NodeEntries(object) {
            guard metadata != nil, !Self.replaced.contains(key.string ?? "") else { continue }
            builder.appendKey(utf8: key.utf8, at: key.position)
            builder.append(copyOf: value)
        }
        let own = object["metadata" as StaticString]
        let base = own?["name" as StaticString]?.string ?? own?["generateName" as StaticString]?.string ?? "pod"
        // The API server has made a name of `generateName` before policies see the Pod; its random part is not known.
        text("generateName", "\(base)-")
        text("name", "\(base)-xxxxx")
        if !namespace.isEmpty { text("namespace", namespace) }
        builder.appendKey("ownerReferences")
        builder.beginList()
        builder.beginMap()
        text("apiVersion", owner.apiVersion)
        text("kind", owner.kind)
        text("name", base)
        for flag in ["controller", "blockOwnerDeletion"] {
            builder.appendKey(flag)
            builder.append(true)
        }
        builder.endMap()
        builder.endList()
        builder.endMap()
    }

    /// What a controller sets whatever the template says.
    private static let replaced: Set<String> = ["name", "generateName", "namespace", "ownerReferences"]

    private mutating func text(_ key: String, _ value: String) {
        builder.appendKey(key)
        builder.append(value)
    }
}
