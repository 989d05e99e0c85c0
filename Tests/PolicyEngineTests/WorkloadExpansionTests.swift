import Admission
import Diagnostics
import Documents
import PolicyEngine
import Testing
import Values

@Suite("Pods of workloads")
struct WorkloadExpansionTests {
    private static func manifest(_ apiVersion: String, _ kind: String, _ path: [String]) -> String {
        var text = "apiVersion: \(apiVersion)\nkind: \(kind)\nmetadata: {name: web, namespace: shop}\n"
        for (depth, name) in path.enumerated() { text += String(repeating: "  ", count: depth) + "\(name):\n" }
        let indent = String(repeating: "  ", count: path.count)
        text +=
            "\(indent)metadata: {labels: {app: web}, name: mine}\n\(indent)spec: {containers: [{name: a, image: nginx}]}\n"
        return text
    }

    private func request(_ text: String, operation: Admission.Operation = .create) throws -> AdmissionRequest {
        var stream = ManifestStream(SourceFile(name: "workload.yaml", text: text))
        var options = ManifestRequestOptions()
        options.operation = operation
        return try AdmissionRequest(manifest: try #require(try stream.next()), options: options)
    }

    static let workloads: [(String, String, [String], owner: String, creator: String)] = [
        ("apps/v1", "Deployment", ["spec", "template"], "ReplicaSet", "replicaset-controller"),
        ("apps/v1", "ReplicaSet", ["spec", "template"], "ReplicaSet", "replicaset-controller"),
        ("apps/v1", "StatefulSet", ["spec", "template"], "StatefulSet", "statefulset-controller"),
        ("apps/v1", "DaemonSet", ["spec", "template"], "DaemonSet", "daemon-set-controller"),
        ("v1", "ReplicationController", ["spec", "template"], "ReplicationController", "replication-controller"),
        ("batch/v1", "Job", ["spec", "template"], "Job", "job-controller"),
        ("batch/v1", "CronJob", ["spec", "jobTemplate", "spec", "template"], "Job", "job-controller"),
    ]

    @Test("are made from the template, as the controller would", arguments: workloads)
    func pods(apiVersion: String, kind: String, path: [String], owner: String, creator: String) throws {
        let pod = try #require(WorkloadExpansion.pod(of: try request(Self.manifest(apiVersion, kind, path))))
        #expect(pod.templatePath == path.joined(separator: "."))
        #expect(pod.workloadKind == kind)
        let made = pod.request
        #expect(made.kind == GroupVersionKind(apiVersion: "v1", kind: "Pod"))
        #expect(made.namespace == "shop")
        #expect(made.userInfo?["username"]?.string == "system:serviceaccount:kube-system:\(creator)")
        let metadata = try #require(made.objectNode?["metadata"])
        #expect(metadata["labels"]?["app"]?.string == "web")
        #expect(metadata["name"]?.string == "web-xxxxx")
        #expect(metadata["ownerReferences"]?.element(at: 0)?["kind"]?.string == owner)
        let image = try #require(made.objectNode?["spec"]?["containers"]?.element(at: 0)?["image"])
        #expect(image.position?.line == UInt32(path.count + 5))
    }

    @Test("are not made of other objects and operations")
    func others() throws {
        let deployment = Self.manifest("apps/v1", "Deployment", ["spec", "template"])
        #expect(WorkloadExpansion.pod(of: try request(deployment, operation: .delete)) == nil)
        #expect(WorkloadExpansion.pod(of: try request("apiVersion: v1\nkind: Pod\nmetadata: {name: a}")) == nil)
        #expect(
            WorkloadExpansion.pod(of: try request("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}")) == nil)
        #expect(
            WorkloadExpansion.pod(
                of: try request("apiVersion: apps/v1\nkind: Deployment\nmetadata: {name: a}\nspec: 3"))
                == nil)
    }
}
