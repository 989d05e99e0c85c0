package import CEL
import KubernetesCEL
import Synchronization
import Values

/// The environments of a policy's expressions. `authorizer` comes last, so that the slots before it are the same in all.
struct PolicyEnvironments: Sendable {
    /// Validations, variables, match conditions and audit annotations.
    let full: Environment
    /// Messages: without `authorizer`.
    let message: Environment
    let hasParams: Bool

    private struct Key: Hashable {
        let hasParams: Bool
        let mutates: Bool
        let version: KubernetesVersion
    }

    /// Those that some policy has needed: making one takes longer than compiling most policies.
    private static let known = Mutex<[Key: PolicyEnvironments]>([:])

    static func of(hasParams: Bool, mutates: Bool, version: KubernetesVersion) -> PolicyEnvironments {
        let key = Key(hasParams: hasParams, mutates: mutates, version: version)
        return known.withLock { known in
            if let environments = known[key] { return environments }
            let environments = PolicyEnvironments(key)
            known[key] = environments
            return environments
        }
    }

    private init(_ key: Key) {
        let hasParams = key.hasParams
        var full = KubernetesEnvironment.base(version: key.version, mutation: key.mutates)
        var message = full
        AdmissionVariables.declare(in: &full, hasParams: hasParams, hasAuthorizer: true)
        AdmissionVariables.declare(in: &message, hasParams: hasParams, hasAuthorizer: false)
        self.full = full
        self.message = message
        self.hasParams = hasParams
    }
}

/// Where the values of the variables go in an `Activation`, in the order in which they are declared.
struct Slots {
    static let namespaceObject = 3

    /// - Parameter authorizer: the values of `authorizer` and `authorizer.requestResource`; nil leaves them unbound.
    static func values(
        object: Value, oldObject: Value, request: Value, namespaceObject: Value, params: Value?,
        authorizer: (Value, Value)?
    ) -> [Value?] {
        if let params {
            return [object, oldObject, request, namespaceObject, params, authorizer?.0, authorizer?.1]
        }
        return [object, oldObject, request, namespaceObject, authorizer?.0, authorizer?.1]
    }
}

extension CELType {
    /// The type that a composed variable has for later expressions, by that of its own expression: only simple types,
    /// and lists and maps of them, are kept.
    package var asVariable: CELType {
        switch self {
        case .any, .bool, .bytes, .double, .duration, .int, .null, .string, .timestamp, .uint: self
        case .list(let element): .list(element.asVariable)
        case .map(let key, let value): .map(key.asVariable, value.asVariable)
        default: .dyn
        }
    }
}
