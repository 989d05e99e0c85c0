import Admission
import CEL
import PolicyEngine
import Values

/// What `resource.ToGVR` gives: a resource, for the other functions of `resource`.
final class GroupVersionResourceValue: ObjectValue {
    static let name = "kyverno.GroupVersionResource"
    static let type = CELType.opaque(name, [])
    let resource: GroupVersionResource

    private init(_ resource: GroupVersionResource) { self.resource = resource }

    var typeName: String { Self.name }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? GroupVersionResourceValue else { return nil }
        return resource == other.resource
    }

    /// The resource of a kind: one of Kubernetes' own, or of an object that was given.
    static func find(_ apiVersion: String, _ kind: String, _ data: ExternalData) throws(EvaluationError) -> Value {
        let kind = GroupVersionKind(apiVersion: apiVersion, kind: kind)
        if let known = data.resource(of: kind) { return .object(GroupVersionResourceValue(known)) }
        let found = ResourceTable.builtIn.resource(for: kind)
        guard !found.isGuessed else { throw ExternalContext.missing("the resource of the kind `\(kind)`") }
        return .object(GroupVersionResourceValue(found.resource))
    }
}

extension Library {
    /// An implementation for just so many arguments.
    static func fixed(
        arguments: Int, _ body: @escaping @Sendable ([Value]) throws(EvaluationError) -> Value
    ) -> Implementation {
        switch arguments {
        case 2: .binary { first, second throws(EvaluationError) in try body([first, second]) }
        case 3: .ternary { first, second, third throws(EvaluationError) in try body([first, second, third]) }
        default: .variadic { arguments throws(EvaluationError) in try body(arguments) }
        }
    }
}
