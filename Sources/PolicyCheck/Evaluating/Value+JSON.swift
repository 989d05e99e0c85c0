import CEL
import Documents
import KubernetesCEL
import Values

extension Value {
    /// A value of a library's type in words, with the tag by which the tagged form names its type.
    var libraryText: (tag: String, text: String)? {
        guard case .object(let object) = self else { return nil }
        return switch object {
        case let value as QuantityValue: ("quantity", value.description)
        case let value as IPValue: ("ip", value.description)
        case let value as CIDRValue: ("cidr", value.description)
        case let value as URLValue: ("url", value.description)
        case let value as SemverValue: ("semver", value.description)
        case let value as FormatValue: ("format", value.description)
        default: nil
        }
    }

    /// The value as JSON data: what Kubernetes would make of it in an object.
    var json: Node {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.append(self)
        return builder.finish().root
    }
}

extension DocumentBuilder {
    /// Timestamps, durations and values of libraries become their text, bytes base64, an optional its content or null.
    mutating func append(_ value: Value) {
        switch value {
        case .null: appendNull()
        case .bool(let value): append(value)
        case .int(let value): append(value)
        case .uint(let value): if let int = Int64(exactly: value) { append(int) } else { append(value) }
        case .double(let value): append(value)
        case .string(let value): append(value)
        case .text(let node), .listNode(let node), .mapNode(let node): append(copyOf: node)
        case .bytes(let value): append(Base64.encode(value))
        case .list(let elements):
            beginList()
            for element in elements { append(element) }
            endList()
        case .map(let map):
            beginMap()
            for (key, value) in zip(map.keys, map.values) {
                appendKey(key.keyText)
                append(value)
            }
            endMap()
        case .timestamp(let value): append(Timestamps.string(value))
        case .duration(let value): append(Durations.string(value))
        case .type(let name): append(name)
        case .optional(let optional): if let value = optional.value { append(value) } else { appendNull() }
        case .object(let object as StructureValue):
            beginMap()
            for field in object.fields {
                appendKey(field.name)
                append(field.value)
            }
            endMap()
        case .object(let object): append(value.libraryText?.text ?? object.typeName)
        }
    }
}

extension Value {
    /// As a key of a JSON object, which can only be a string.
    fileprivate var keyText: String {
        stringValue ?? String(decoding: JSONWriter().write(json), as: UTF8.self)
    }
}
