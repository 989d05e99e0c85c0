import Documents
import Values

/// One line of `defaultingRules`, resolved against a `SchemaSet`.
struct DefaultingRule: Sendable {
    enum Value: Sendable {
        case fixed(Node)
        case computed(ComputedDefault)
    }

    enum Condition: Sendable {
        case isSet(Int)
        case isNotSet(Int)
        case isOneOf(Int, [String])
        /// The kind of the whole object.
        case rootKind(String)
        /// The key under which this object stands.
        case parentKey(String)
        case isRoot
        /// A volume that has nothing but its name.
        case hasNameOnly
    }

    let field: Int
    let value: Value
    let conditions: [Condition]

    /// - Returns: the rules by index of their type.
    static func read(_ text: StaticString, types: [TypeSchema]) -> [[DefaultingRule]] {
        var indexes: [String: Int] = [:]
        for (index, type) in types.enumerated() { indexes[type.name] = index }
        var rules = [[DefaultingRule]](repeating: [], count: types.count)
        let parser = JSONParser()
        for line in text.description.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, let type = indexes[words[0]],
                let rule = DefaultingRule(words, type: types[type], parser: parser)
            else { continue }
            rules[type].append(rule)
        }
        return rules
    }

    private init?(_ words: [String], type: TypeSchema, parser: JSONParser) {
        func index(_ name: some StringProtocol) -> Int? {
            var name = String(name)
            return name.withUTF8 { type.index(of: $0) }
        }
        guard let field = index(words[1]) else { return nil }
        self.field = field
        if words[2].hasPrefix("%") {
            guard let computed = ComputedDefault(rawValue: String(words[2].dropFirst())) else { return nil }
            value = .computed(computed)
        } else {
            guard let document = try? parser.parse(Array(words[2].utf8)) else { return nil }
            value = .fixed(document.root)
        }
        var conditions: [Condition] = []
        for word in words.dropFirst(3) {
            switch word {
            case "@root": conditions.append(.isRoot)
            case "@sourceless": conditions.append(.hasNameOnly)
            case _ where word.hasPrefix("@"):
                let name = String(word.dropFirst())
                conditions.append(name.first?.isLowercase == true ? .parentKey(name) : .rootKind(name))
            case _ where word.hasPrefix("!"):
                guard let field = index(word.dropFirst()) else { return nil }
                conditions.append(.isNotSet(field))
            default:
                let parts = word.split(separator: "=", maxSplits: 1)
                guard let name = parts.first, let field = index(name) else { return nil }
                conditions.append(
                    parts.count == 1 ? .isSet(field) : .isOneOf(field, parts[1].split(separator: ",").map(String.init)))
            }
        }
        self.conditions = conditions
    }
}
