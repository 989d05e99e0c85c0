import Admission
import Diagnostics
package import Values

/// Reads a policy object's fields and collects what is wrong with them, so that all of it is told at once.
package struct FieldReader {
    package private(set) var errors: [FieldError] = []

    package init() {}

    package mutating func report(_ error: FieldError) { errors.append(error) }

    package mutating func report(
        _ kind: FieldError.Kind, _ field: String, _ detail: String = "", at node: Node, help: String? = nil
    ) {
        errors.append(FieldError(kind, field, detail, at: node, help: help))
    }

    /// Reports fields that the type does not have.
    package mutating func allow(_ known: [String], in node: Node, _ path: String) {
        for (key, _) in node.entries {
            let name = key.string ?? ""
            guard !known.contains(name) else { continue }
            let suggestion = closestMatch(to: name, among: known)
            report(
                .unknown, path.isEmpty ? name : "\(path).\(name)", "unknown field", at: key,
                help: suggestion.map { "did you mean `\($0)`?" } ?? "known here: \(known.joined(separator: ", "))")
        }
    }

    /// A string, or nil if it is absent or null (or wrong, which is reported).
    package mutating func string(_ name: String, in node: Node, _ path: String) -> Node? {
        typed(name, in: node, path, "a string") { $0.kind == .string }
    }

    package mutating func map(_ name: String, in node: Node, _ path: String) -> Node? {
        typed(name, in: node, path, "an object") { $0.isMap }
    }

    private mutating func typed(
        _ name: String, in node: Node, _ path: String, _ expected: String, _ accepts: (Node) -> Bool
    ) -> Node? {
        guard let value = node[name], !value.isNull else { return nil }
        guard accepts(value) else {
            report(.typeInvalid, path.isEmpty ? name : "\(path).\(name)", "must be \(expected)", at: value)
            return nil
        }
        return value
    }

    /// The objects of a list, with their field paths.
    package mutating func objects(_ name: String, in node: Node, _ path: String) -> [(node: Node, path: String)] {
        let field = "\(path).\(name)"
        guard let list = typed(name, in: node, path, "a list", { $0.isList }) else { return [] }
        var result: [(node: Node, path: String)] = []
        for (index, element) in list.elements.enumerated() {
            if element.isMap {
                result.append((element, "\(field)[\(index)]"))
            } else {
                report(.typeInvalid, "\(field)[\(index)]", "must be an object", at: element)
            }
        }
        return result
    }

    package mutating func strings(_ name: String, in node: Node, _ path: String) -> [(node: Node, text: String)] {
        let field = "\(path).\(name)"
        guard let list = typed(name, in: node, path, "a list", { $0.isList }) else { return [] }
        var result: [(node: Node, text: String)] = []
        for (index, element) in list.elements.enumerated() {
            if let text = element.string {
                result.append((element, text))
            } else {
                report(.typeInvalid, "\(field)[\(index)]", "must be a string", at: element)
            }
        }
        return result
    }

    /// One of a fixed set of words, or nil if absent; another word is reported and gives nil.
    ///
    /// - Parameter ignoresEmpty: whether no text at all is as good as absence, for fields that are no pointers in Go.
    package mutating func choice<Choice: RawRepresentable & CaseIterable>(
        _ name: String, in node: Node, _ path: String, _: Choice.Type, ignoresEmpty: Bool = false
    ) -> Choice? where Choice.RawValue == String {
        guard let value = string(name, in: node, path), let text = value.string else { return nil }
        if let choice = Choice(rawValue: text) { return choice }
        if ignoresEmpty, text.isEmpty { return nil }
        reportNotSupported("\(path).\(name)", text, Choice.allCases.map(\.rawValue), at: value)
        return nil
    }

    package mutating func reportNotSupported(_ field: String, _ text: String, _ known: [String], at node: Node) {
        let list = known.sorted().map { "\"\($0)\"" }.joined(separator: ", ")
        report(
            .notSupported, field, "supported values: \(list)", at: node,
            help: closestMatch(to: text, among: known).map { "did you mean `\($0)`?" })
    }
}
