import Diagnostics
import Documents
import KubernetesAPI
import PolicyEngine
import PolicyLanguages
import Values

/// Policies that are objects of the Kubernetes API, as texts that the policy loader reads and diagnostics point into.
enum ClusterObjects {
    static let policyKinds = PolicyLanguages.all.flatMap(\.policyKinds).map {
        KindReference(group: $0.group, versions: $0.versions, kind: $0.kind)
    }

    static let exceptionKind = KindReference(
        group: "policies.kyverno.io", versions: ["v1", "v1beta1", "v1alpha1"], kind: "PolicyException")

    /// What the name of every such text begins with.
    static let scheme = "kubernetes:"

    /// The object as indented JSON without what servers add to it, so that equal policies have equal digests.
    static func source(_ object: WatchedObject, of resource: ServedResource) -> SourceFile {
        let namespace = object.key.namespace.isEmpty ? "" : "\(object.key.namespace)/"
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        for (field, value) in object.node.entries {
            switch field.string {
            case "status": continue
            case "metadata":
                builder.appendKey("metadata")
                appendMetadata(value, to: &builder)
            default:
                builder.appendKey(utf8: field.utf8)
                builder.append(copyOf: value)
            }
        }
        builder.endMap()
        let bytes = JSONWriter(indent: 2).write(builder.finish().root)
        return SourceFile(name: "\(scheme)\(resource.name)/\(namespace)\(object.key.name)", bytes: bytes)
    }

    private static func appendMetadata(_ metadata: Node, to builder: inout DocumentBuilder) {
        builder.beginMap()
        for (field, value) in metadata.entries {
            switch field.string {
            case "name", "namespace", "labels":
                builder.appendKey(utf8: field.utf8)
                builder.append(copyOf: value)
            case "annotations" where value.isMap:
                builder.appendKey("annotations")
                builder.beginMap()
                // A copy of the whole object that kubectl keeps for itself.
                for (key, text) in value.entries where key.string != "kubectl.kubernetes.io/last-applied-configuration"
                {
                    builder.appendKey(utf8: key.utf8)
                    builder.append(copyOf: text)
                }
                builder.endMap()
            default: continue
            }
        }
        builder.endMap()
    }
}
