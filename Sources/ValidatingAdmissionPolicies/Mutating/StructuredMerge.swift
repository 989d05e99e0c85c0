import Admission
import KubernetesSchemas
import PolicyEngine
import Values

/// Why fields cannot be applied.
struct MergeError: Error {
    var message: String
    var missing: MissingContext?
}

/// Puts fields into an object as server-side apply does: maps and objects key by key, lists of type map and set element
/// by element, everything else as a whole.
///
/// As the API server demands of policies, no list, map or object that is atomic may be given: all that the expression
/// does not repeat of it would be lost. Kyverno's policies can ask for just that.
struct StructuredMerge {
    private let type: MergeType
    private let replacesAtomics: Bool

    init(_ schemas: SchemaSet, _ kind: GroupVersionKind, replacesAtomics: Bool) {
        self.replacesAtomics = replacesAtomics
        type = MergeType(schemas, apiVersion: kind.apiVersion, kind: kind.kind)
    }

    func merge(_ fields: PatchTree, into object: Node) throws(MergeError) -> PatchTree {
        var check = MergeCheck()
        check.validate(fields, type, path: "")
        if let kind = check.unknownKind {
            let missing = MissingContext.schema(kind)
            throw MergeError(message: missing.description, missing: missing)
        }
        if !check.errors.isEmpty {
            throw MergeError(
                message: "failed to convert patch object to typed object: \(MergeCheck.description(of: check.errors))")
        }
        let atomics = replacesAtomics ? [] : MergeCheck.atomics(in: fields, type, path: "")
        guard atomics.isEmpty else {
            throw MergeError(
                message: "invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: "
                    + atomics.joined(separator: ", "))
        }
        let duplicates = MergeCheck.duplicates(in: object, type)
        guard duplicates.isEmpty else {
            throw MergeError(
                message: "failed to convert original object to typed object: "
                    + MergeCheck.description(of: duplicates))
        }
        return try Self.merged(.node(object), fields, type, path: "") ?? .node(object)
    }

    // MARK: Merging

    private static func merged(
        _ live: PatchTree?, _ patch: PatchTree?, _ type: MergeType?, path: String
    ) throws(MergeError) -> PatchTree? {
        guard let patch else { return live }
        guard let live, let type else { return patch }
        switch type.shape {
        case .object(false), .map(false):
            guard live.isMap, live.count > 0 else { return patch }
            // Null is no map; what is there stays.
            return patch.isMap ? try mergedMap(live, patch, type, path: path) : live
        case .list(let relation) where relation != .atomic:
            guard live.isList, live.count > 0 else { return patch }
            return patch.isList ? try mergedList(live, patch, type, relation, path: path) : live
        default: return patch
        }
    }

    private static func mergedMap(
        _ live: PatchTree, _ patch: PatchTree, _ type: MergeType, path: String
    ) throws(MergeError) -> PatchTree {
        var entries: [(key: PatchTree.Key, value: PatchTree)] = []
        for (key, value) in live.entries {
            let name = key.text
            guard let change = patch.child(name) else {
                entries.append((key, value))
                continue
            }
            if let result = try merged(value, change, child(name, of: type), path: "\(path).\(name)") {
                entries.append((key, result))
            }
        }
        for (key, value) in patch.entries where live.child(key.text) == nil { entries.append((key, value)) }
        if case .node(let origin) = live { return .map(entries, origin: origin) }
        return .map(entries)
    }

    private static func child(_ name: String, of type: MergeType) -> MergeType? {
        if case .map = type.shape { return type.element }
        if case .declared(let field) = type.field(name) { return field }
        return nil
    }

    /// Elements of both in one order: the patch's for those that it names, the object's for the others.
    private static func mergedList(
        _ live: PatchTree, _ patch: PatchTree, _ type: MergeType, _ relation: MergeType.ListRelation, path: String
    ) throws(MergeError) -> PatchTree {
        let old = try keyed(live, type, relation, path: path)
        let new = try keyed(patch, type, relation, path: path)
        let places = Dictionary(uniqueKeysWithValues: new.enumerated().map { ($1.key, $0) })
        let oldByKey = Dictionary(uniqueKeysWithValues: old.map { ($0.key, $0.value) })
        var result: [PatchTree] = []
        /// Elements of the patch that are in the result.
        var taken = 0
        func take() throws(MergeError) {
            let (key, value) = new[taken]
            taken += 1
            if let element = try merged(oldByKey[key], value, type.element, path: path + key) { result.append(element) }
        }
        for (key, value) in old {
            guard let place = places[key] else {
                result.append(value)
                continue
            }
            // One that both have comes where the object has it, after all that the patch has before it, unless one of
            // those comes later in the object: then it waits for its turn.
            guard place >= taken else { continue }
            let waits = new[taken..<place].contains { oldByKey[$0.key] != nil }
            if waits { continue }
            while taken <= place { try take() }
        }
        while taken < new.count { try take() }
        if case .node(let origin) = live { return .list(result, origin: origin) }
        return .list(result)
    }

    private static func keyed(
        _ list: PatchTree, _ type: MergeType, _ relation: MergeType.ListRelation, path: String
    ) throws(MergeError) -> [(key: String, value: PatchTree)] {
        var result: [(key: String, value: PatchTree)] = []
        var seen: Set<String> = []
        for (index, element) in list.elements.enumerated() {
            let problem: String
            switch MergeCheck.key(of: element, relation, type.element) {
            case .success(let key):
                if seen.insert(key).inserted {
                    result.append((key, element))
                    continue
                }
                problem = "duplicate entries for key \(key)"
            case .failure(let error): problem = "element \(index): \(error.message)"
            }
            throw MergeError(message: "failed to convert original object to typed object: \(path): \(problem)")
        }
        return result
    }
}

extension PatchTree {
    var entries: [(key: Key, value: PatchTree)] {
        switch self {
        case .node(let node): node.entries.map { (key: .node($0.key), value: .node($0.value)) }
        case .map(let entries, _): entries
        case .list: []
        }
    }

    var elements: [PatchTree] {
        switch self {
        case .node(let node): node.elements.map { .node($0) }
        case .list(let elements, _): elements
        case .map: []
        }
    }
}

extension PatchTree.Key {
    var text: String {
        switch self {
        case .node(let node): node.string ?? ""
        case .text(let text): text
        }
    }
}
