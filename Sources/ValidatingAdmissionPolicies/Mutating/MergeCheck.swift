import Admission
import Documents
import Values

/// Compares fields that are to be applied with their types, in the words of the API server's merge library.
struct MergeCheck {
    private(set) var errors: [String] = []
    /// Set where the fields are of a kind whose schema is not known.
    private(set) var unknownKind: String?

    /// All of them in one text.
    static func description(of errors: [String]) -> String {
        errors.count == 1 ? errors[0] : "errors:\n" + errors.map { "  \($0)" }.joined(separator: "\n")
    }

    private mutating func report(_ path: String, _ message: String) {
        errors.append(path.isEmpty ? message : "\(path): \(message)")
    }

    mutating func validate(_ value: PatchTree, _ type: MergeType, path: String) {
        if value.isNull { return }
        switch type.shape {
        case .untyped: break
        case .scalar(let scalar): validateScalar(value, scalar, path)
        case .object:
            guard value.isMap else { return report(path, "expected map, got &{\(value.goText)}") }
            for (key, child) in value.entries {
                let place = "\(path).\(key.text)"
                switch type.field(key.text) {
                case .declared(let field): validate(child, field, path: place)
                case .undeclared:
                    // The library stops at the first.
                    return report(place, "field not declared in schema")
                case .unknown(let kind): unknownKind = kind
                }
            }
        case .map:
            guard value.isMap else { return report(path, "expected map, got &{\(value.goText)}") }
            guard let element = type.element else { return }
            for (key, child) in value.entries { validate(child, element, path: "\(path).\(key.text)") }
        case .list(let relation):
            guard value.isList else { return report(path, "expected list, got &{\(value.goText)}") }
            validateList(value, relation, type, path)
        }
    }

    private mutating func validateList(
        _ value: PatchTree, _ relation: MergeType.ListRelation, _ type: MergeType, _ path: String
    ) {
        var seen: Set<String> = []
        for (index, child) in value.elements.enumerated() {
            var place = "[\(index)]"
            if relation != .atomic {
                switch Self.key(of: child, relation, type.element) {
                case .success(let key): place = key
                case .failure(let error): return report(path, "element \(index): \(error.message)")
                }
                if !seen.insert(place).inserted { report(path, "duplicate entries for key \(place)") }
            }
            if let element = type.element { validate(child, element, path: path + place) }
        }
    }

    private mutating func validateScalar(_ value: PatchTree, _ scalar: MergeType.Scalar, _ path: String) {
        var kind: NodeKind?
        if case .node(let node) = value { kind = node.kind }
        let isNumber = kind == .int || kind == .uint || kind == .double
        switch scalar {
        case .number:
            if !isNumber { report(path, "expected numeric (int or float), got \(value.goType)") }
        case .string:
            if kind != .string {
                report(path, "expected string, got &value.valueUnstructured{Value:\(value.goText)}")
            }
        case .boolean:
            if kind != .bool { report(path, "expected boolean, got &{\(value.goText)}") }
        case .any:
            if !isNumber, kind != .string, kind != .bool {
                report(path, "expected any scalar, got &{\(value.goText)}")
            }
        }
    }

    // MARK: Duplicates

    /// Elements of an object's lists that cannot be told apart. All else has been decoded, and cannot be at fault.
    ///
    /// Paths are made on the way back from what was found: mostly that is nothing.
    static func duplicates(in object: Node, _ type: MergeType) -> [String] {
        found(in: object, type).map { $0.path.isEmpty ? $0.message : "\($0.path): \($0.message)" }
    }

    private typealias Found = (path: String, message: String)

    private static func found(in node: Node, _ type: MergeType) -> [Found] {
        switch type.shape {
        case .object where node.isMap:
            return node.entries.flatMap { key, child -> [Found] in
                guard child.isMap || child.isList, case .declared(let field) = type.field(key.string ?? "") else {
                    return []
                }
                return below(".\(key.string ?? "")", found(in: child, field))
            }
        case .map where node.isMap:
            guard let element = type.element else { return [] }
            return node.entries.flatMap { key, child in
                child.isMap || child.isList ? below(".\(key.string ?? "")", found(in: child, element)) : []
            }
        case .list(let relation) where node.isList: return found(inList: node, relation, type.element)
        default: return []
        }
    }

    private static func found(inList list: Node, _ relation: MergeType.ListRelation, _ element: MergeType?) -> [Found] {
        var all: [Found] = []
        var seen: Set<String> = []
        for (index, child) in list.elements.enumerated() {
            var place: String?
            if relation != .atomic, list.count > 1 {
                // What lacks a key would not have been stored, and is compared with nothing here.
                guard case .success(let key) = key(of: .node(child), relation, element) else { continue }
                if !seen.insert(key).inserted { all.append(("", "duplicate entries for key \(key)")) }
                place = key
            }
            guard let element, child.isMap || child.isList else { continue }
            let inner = found(in: child, element)
            guard !inner.isEmpty else { continue }
            if relation != .atomic, place == nil {
                guard case .success(let key) = key(of: .node(child), relation, element) else { continue }
                place = key
            }
            all += below(place ?? "[\(index)]", inner)
        }
        return all
    }

    private static func below(_ place: @autoclosure () -> String, _ found: [Found]) -> [Found] {
        if found.isEmpty { return found }
        let place = place()
        return found.map { (place + $0.path, $0.message) }
    }

    // MARK: Atomic values

    /// The paths of lists, maps and objects that can only be replaced as a whole.
    static func atomics(in value: PatchTree, _ type: MergeType, path: String) -> [String] {
        var found: [String] = []
        switch type.shape {
        case .object(let isAtomic) where value.isMap:
            if isAtomic { found.append(path) }
            for (key, child) in value.entries {
                guard case .declared(let field) = type.field(key.text) else { continue }
                found += atomics(in: child, field, path: "\(path).\(key.text)")
            }
        case .map(let isAtomic) where value.isMap:
            // What is inside a map is not looked at.
            if isAtomic { found.append(path) }
        case .list(let relation) where value.isList:
            if relation == .atomic { found.append(path) }
            guard let element = type.element else { break }
            for (index, child) in value.elements.enumerated() {
                found += atomics(in: child, element, path: "\(path)[\(index)]")
            }
        case .untyped where value.isMap || value.isList: found.append(path)
        default: break
        }
        return found
    }

    // MARK: Keys

    struct KeyError: Error { let message: String }

    /// How the library writes an element of a list: `[name="c"]`, `[="value"]`.
    static func key(
        of element: PatchTree, _ relation: MergeType.ListRelation, _ type: MergeType?
    ) -> Result<String, KeyError> {
        switch relation {
        case .atomic: return .failure(KeyError(message: "an atomic list has no keys"))
        case .set:
            if element.isMap {
                return .failure(KeyError(message: "associative list without keys has an element that's a map type"))
            }
            if element.isList {
                return .failure(KeyError(message: "not supported: associative list with lists as elements"))
            }
            if element.isNull {
                return .failure(
                    KeyError(message: "associative list without keys has an element that's an explicit null"))
            }
            return .success("[=\(element.keyText)]")
        case .map(let names):
            guard !element.isNull else {
                return .failure(KeyError(message: "associative list with keys may not have a null element"))
            }
            guard element.isMap else {
                return .failure(KeyError(message: "associative list with keys may not have non-map elements"))
            }
            var parts: [String] = []
            for name in names.sorted() {
                guard let value = element.child(name) ?? type?.defaultValue(of: name).map({ .node($0) }) else {
                    return .failure(
                        KeyError(
                            message: "associative list with keys has an element that omits key field \"\(name)\" "
                                + "(and doesn't have default value)"))
                }
                parts.append("\(name)=\(value.keyText)")
            }
            return .success("[\(parts.joined(separator: ","))]")
        }
    }
}

extension PatchTree {
    private var json: String {
        switch self {
        case .node(let node): String(decoding: JSONWriter().write(node), as: UTF8.self)
        default: String(decoding: JSONWriter().write(document(source: nil).root), as: UTF8.self)
        }
    }

    /// As the library writes a value in a key: strings in quotes.
    fileprivate var keyText: String { json }

    /// As Go prints the value, about.
    fileprivate var goText: String { json }

    /// Go's name of the value's type.
    fileprivate var goType: String {
        if isMap { return "map[string]interface {}" }
        guard case .node(let node) = self else { return "[]interface {}" }
        switch node.kind {
        case .string: return "string"
        case .bool: return "bool"
        case .list: return "[]interface {}"
        default: return "<nil>"
        }
    }
}
