import Admission
import Diagnostics
import Documents
import Testing
import Values

@Suite("ManifestRequestTests")
struct ManifestRequestTests {
    private func node(_ yaml: String) throws -> Node {
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: yaml))
        return try #require(try stream.next())
    }

    @Test("makes the request that an API server makes of a namespaced object")
    func namespaced() throws {
        let request = try AdmissionRequest(
            manifest: node("apiVersion: apps/v1\nkind: Deployment\nmetadata:\n  name: web\n"))
        #expect(request.resource == GroupVersionResource(group: "apps", version: "v1", resource: "deployments"))
        #expect(request.kind == GroupVersionKind(group: "apps", version: "v1", kind: "Deployment"))
        #expect(request.namespace == "default")
        #expect(request.objectNode?["metadata"]?["namespace"]?.string == "default")
        #expect(request.objectNode?["metadata"]?["name"]?.position == SourcePosition(line: 4, column: 9))
        #expect(request.groupResource == "deployments.apps")
        #expect(!request.isResourceGuessed)
    }

    @Test("gives a Namespace's request its own namespace, and other cluster-scoped ones none")
    func clusterScoped() throws {
        let namespace = try AdmissionRequest(manifest: node("apiVersion: v1\nkind: Namespace\nmetadata: {name: a}\n"))
        #expect(namespace.namespace == "a")
        #expect(namespace.isNamespaceObject)
        let node = try AdmissionRequest(manifest: node("apiVersion: v1\nkind: Node\nmetadata: {name: n}\n"))
        #expect(node.namespace == "")
        #expect(node.node["namespace"] == nil)
    }

    @Test("guesses the plural of an unknown kind and says so")
    func guesses() throws {
        let request = try AdmissionRequest(
            manifest: node("apiVersion: example.com/v1\nkind: Policy\nmetadata: {name: p, namespace: n}\n"))
        #expect(request.resource.resource == "policies")
        #expect(request.isResourceGuessed)
        var table = ResourceTable.builtIn
        table.learn(
            customResourceDefinition: try node(
                """
                apiVersion: apiextensions.k8s.io/v1
                kind: CustomResourceDefinition
                spec:
                  group: example.com
                  scope: Cluster
                  names: {kind: Policy, plural: policyen}
                  versions: [{name: v1}]
                """))
        let known = try AdmissionRequest(
            manifest: node("apiVersion: example.com/v1\nkind: Policy\nmetadata: {name: p}\n"), in: table)
        #expect(known.resource.resource == "policyen")
        #expect(known.namespace == "")
        #expect(!known.isResourceGuessed)
    }

    @Test(
        "refuses what is no manifest",
        arguments: [
            ("kind: Pod\n", "manifest-api-version"), ("apiVersion: v1\n", "manifest-kind"),
            ("apiVersion: a/b/c\nkind: X\n", "manifest-api-version"),
        ])
    func refuses(yaml: String, id: String) throws {
        let manifest = try node(yaml)
        #expect { try AdmissionRequest(manifest: manifest) } throws: { ($0 as? ManifestError)?.id == id }
    }

    @Test("puts a deleted object into oldObject")
    func deletes() throws {
        var options = ManifestRequestOptions()
        options.operation = .delete
        let request = try AdmissionRequest(
            manifest: node("apiVersion: v1\nkind: Pod\nmetadata: {name: p}\n"), options: options)
        #expect(request.objectNode == nil)
        #expect(request.oldObjectNode?["kind"]?.string == "Pod")
    }
}
