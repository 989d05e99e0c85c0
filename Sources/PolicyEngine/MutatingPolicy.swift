package import Values

/// A policy ready to change objects: immutable, used from any number of threads at once.
package protocol MutatingPolicy: AnyObject, Sendable {
    var id: PolicyID { get }
    /// Which requests it is about; the set only asks it about those.
    var match: MatchResources { get }

    /// Adds an invocation for each binding and param that is in force, and what is wrong with the others.
    func plan(_ context: AdmissionContext, into plan: inout MutationPlan)

    /// What follows where `match` could not be decided.
    func undecided(_ missing: MissingContext, into plan: inout MutationPlan)
}

/// One policy under one binding and param, about to change an object.
package struct MutationInvocation: Sendable {
    /// The same for the same policy, binding and param.
    package let key: String
    /// Whether it runs once more after something has changed the object (`reinvocationPolicy: IfNeeded`).
    package let isReinvocable: Bool
    /// - Returns: what it did; the context has the object as it is by then.
    package let apply: @Sendable (AdmissionContext) -> MutationResult

    package init(key: String, isReinvocable: Bool, apply: @escaping @Sendable (AdmissionContext) -> MutationResult) {
        self.key = key
        self.isReinvocable = isReinvocable
        self.apply = apply
    }
}

/// What is to happen to a request's object.
package struct MutationPlan: Sendable {
    package var invocations: [MutationInvocation] = []
    /// Errors of configuration, and what cannot be known.
    package var errors: [Decision] = []
    /// Set when the request's namespace does not exist at all.
    package var missingNamespace: String?

    package init() {}
}

/// What one invocation did.
package struct MutationResult: Sendable {
    /// Whether the policy's match conditions let it run.
    package var isMatch = true
    /// The object after the last mutation that succeeded; nil if none did.
    package var object: Node?
    package var mutations: [Mutation] = []
    package var errors: [Decision] = []

    package init() {}
}

/// A mutation that was applied.
package struct Mutation: Sendable {
    package var policy: PolicyID
    package var binding: BindingID
    /// `namespace/name` or `name` of the param object that was in force, if any.
    package var param: String?
    package var check: PolicyCheck
    /// Whether the object is another one now.
    package var isChange: Bool
    /// Whether this was the policy's second run, after a change.
    package var isReinvocation = false

    package init(policy: PolicyID, binding: BindingID, param: String?, check: PolicyCheck, isChange: Bool) {
        self.policy = policy
        self.binding = binding
        self.param = param
        self.check = check
        self.isChange = isChange
    }
}
