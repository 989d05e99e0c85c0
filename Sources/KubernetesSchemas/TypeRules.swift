/// Types for which the API server has code beyond their schema.
enum TypeRules: UInt8, Sendable {
    case none, serviceSpec

    init(typeName: String) {
        switch typeName {
        case "core.v1.ServiceSpec": self = .serviceSpec
        default: self = .none
        }
    }
}
