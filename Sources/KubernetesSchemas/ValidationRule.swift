import Values

/// One line of `validationRules`, resolved against a `SchemaSet`.
struct ValidationRule: Sendable {
    enum Check: Sendable {
        /// Not missing, and neither an empty text nor an empty list.
        case isRequired
        case isName(Form)
        case isIn(ClosedRange<Int64>)
        /// One of few texts that the OpenAPI documents do not list.
        case isOneOf([String])
        /// No two elements of the list have the same text in this field.
        case isUnique(String)
        /// The keys of the map, and its values.
        case keysAre(Form)
        case valuesAre(Form)
        /// Exactly one of the object's fields but these is set.
        case hasOneField(except: [String])
    }

    enum Form: String, Sendable {
        case label, subdomain, qualified, labelValue, configKey, portName, envName, path, resource
        /// A qualified name once it is in lower case.
        case lowered
        case storedResource, schedule, percent, image
    }

    let field: Int
    let check: Check

    static func read(_ text: StaticString, types: [TypeSchema]) -> [[ValidationRule]] {
        var indexes: [String: Int] = [:]
        for (index, type) in types.enumerated() { indexes[type.name] = index }
        var rules = [[ValidationRule]](repeating: [], count: types.count)
        for line in text.description.split(separator: "\n") {
            let words = line.split(separator: " ").map(String.init)
            guard words.count >= 3, let index = indexes[words[0]], let field = types[index].index(named: words[1])
            else {
                continue
            }
            for word in words.dropFirst(2) {
                if let check = Check(word) { rules[index].append(ValidationRule(field: field, check: check)) }
            }
        }
        return rules
    }
}

extension ValidationRule.Check {
    fileprivate init?(_ word: String) {
        let parts = word.split(separator: "=", maxSplits: 1).map(String.init)
        if parts.count == 1 {
            if word == "required" {
                self = .isRequired
            } else if let form = ValidationRule.Form(rawValue: word) {
                self = .isName(form)
            } else {
                return nil
            }
            return
        }
        switch parts[0] {
        case "range":
            let bounds = parts[1].split(separator: ":").compactMap { Int64($0) }
            guard bounds.count == 2, bounds[0] <= bounds[1] else { return nil }
            self = .isIn(bounds[0]...bounds[1])
        case "in": self = .isOneOf(parts[1].split(separator: ",").map(String.init))
        case "unique": self = .isUnique(parts[1])
        case "keys", "values":
            guard let form = ValidationRule.Form(rawValue: parts[1]) else { return nil }
            self = parts[0] == "keys" ? .keysAre(form) : .valuesAre(form)
        case "one": self = .hasOneField(except: parts[1].split(separator: ",").map(String.init))
        default: return nil
        }
    }
}

extension TypeSchema {
    func index(named name: String) -> Int? {
        var name = name
        return name.withUTF8 { index(of: $0) }
    }
}
