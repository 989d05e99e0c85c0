package import Values

/// Learns the types of CustomResourceDefinitions and of Crossplane's CompositeResourceDefinitions.
///
/// Read are the structural parts of their schemas: types, fields, required, enums, nullable, defaults, list types and
/// map keys, int-or-string and what is to be kept unknown. `CustomSchema` has the rest.
struct CustomTypeReader {
    private(set) var types: [TypeSchema]
    private(set) var values: [ValueSchema]
    private(set) var texts: [[String]]
    private(set) var defaults: [Node]
    private(set) var kinds: [String: TypeID]
    private(set) var customSchemas: [TypeID: CustomSchema]
    let memory: KeyMemory
    private let objectMeta: Int32
    private var fieldCount = 0

    /// Fields that Crossplane adds to the `spec` of what its definitions define.
    private static let crossplaneFields = [
        "claimRef", "compositeDeletePolicy", "compositionRef", "compositionRevisionRef", "compositionRevisionSelector",
        "compositionSelector", "compositionUpdatePolicy", "crossplane", "environmentConfigRefs",
        "publishConnectionDetailsTo", "resourceRef", "resourceRefs", "writeConnectionSecretToRef",
    ]

    init(_ set: SchemaSet) {
        types = set.types
        values = set.values
        texts = set.texts
        defaults = set.defaults
        kinds = set.kinds
        customSchemas = set.allCustomSchemas
        memory = KeyMemory(beside: set.memory)
        objectMeta = Int32(set.types.firstIndex { $0.name == "meta.v1.ObjectMeta" } ?? -1)
    }

    /// - Returns: whether the manifest is a definition.
    mutating func read(_ manifest: Node) -> Bool {
        let isComposite = manifest["kind" as StaticString]?.string == "CompositeResourceDefinition"
        guard isComposite || manifest["kind" as StaticString]?.string == "CustomResourceDefinition",
            let spec = manifest["spec" as StaticString], let group = spec["group" as StaticString]?.string
        else { return false }
        let names = [spec["names" as StaticString], isComposite ? spec["claimNames" as StaticString] : nil]
        for version in spec["versions" as StaticString].elements {
            guard let name = version["name" as StaticString]?.string, version["served" as StaticString]?.bool != false
            else {
                continue
            }
            let schema = version["schema" as StaticString]?["openAPIV3Schema" as StaticString]
            var budget = SchemaLimits.maximumFields
            let whole = schema.map { CustomSchema($0, budget: &budget) }
            let hasStatus = isComposite || version["subresources" as StaticString]?["status" as StaticString] != nil
            for kind in names.compactMap({ $0?["kind" as StaticString]?.string }) {
                let type = readRoot(
                    schema, name: "\(group).\(name).\(kind)", hasStatus: hasStatus, isComposite: isComposite)
                kinds["\(group)/\(name):\(kind)"] = TypeID(index: type)
                customSchemas[TypeID(index: type)] = whole
            }
        }
        return true
    }

    private mutating func readRoot(_ schema: Node?, name: String, hasStatus: Bool, isComposite: Bool) -> Int32 {
        var fields: [FieldSchema] = []
        for (key, property) in (schema?["properties" as StaticString]).entries {
            let text = key.string ?? ""
            // These are the same for every object.
            if ["apiVersion", "kind", "metadata"].contains(text) { continue }
            var field = readField(key, property, required: required(schema), name: name + "." + text, depth: 1)
            if isComposite, text == "spec", field.value.kind == .object {
                addCrossplaneFields(to: Int(field.value.reference))
            }
            field.traits.insert(.keepsEmpty)
            fields.append(field)
        }
        fields += objectFields()
        var type = TypeSchema(name: name, fields: Self.sorted(fields), isAtomic: false)
        type.isCustom = true
        type.preservesUnknown = schema.map(preservesUnknown) ?? true
        type.keepsStatus = !hasStatus
        types.append(type)
        return Int32(types.count - 1)
    }

    private mutating func addCrossplaneFields(to index: Int) {
        var fields = types[index].fields
        for name in Self.crossplaneFields where types[index].index(named: name) == nil {
            fields.append(FieldSchema(key: memory.store(name.utf8), value: ValueSchema(.any), traits: .keepsEmpty))
        }
        var type = TypeSchema(name: types[index].name, fields: Self.sorted(fields), isAtomic: false)
        type.isCustom = true
        type.preservesUnknown = types[index].preservesUnknown
        types[index] = type
    }

    /// What every object has: its kind, and its metadata.
    private func objectFields() -> [FieldSchema] {
        ["apiVersion", "kind"].map { text in
            FieldSchema(key: memory.store(text.utf8), value: ValueSchema(.string), traits: [])
        } + [
            FieldSchema(
                key: memory.store("metadata".utf8), value: ValueSchema(.object, reference: objectMeta),
                traits: .alwaysObject)
        ]
    }

    private static func sorted(_ fields: [FieldSchema]) -> [FieldSchema] {
        fields.sorted { $0.key.lexicographicallyPrecedes($1.key) }
    }

    private func required(_ schema: Node?) -> Set<String> {
        Set((schema?["required" as StaticString]).elements.compactMap(\.string))
    }

    private func preservesUnknown(_ schema: Node) -> Bool {
        schema["x-kubernetes-preserve-unknown-fields" as StaticString]?.bool == true
    }

    private mutating func readField(
        _ key: Node, _ schema: Node, required: Set<String>, name: String, depth: Int
    ) -> FieldSchema {
        fieldCount += 1
        var field = FieldSchema(
            key: memory.store(key.utf8), value: readValue(schema, name: name, depth: depth), traits: .keepsEmpty)
        if required.contains(key.string ?? "") { field.traits.insert(.required) }
        if schema["nullable" as StaticString]?.bool == true { field.traits.insert(.nullable) }
        if let value = schema["default" as StaticString] {
            field.defaultIndex = Int32(defaults.count)
            defaults.append(value)
        }
        return field
    }

    private mutating func readValue(_ schema: Node, name: String, depth: Int) -> ValueSchema {
        // Beyond the limits anything goes, rather than that something were refused for our sake.
        guard depth < SchemaLimits.maximumSchemaDepth, fieldCount < SchemaLimits.maximumFields else {
            return ValueSchema(.any)
        }
        if schema["x-kubernetes-int-or-string" as StaticString]?.bool == true { return ValueSchema(.intOrString) }
        switch schema["type" as StaticString]?.string {
        case "string":
            let allowed = schema["enum" as StaticString].elements.compactMap(\.string)
            if allowed.isEmpty { return ValueSchema(.string) }
            texts.append(allowed)
            return ValueSchema(.string, detail: Int32(texts.count - 1))
        case "integer":
            return ValueSchema(schema["format" as StaticString]?.string == "int32" ? .int32 : .int64)
        case "number": return ValueSchema(.double)
        case "boolean": return ValueSchema(.bool)
        case "array": return readList(schema, name: name, depth: depth)
        case "object": return readObject(schema, name: name, depth: depth)
        default: return ValueSchema(.any)
        }
    }

    private mutating func readList(_ schema: Node, name: String, depth: Int) -> ValueSchema {
        let element = schema["items" as StaticString].map { readValue($0, name: name, depth: depth + 1) }
        values.append(element ?? ValueSchema(.any))
        var value = ValueSchema(.list, reference: Int32(values.count - 1))
        switch schema["x-kubernetes-list-type" as StaticString]?.string {
        case "map":
            value.listType = .map
            texts.append(schema["x-kubernetes-list-map-keys" as StaticString].elements.compactMap(\.string))
            value.detail = Int32(texts.count - 1)
        case "set": value.listType = .set
        default: value.listType = .atomic
        }
        return value
    }

    private mutating func readObject(_ schema: Node, name: String, depth: Int) -> ValueSchema {
        let properties = schema["properties" as StaticString]
        if properties.isEmpty, let extra = schema["additionalProperties" as StaticString] {
            if extra.isMap { values.append(readValue(extra, name: name, depth: depth + 1)) }
            return extra.isMap ? ValueSchema(.map, reference: Int32(values.count - 1)) : ValueSchema(.anyObject)
        }
        if preservesUnknown(schema), properties.isEmpty { return ValueSchema(.anyObject) }
        let required = required(schema)
        var fields: [FieldSchema] = []
        if schema["x-kubernetes-embedded-resource" as StaticString]?.bool == true { fields += objectFields() }
        for (key, property) in properties.entries {
            // These are the same for every object.
            if fields.contains(where: { key.utf8.elementsEqual($0.key) }) { continue }
            let path = name + "." + (key.string ?? "")
            fields.append(readField(key, property, required: required, name: path, depth: depth + 1))
        }
        var type = TypeSchema(name: name, fields: Self.sorted(fields), isAtomic: false)
        type.isCustom = true
        type.preservesUnknown = preservesUnknown(schema)
        types.append(type)
        var value = ValueSchema(.object, reference: Int32(types.count - 1))
        value.isAtomic = schema["x-kubernetes-map-type" as StaticString]?.string == "atomic"
        return value
    }
}

extension SchemaSet {
    /// The set with the types of the definitions among the manifests; others are passed over.
    package func adding(definitions: [Node]) -> SchemaSet {
        var reader = CustomTypeReader(self)
        var count = 0
        for manifest in definitions where reader.read(manifest) { count += 1 }
        guard count > 0 else { return self }
        return SchemaSet(
            version: version, types: reader.types, values: reader.values, texts: reader.texts,
            defaults: reader.defaults, kinds: reader.kinds, memory: reader.memory,
            customSchemas: reader.customSchemas)
    }
}
