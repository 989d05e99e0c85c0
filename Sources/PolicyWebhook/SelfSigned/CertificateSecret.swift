import Certificates
import Documents
import KubernetesAPI
import Values

/// A `CertificateSet` as a Secret of type `kubernetes.io/tls`, with `ca.crt` and `ca.key` beside the usual two.
struct CertificateSecret {
    static let resource = ServedResource(
        group: "", version: "v1", plural: "secrets", kind: "Secret", isNamespaced: true)

    /// What the certificate is used for by somebody else, who would be surprised.
    enum Content {
        case ours(CertificateSet)
        case empty
        /// A certificate without its authority's key: somebody else keeps it here.
        case foreign
    }

    static func read(_ secret: Node) -> Content {
        func bytes(_ name: String) -> [UInt8] {
            secret["data"]?[name]?.string.flatMap { Base64.decode($0, padded: true) } ?? []
        }
        let set = CertificateSet(
            authorities: bytes("ca.crt"), authorityKey: bytes("ca.key"), certificate: bytes("tls.crt"),
            key: bytes("tls.key"))
        if !set.authorityKey.isEmpty { return .ours(set) }
        return set.certificate.isEmpty && set.key.isEmpty ? .empty : .foreign
    }

    /// The Secret as JSON.
    ///
    /// - Parameter before: the one it replaces, whose labels and annotations stay.
    static func json(_ set: CertificateSet, _ identity: ServiceIdentity, replacing before: Node?) -> [UInt8] {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        func add(_ name: String, _ value: String) {
            builder.appendKey(name)
            builder.append(value)
        }
        add("apiVersion", "v1")
        add("kind", "Secret")
        add("type", before?["type"]?.string ?? "kubernetes.io/tls")
        builder.appendKey("metadata")
        if let metadata = before?["metadata"] {
            builder.append(copyOf: metadata)
        } else {
            builder.beginMap()
            add("name", identity.secret)
            add("namespace", identity.namespace)
            builder.appendKey("labels")
            builder.beginMap()
            add("app.kubernetes.io/name", "guardrail")
            add("app.kubernetes.io/managed-by", "policy-webhook")
            builder.endMap()
            builder.endMap()
        }
        builder.appendKey("data")
        builder.beginMap()
        add("tls.crt", Base64.encode(set.certificate))
        add("tls.key", Base64.encode(set.key))
        add("ca.crt", Base64.encode(set.authorities))
        add("ca.key", Base64.encode(set.authorityKey))
        builder.endMap()
        builder.endMap()
        return JSONWriter().write(builder.finish().root)
    }
}
