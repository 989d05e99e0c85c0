package import Admission
package import Values

/// A policy ready to change objects: immutable, used from any number of threads at once.
package protocol MutatingPolicy: AnyObject, Sendable {
    var id: PolicyID { get }
    /// Which requests it is about; the set only asks it about those.
    var match: MatchResources { get }

    /// Whether a request is meant: decides where `match` is wider than the policy.
    func matches(_ context: AdmissionContext) -> MatchResources.Outcome

    /// Adds an invocation for each binding and param that is in force, and what is wrong with the others.
    func plan(_ context: AdmissionContext, into plan: inout MutationPlan)

    /// What follows where `match` could not be decided.
    func undecided(_ missing: MissingContext, into plan: inout MutationPlan)

    /// What follows where `match` asks for the labels of a namespace that does not exist.
    func cannotMatch(namespace: String, into plan: inout MutationPlan)

    /// Whether it looks at what exceptions allow; for others an exception with allowances has no effect.
    var readsAllowances: Bool { get }

    /// Whether it changes any document, not only Kubernetes objects (`evaluation.mode: JSON`).
    var changesDocuments: Bool { get }

    /// Whether it changes objects that exist already, because of a request, and not the request's own object. Nothing of
    /// that happens at admission.
    var changesExisting: Bool { get }

    /// The objects that its bindings name as params.
    var paramSources: [ParamSource] { get }

    /// What it makes of objects that exist, because of a request that `match` is about.
    ///
    /// - Parameter existing: the objects that there are, each as a request to update it.
    /// - Returns: those that it is about.
    func change(
        _ existing: [AdmissionRequest], because trigger: AdmissionContext
    ) -> [(target: AdmissionRequest, result: MutationResult)]
}

extension MutatingPolicy {
    package func matches(_ context: AdmissionContext) -> MatchResources.Outcome { match.match(context) }
    package func cannotMatch(namespace: String, into plan: inout MutationPlan) { plan.missingNamespace = namespace }
    package var readsAllowances: Bool { false }
    package var changesDocuments: Bool { false }
    package var changesExisting: Bool { false }
    package var paramSources: [ParamSource] { [] }

    package func change(
        _ existing: [AdmissionRequest], because trigger: AdmissionContext
    ) -> [(target: AdmissionRequest, result: MutationResult)] { [] }
}

/// One policy under one binding and param, about to change an object.
package struct MutationInvocation: Sendable {
    /// The same for the same policy, binding and param.
    package let key: String
    package let policy: PolicyID
    package let binding: BindingID
    /// `namespace/name` or `name` of the param object that is in force, if any.
    package let param: String?
    /// Whether it runs once more after something has changed the object (`reinvocationPolicy: IfNeeded`).
    package let isReinvocable: Bool
    /// - Returns: what it did; the context has the object as it is by then.
    package let apply: @Sendable (AdmissionContext) -> MutationResult
    /// - Returns: errors of its match conditions, which are looked at in the second pass even if it does not run again.
    let check: @Sendable (AdmissionContext) -> [Decision]

    package init(
        policy: PolicyID, binding: BindingID, param: String?, isReinvocable: Bool,
        check: @escaping @Sendable (AdmissionContext) -> [Decision] = { _ in [] },
        apply: @escaping @Sendable (AdmissionContext) -> MutationResult
    ) {
        key = "\(policy.kind)\u{0}\(policy.qualifiedName)\u{0}\(binding.name)\u{0}\(param ?? "")"
        self.policy = policy
        self.binding = binding
        self.param = param
        self.isReinvocable = isReinvocable
        self.apply = apply
        self.check = check
    }
}

/// What is to happen to a request's object.
package struct MutationPlan: Sendable {
    package var invocations: [MutationInvocation] = []
    /// Errors of configuration, and what cannot be known.
    package var errors: [Decision] = []
    /// Set when the request's namespace does not exist at all.
    package var missingNamespace: String?
    /// What exceptions allow the policy that is being asked.
    package internal(set) var allowances = ExceptionAllowances()

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
    package var auditAnnotations: [AuditAnnotation] = []

    package init() {}
}

/// A mutation that was applied.
package struct Mutation: Sendable {
    package var check: PolicyCheck
    /// Whether the object is another one now.
    package var isChange: Bool

    package init(check: PolicyCheck, isChange: Bool) {
        self.check = check
        self.isChange = isChange
    }
}

/// One policy under one binding and param: what it did to a request's object.
package struct MutationRecord: Sendable {
    package var policy: PolicyID
    package var binding: BindingID?
    package var param: String?
    /// Whether this was the policy's second run, after a change.
    package var isReinvocation = false
    /// Whether the policy's match conditions let it run; also false where an exception excused the object.
    package var isMatch = true
    package var mutations: [Mutation] = []
    package var errors: [Decision] = []
    package var auditAnnotations: [AuditAnnotation] = []
    /// The object as it was after the policy; nil if the policy did not run or the request has none.
    package var object: Node?
    /// The exceptions that excused the object, or that loosened the policy.
    package var exceptions: [PolicyID] = []
    /// Why exceptions that would be about the object did not excuse it.
    package var remarks: [String] = []

    package init(policy: PolicyID, binding: BindingID? = nil, param: String? = nil) {
        self.policy = policy
        self.binding = binding
        self.param = param
    }

    package var isChange: Bool { mutations.contains(where: \.isChange) }
}
