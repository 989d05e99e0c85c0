package import Admission
import Synchronization
package import Values

/// What policies can ask the outside world for beyond objects: given as data, never fetched.
package struct ExternalData: Sendable {
    /// The recorded answer to an HTTP call.
    package struct Response: Sendable {
        package var method: String
        package var url: String
        package var statusCode: Int64
        package var body: Node?

        package init(method: String, url: String, statusCode: Int64, body: Node?) {
            self.method = method
            self.url = url
            self.statusCode = statusCode
            self.body = body
        }
    }

    private struct StoredObject: Sendable {
        var resource: GroupVersionResource
        var namespace: String
        var name: String
        var node: Node
    }

    private var objects: [StoredObject] = []
    private var resources: Set<GroupVersionResource> = []
    /// Image metadata by the reference as it is written.
    package var images: [String: Node] = [:] { didSet { revision = Self.nextRevision() } }
    package var responses: [Response] = [] { didSet { revision = Self.nextRevision() } }
    /// GlobalContextEntry data by name; projections are `name/projection`.
    package var globalContext: [String: Node] = [:] { didSet { revision = Self.nextRevision() } }
    /// Equal for equal data: what was made of it before can be used again. 0 where there is none.
    package private(set) var revision: UInt64 = 0

    private static let lastRevision = Atomic<UInt64>(0)

    private static func nextRevision() -> UInt64 { lastRevision.add(1, ordering: .relaxed).newValue }

    package init() {}

    /// Makes an object available; of the same resource, namespace and name the last one counts.
    package mutating func add(object node: Node, as resource: GroupVersionResource) {
        let metadata = node["metadata" as StaticString]
        let stored = StoredObject(
            resource: resource, namespace: metadata?["namespace" as StaticString]?.string ?? "",
            name: metadata?["name" as StaticString]?.string ?? "", node: node)
        objects.removeAll {
            $0.resource == resource && $0.namespace == stored.namespace && $0.name == stored.name
        }
        objects.append(stored)
        resources.insert(resource)
        revision = Self.nextRevision()
    }

    /// Whether any object of the resource was given: then one that was not given does not exist.
    package func knows(_ resource: GroupVersionResource) -> Bool { resources.contains(resource) }

    /// The resource of a kind, if an object of it was given.
    package func resource(of kind: GroupVersionKind) -> GroupVersionResource? {
        objects.first {
            $0.resource.group == kind.group && $0.resource.version == kind.version
                && $0.node["kind" as StaticString]?.string == kind.kind
        }?.resource
    }

    package func object(_ resource: GroupVersionResource, namespace: String, name: String) -> Node? {
        objects.first { $0.resource == resource && $0.namespace == namespace && $0.name == name }?.node
    }

    /// - Parameter namespace: empty for all.
    package func objects(_ resource: GroupVersionResource, namespace: String, labels: [String: String]) -> [Node] {
        objects.filter { stored in
            guard stored.resource == resource, namespace.isEmpty || stored.namespace == namespace else { return false }
            let present = stored.node["metadata" as StaticString]?["labels" as StaticString]
            return labels.allSatisfy { present?[$0.key]?.string == $0.value }
        }.map(\.node)
    }

    package func response(_ method: String, _ url: String) -> Response? {
        responses.first { $0.method == method && $0.url == url }
    }
}
