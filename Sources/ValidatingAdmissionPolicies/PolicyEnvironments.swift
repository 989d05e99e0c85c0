import CEL
import KubernetesCEL
import Values

/// The environments of a policy's expressions. `authorizer` comes last, so that the slots before it are the same in all.
struct PolicyEnvironments: Sendable {
    /// Validations, variables, match conditions and audit annotations.
    let full: Environment
    /// Messages: without `authorizer`.
    let message: Environment
    let hasParams: Bool

    private static let withParams = PolicyEnvironments(hasParams: true, mutates: false)
    private static let withoutParams = PolicyEnvironments(hasParams: false, mutates: false)
    private static let mutatingWithParams = PolicyEnvironments(hasParams: true, mutates: true)
    private static let mutatingWithoutParams = PolicyEnvironments(hasParams: false, mutates: true)

    static func of(hasParams: Bool, mutates: Bool) -> PolicyEnvironments {
        if mutates { return hasParams ? mutatingWithParams : mutatingWithoutParams }
        return hasParams ? withParams : withoutParams
    }

    private init(hasParams: Bool, mutates: Bool) {
        var full = KubernetesEnvironment.base(mutation: mutates)
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
