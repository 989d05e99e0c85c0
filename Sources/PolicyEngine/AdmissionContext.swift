package import Admission
package import ImageVerification
package import Values

/// A rule of a declared authorizer; the first that matches decides. An empty field matches anything.
package struct AuthorizationRule: Sendable {
    package enum Decision: String, Sendable, CaseIterable { case allow, deny, noOpinion }

    package var user = ""
    package var verb = ""
    package var group = ""
    package var resource = ""
    package var subresource = ""
    package var namespace = ""
    package var name = ""
    package var path = ""
    /// As they are written in the expression.
    package var fieldSelector = ""
    package var labelSelector = ""
    package var decision = Decision.allow
    package var reason = ""
    package var error = ""

    package init() {}
}

/// Objects and rules that policies refer to beyond the request. All data: nothing is fetched during evaluation.
package struct ClusterContext: Sendable {
    /// A kind that params may be of.
    private struct Params: Sendable {
        var isNamespaced: Bool
        var objects: [Node] = []
        /// Where an object stands in `objects`, by its key.
        var positions: [String: Int] = [:]

        mutating func insert(_ node: Node, _ key: String) {
            if let position = positions[key] {
                objects[position] = node
            } else {
                positions[key] = objects.count
                objects.append(node)
            }
        }
    }

    private var namespaces: [String: Node] = [:]
    private var params: [GroupVersionKind: Params] = [:]
    /// Whether the namespaces given are all there are. If so one that is missing does not exist; else it is unknown.
    package var knowsAllNamespaces = false
    /// Whether a policy gets all params that a selector finds at once, as `items` of one list, and not one after the other.
    /// No API server does so.
    package var listsSelectedParams = false
    /// What functions that ask for chance get.
    package var randomness = Randomness.system

    package enum Randomness: Sendable {
        /// The system's numbers.
        case system
        /// The same ones for the same request, for tools whose output is compared.
        case request
    }

    /// nil if no rules were declared: checks are then undecided.
    package var authorization: [AuthorizationRule]?
    /// What policies may ask for through functions: any objects, images, HTTP answers.
    package var external = ExternalData()

    /// Definitions of custom kinds.
    package private(set) var definitions = KindDefinitions()

    package init() {}

    /// - Parameter nodes: CustomResourceDefinitions and the like.
    package mutating func add(definitions nodes: [Node]) {
        if !nodes.isEmpty { definitions = KindDefinitions(definitions.nodes + nodes) }
    }

    /// - Parameters:
    ///   - node: a `v1` Namespace.
    ///   - name: its name, where the caller keeps it anyway: copies of it add up with thousands of Namespaces.
    package mutating func add(namespace node: Node, name: String? = nil) {
        guard let name = name ?? node["metadata" as StaticString]?["name" as StaticString]?.string else { return }
        namespaces[name] = StoredNamespace.node(node)
    }

    /// Makes room for so many Namespaces.
    package mutating func reserve(namespaces count: Int) { namespaces.reserveCapacity(count) }

    package func namespace(_ name: String) -> Node? { namespaces[name] }

    /// Makes an object available as a param; of equal kind, namespace and name the last one counts.
    package mutating func add(param node: Node, isNamespaced: Bool) {
        let kind = GroupVersionKind(
            apiVersion: node["apiVersion" as StaticString]?.string ?? "",
            kind: node["kind" as StaticString]?.string ?? "")
        declare(paramKind: kind, isNamespaced: isNamespaced)
        params[kind]?.insert(node, Self.key(node))
    }

    /// Makes a kind known that there may be no object of.
    package mutating func declare(paramKind kind: GroupVersionKind, isNamespaced: Bool) {
        if params[kind] == nil { params[kind] = Params(isNamespaced: isNamespaced) }
    }

    /// nil if the kind is not known at all.
    package func isNamespaced(paramKind kind: GroupVersionKind) -> Bool? { params[kind]?.isNamespaced }

    /// - Parameter namespace: empty for cluster-scoped kinds.
    package func param(_ kind: GroupVersionKind, namespace: String, name: String) -> Node? {
        guard let known = params[kind], let position = known.positions["\(namespace)/\(name)"] else { return nil }
        return known.objects[position]
    }

    package func params(_ kind: GroupVersionKind, namespace: String, matching selector: LabelSelector) -> [Node] {
        (params[kind]?.objects ?? []).filter { object in
            let metadata = object["metadata" as StaticString]
            return (metadata?["namespace" as StaticString]?.string ?? "") == namespace
                && selector.matches(metadata?["labels" as StaticString])
        }
    }

    private static func key(_ object: Node) -> String {
        let metadata = object["metadata" as StaticString]
        let namespace = metadata?["namespace" as StaticString]?.string ?? ""
        return "\(namespace)/\(metadata?["name" as StaticString]?.string ?? "")"
    }
}

/// Everything that the evaluation of one request may depend on. One object per request, passed on by reference.
package final class AdmissionContext: Sendable {
    package let request: AdmissionRequest
    package let cluster: ClusterContext
    /// Whether decisions other than admissions get an explanation; costs a second evaluation.
    package let explains: Bool
    /// The request's namespace object: nil for cluster-scoped objects, for Namespaces themselves, and if unknown.
    package let namespaceObject: Node?
    /// The namespace that evaluation may need and that is not among those given.
    package let unknownNamespace: String?
    /// The time of the request.
    package let now: Timestamp
    /// Whether the object is not the user's own but what a controller would make of it.
    package let isGenerated: Bool
    /// What is known of images; nil where nobody can look, and checks of images are undecided.
    package let images: ImageFacts?
    /// Notes what each part of an expression came to; nil outside tests of policies.
    package let coverage: CoverageRecorder?
    /// nil where a verdict may take as long as it does.
    let timeLimit: TimeLimit?

    /// The same with the request's object under another name.
    package convenience init(_ context: AdmissionContext, renamedTo resource: GroupVersionResource) {
        self.init(
            request: context.request.renamed(to: resource), cluster: context.cluster, explains: context.explains,
            now: context.now, images: context.images, coverage: context.coverage, isGenerated: context.isGenerated,
            timeLimit: context.timeLimit)
    }

    package init(
        request: AdmissionRequest, cluster: ClusterContext, explains: Bool = false, now: Timestamp = SystemClock.now(),
        images: ImageFacts? = nil, coverage: CoverageRecorder? = nil, isGenerated: Bool = false,
        timeLimit: TimeLimit? = nil
    ) {
        self.timeLimit = timeLimit
        self.isGenerated = isGenerated
        self.now = now
        self.images = images
        self.coverage = coverage
        self.request = request
        self.cluster = cluster
        self.explains = explains
        // The API server gives no namespace object for Namespaces themselves.
        if request.namespaceUTF8.isEmpty || request.isNamespaceObject {
            namespaceObject = nil
            unknownNamespace = nil
        } else {
            let name = request.namespace
            namespaceObject = cluster.namespace(name)
            unknownNamespace = namespaceObject == nil ? name : nil
        }
    }
}
