import Admission
import CEL
import Values

/// A value that has no form in an object.
struct UnwritableValue: Error {
    let message: String
}

/// What an expression made, as JSON values.
enum AppliedValue {
    enum Dialect {
        /// As protobuf writes JSON: integers beyond 53 bits, bytes, times and durations become strings.
        case json
        /// Only what an object can hold.
        case native
    }

    private static let maximumSafeInteger: UInt64 = 1 << 53 - 1

    static func tree(_ value: Value, dialect: Dialect, depth: Int = 0) throws(UnwritableValue) -> PatchTree {
        guard depth < PolicyLimits.maximumValueDepth else { throw UnwritableValue(message: "nested too deep") }
        switch value {
        case .null: return .null
        case .text(let node): return .node(node)
        case .listNode(let node), .mapNode(let node): return .node(node)
        case .string(let text): return .text(text)
        case .bool(let bool): return scalar { $0.append(bool) }
        case .int(let int):
            if dialect == .json, int.magnitude > maximumSafeInteger { return .text(String(int)) }
            return scalar { $0.append(int) }
        case .uint(let uint):
            if dialect == .json, uint > maximumSafeInteger { return .text(String(uint)) }
            return scalar { builder in
                if let int = Int64(exactly: uint) { builder.append(int) } else { builder.append(uint) }
            }
        case .double(let double):
            guard double.isFinite else { throw UnwritableValue(message: "\(double) is no JSON number") }
            if dialect == .json, let int = Int64(exactly: double) { return scalar { $0.append(int) } }
            return scalar { $0.append(double) }
        case .bytes(let bytes) where dialect == .json: return .text(Base64.encode(bytes))
        case .timestamp(let timestamp) where dialect == .json: return .text(Timestamps.string(timestamp))
        case .duration(let nanoseconds) where dialect == .json: return .text(Durations.string(nanoseconds))
        case .list(let elements):
            var trees: [PatchTree] = []
            for element in elements { trees.append(try tree(element, dialect: dialect, depth: depth + 1)) }
            return .list(trees)
        case .map(let map):
            var entries: [(key: PatchTree.Key, value: PatchTree)] = []
            for (key, value) in zip(map.keys, map.values) {
                guard let text = key.stringValue else { throw UnwritableValue(message: "map keys must be strings") }
                entries.append((.text(text), try tree(value, dialect: dialect, depth: depth + 1)))
            }
            return .map(entries)
        case .object(let object):
            guard let structure = object as? StructureValue else { throw unwritable(value) }
            var entries: [(key: PatchTree.Key, value: PatchTree)] = []
            for (index, field) in structure.fields.enumerated() {
                // Of equal names the last one counts.
                if structure.fields[(index + 1)...].contains(where: { $0.name == field.name }) { continue }
                entries.append((.text(field.name), try tree(field.value, dialect: dialect, depth: depth + 1)))
            }
            return .map(entries)
        default: throw unwritable(value)
        }
    }

    private static func unwritable(_ value: Value) -> UnwritableValue {
        switch value {
        case .bytes: UnwritableValue(message: "bytes have no place in an object")
        case .timestamp: UnwritableValue(message: "a timestamp has no place in an object; convert it with `string(…)`")
        case .duration: UnwritableValue(message: "a duration has no place in an object; convert it with `string(…)`")
        case .object(let object): UnwritableValue(message: "`\(object.typeName)` has no place in an object")
        default: UnwritableValue(message: "the value has no place in an object")
        }
    }

    private static func scalar(_ write: (inout DocumentBuilder) -> Void) -> PatchTree {
        var builder = DocumentBuilder(recordsPositions: false)
        write(&builder)
        return .node(builder.finish().root)
    }

    static func elements(of value: Value) -> [Value]? {
        switch value {
        case .list(let elements): elements
        case .listNode(let node): node.elements.map { Value($0) }
        default: nil
        }
    }

    // MARK: Type names

    /// Structures must be named for where they stand: `Object.spec{…}` is only good as the field `spec` of `Object`.
    static func checkTypeNames(_ value: Value) throws(MutationError) {
        guard case .object(let object) = value, object is StructureValue else { return }
        var errors: [String] = []
        collect(value, path: object.typeName, &errors)
        if !errors.isEmpty { throw MutationError("type mismatch: \(errors.joined(separator: "\n"))") }
    }

    private static func collect(_ value: Value, path: String, _ errors: inout [String]) {
        switch value {
        case .object(let object):
            guard let structure = object as? StructureValue else { return }
            if structure.typeName != path {
                errors.append(
                    "unexpected type name \"\(structure.typeName)\", expected \"\(path)\", which matches field name "
                        + "path from root Object type")
            }
            for field in structure.fields { collect(field.value, path: "\(path).\(field.name)", &errors) }
        case .list(let elements): for element in elements { collect(element, path: path, &errors) }
        case .map(let map): for element in map.values { collect(element, path: path, &errors) }
        default: break
        }
    }
}
