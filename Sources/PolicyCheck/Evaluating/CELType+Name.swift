import CEL

extension CELType {
    /// The type as the specification's own tools name it, with protobuf's names for timestamps and durations.
    var specificationName: String {
        switch self {
        case .null: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .any: "google.protobuf.Any"
        case .list(let element): "list(\(element.specificationName))"
        case .map(let key, let value): "map(\(key.specificationName), \(value.specificationName))"
        case .opaque(let name, let parameters) where !parameters.isEmpty:
            "\(name)(\(parameters.map(\.specificationName).joined(separator: ", ")))"
        case .wrapper(let type): "wrapper(\(type.specificationName))"
        case .type(let type): "type(\(type.specificationName))"
        default: description
        }
    }
}
