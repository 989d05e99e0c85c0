import Admission
import PolicyEngine
import Values

/// A constraint's `spec.match`: which objects it is about, by kind and not by resource as Kubernetes' own policies.
///
/// What is left out of it matches everything. An object matches if it does so as it is to be or as it was.
struct ConstraintMatch: Sendable {
    struct Kinds: Sendable {
        var groups: [String]
        var kinds: [String]
        var versions: [String]

        /// An empty list is any, as `*` is.
        func matches(_ kind: GroupVersionKind) -> Bool {
            func includes(_ list: [String], _ name: String) -> Bool {
                list.isEmpty || list.contains("*") || list.contains(name)
            }
            return includes(kinds, kind.kind) && includes(groups, kind.group) && includes(versions, kind.version)
        }
    }

    enum Source: String, CaseIterable {
        case all = "All"
        case original = "Original"
        case generated = "Generated"
    }

    enum Scope: String, CaseIterable {
        case any = "*"
        case cluster = "Cluster"
        case namespaced = "Namespaced"
    }

    var kinds: [Kinds] = []
    var scope = Scope.any
    var namespaces: [NamePattern] = []
    var excludedNamespaces: [NamePattern] = []
    var labelSelector = LabelSelector.everything
    var namespaceSelector = LabelSelector.everything
    /// nil for any.
    var name: NamePattern?
    var source = Source.all

    func match(_ context: AdmissionContext) -> MatchResources.Outcome {
        let request = context.request
        guard isKindMeant(request.kind), isSourceMeant(context), isScopeMeant(request), isNamespaceMeant(request) else {
            return .differs
        }
        guard [request.objectNode, request.oldObjectNode].contains(where: isObjectMeant) else { return .differs }
        return matchNamespace(context)
    }

    private func isKindMeant(_ kind: GroupVersionKind) -> Bool { kinds.isEmpty || kinds.contains { $0.matches(kind) } }

    private func isSourceMeant(_ context: AdmissionContext) -> Bool {
        switch source {
        case .all: true
        case .original: !context.isGenerated
        case .generated: context.isGenerated
        }
    }

    private static func isNamespace(_ request: AdmissionRequest) -> Bool {
        let kind = request.kind
        return kind.kind == "Namespace" && kind.group.isEmpty
    }

    /// A Namespace counts as cluster-scoped although its requests carry its own name as namespace.
    private func isScopeMeant(_ request: AdmissionRequest) -> Bool {
        let isNamespaced = !request.namespaceUTF8.isEmpty && !Self.isNamespace(request)
        return switch scope {
        case .any: true
        case .cluster: !isNamespaced
        case .namespaced: isNamespaced
        }
    }

    /// Objects outside any namespace are never left out by their namespace; Namespaces count by their own name.
    private func isNamespaceMeant(_ request: AdmissionRequest) -> Bool {
        if namespaces.isEmpty, excludedNamespaces.isEmpty { return true }
        let namespace = Self.isNamespace(request) ? Self.name(of: request) : request.namespace
        if namespace.isEmpty { return true }
        if excludedNamespaces.contains(where: { $0.matches(namespace) }) { return false }
        return namespaces.isEmpty || namespaces.contains { $0.matches(namespace) }
    }

    private static func name(of request: AdmissionRequest) -> String {
        if !request.nameUTF8.isEmpty { return request.name }
        let metadata = (request.objectNode ?? request.oldObjectNode)?["metadata" as StaticString]
        return metadata?["name" as StaticString]?.string ?? ""
    }

    /// By labels and name.
    private func isObjectMeant(_ object: Node?) -> Bool {
        guard let object else { return false }
        let metadata = object["metadata" as StaticString]
        guard labelSelector.matches(metadata?["labels" as StaticString]) else { return false }
        guard let name else { return true }
        if let own = metadata?["name" as StaticString]?.string, !own.isEmpty { return name.matches(own) }
        // The server will add to it, so only a pattern with an open end can tell.
        let generated = metadata?["generateName" as StaticString]?.string ?? ""
        return !generated.isEmpty && name.text.hasSuffix("*") && name.matches(generated)
    }

    private func matchNamespace(_ context: AdmissionContext) -> MatchResources.Outcome {
        if namespaceSelector.isEmpty { return .matches }
        let request = context.request
        let isNamespace = Self.isNamespace(request)
        if request.namespaceUTF8.isEmpty, !isNamespace { return .matches }
        let namespace = isNamespace ? request.objectNode ?? request.oldObjectNode : context.namespaceObject
        guard let namespace else {
            let name = request.namespace
            return context.cluster.knowsAllNamespaces ? .namespaceNotFound(name) : .needsNamespace(name)
        }
        let labels = namespace["metadata" as StaticString]?["labels" as StaticString]
        return namespaceSelector.matches(labels) ? .matches : .differs
    }

    // MARK: Explaining

    /// Each constraint that is set, with whether the request meets it.
    func clauses(_ context: AdmissionContext) -> [MatchClause] {
        let request = context.request
        let metadata = (request.objectNode ?? request.oldObjectNode)?["metadata" as StaticString]
        var clauses: [MatchClause] = []
        func add(_ field: String, _ wanted: String, _ found: String, _ holds: Bool?) {
            clauses.append(MatchClause(field: "spec.match.\(field)", wanted: wanted, found: found, holds: holds))
        }
        func list(_ patterns: [NamePattern]) -> String { patterns.map(\.text).joined(separator: ", ") }
        if !kinds.isEmpty {
            let wanted = kinds.map { entry in
                let groups = entry.groups.isEmpty ? ["*"] : entry.groups
                let names = entry.kinds.isEmpty ? ["*"] : entry.kinds
                return groups.flatMap { group in names.map { group.isEmpty ? $0 : "\(group)/\($0)" } }
                    .joined(separator: ", ")
            }
            let kind = request.kind
            add(
                "kinds", wanted.joined(separator: "; or "),
                kind.group.isEmpty ? kind.kind : "\(kind.group)/\(kind.kind)",
                isKindMeant(kind))
        }
        let namespace = Self.isNamespace(request) ? Self.name(of: request) : request.namespace
        let found = namespace.isEmpty ? "no namespace" : "namespace \(namespace)"
        if scope != .any { add("scope", scope.rawValue, found, isScopeMeant(request)) }
        var part = self
        if !namespaces.isEmpty {
            part.excludedNamespaces = []
            add("namespaces", list(namespaces), found, part.isNamespaceMeant(request))
        }
        if !excludedNamespaces.isEmpty {
            part = self
            part.namespaces = []
            add("excludedNamespaces", "not \(list(excludedNamespaces))", found, part.isNamespaceMeant(request))
        }
        if !labelSelector.isEmpty {
            part = ConstraintMatch()
            part.labelSelector = labelSelector
            let labels = metadata?["labels" as StaticString]?.entries.map { entry in
                "\(entry.key.string ?? "")=\(entry.value.string ?? "")"
            }
            add(
                "labelSelector", labelSelector.description, labels?.joined(separator: ",") ?? "no labels",
                [request.objectNode, request.oldObjectNode].contains(where: part.isObjectMeant))
        }
        if let name {
            part = ConstraintMatch()
            part.name = name
            add(
                "name", name.text, metadata?["name" as StaticString]?.string ?? "no name",
                [request.objectNode, request.oldObjectNode].contains(where: part.isObjectMeant))
        }
        if !namespaceSelector.isEmpty {
            let holds: Bool? =
                switch matchNamespace(context) {
                case .matches, .matchesConverted: true
                case .differs, .namespaceNotFound: false
                case .needsNamespace: nil
                }
            add("namespaceSelector", namespaceSelector.description, found, holds)
        }
        if source != .all {
            add("source", source.rawValue, context.isGenerated ? "generated" : "original", isSourceMeant(context))
        }
        return clauses
    }
}
