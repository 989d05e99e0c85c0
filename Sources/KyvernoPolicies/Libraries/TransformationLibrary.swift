import CEL
import Glibc
import Values

/// The name of a service account in its parts.
final class ServiceAccountValue: ObjectValue {
    static let typeName = "user.ServiceAccount"
    private let namespace: String
    private let name: String

    /// - Parameter text: `system:serviceaccount:NAMESPACE:NAME`, where the name is all the rest; anything else has
    ///   neither part.
    init(_ text: String) {
        let parts = text.split(separator: ":", maxSplits: 3, omittingEmptySubsequences: false)
        let isAccount = parts.count == 4 && parts[0] == "system" && parts[1] == "serviceaccount"
        namespace = isAccount ? String(parts[2]) : ""
        name = isAccount ? String(parts[3]) : ""
    }

    var typeName: String { Self.typeName }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? ServiceAccountValue else { return nil }
        return namespace == other.namespace && name == other.name
    }

    func field(_ field: String) -> Value? {
        switch field {
        case "Name": .string(name)
        case "Namespace": .string(namespace)
        default: nil
        }
    }
}

/// `parseServiceAccount`, `listObjToMap` and `math.round` with digits.
extension Library {
    static let kyvernoTransformations = Library(
        "kyverno.transform",
        functions: ["parseServiceAccount", "user.parseServiceAccount"].map { name in
            FunctionDeclaration(
                name,
                [
                    Overload(
                        "\(name)_string", [.string], .structure(ServiceAccountValue.typeName),
                        .unary { text throws(EvaluationError) in
                            .object(ServiceAccountValue(try text.string()))
                        })
                ])
        }
            + ["listObjToMap", "transform.listObjToMap"].map { name in
                FunctionDeclaration(
                    name,
                    [
                        Overload(
                            "\(name)_lists", [.list(.dyn), .list(.dyn), .string, .string], .map(.dyn, .dyn),
                            .variadic { arguments throws(EvaluationError) in
                                try listsToMap(arguments[0], arguments[1], arguments[2], arguments[3])
                            })
                    ])
            } + [
                FunctionDeclaration(
                    "math.round",
                    [
                        Overload(
                            "math_round_double_int", [.double, .int], .double,
                            .binary { value, digits throws(EvaluationError) in
                                guard case .double(let value) = value else { throw .noSuchOverload() }
                                let shift = pow(10, Double(try digits.int()))
                                return .double((value * shift).rounded(.toNearestOrAwayFromZero) / shift)
                            })
                    ])
            ])

    /// The first list's objects give the keys, the second one's the values.
    private static func listsToMap(
        _ keys: Value, _ values: Value, _ keyField: Value, _ valueField: Value
    ) throws(EvaluationError) -> Value {
        let (keys, values) = (try keys.elements(), try values.elements())
        guard keys.count == values.count else {
            throw EvaluationError(.invalidArgument, "the lists have different lengths")
        }
        var entries: [(key: Value, value: Value)] = []
        for (key, value) in zip(keys, values) {
            guard let name = try entry(keyField, of: key), name.stringValue != nil else {
                throw EvaluationError(.invalidArgument, "the key `\(try keyField.string())` is no text in each object")
            }
            entries.append((name, try entry(valueField, of: value) ?? .null))
        }
        return .map(MapValue(entries))
    }

    /// nil if the object has no such entry.
    private static func entry(_ name: Value, of object: Value) throws(EvaluationError) -> Value? {
        guard object.mapEntries != nil else {
            throw EvaluationError(.invalidArgument, "the lists must hold objects")
        }
        return try object.element(at: .string(try name.string()))
    }
}
