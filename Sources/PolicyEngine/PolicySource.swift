internal import Admission
package import Diagnostics
package import Values

/// One document of a policy path.
package struct PolicySource: Sendable {
    package let root: Node
    package let file: SourceFile?
    package let apiVersion: String
    package let kind: String
    package let group: String
    package let version: String

    package init(_ root: Node, file: SourceFile? = nil) {
        self.root = root
        self.file = file ?? root.document.source
        apiVersion = root["apiVersion" as StaticString]?.string ?? ""
        kind = root["kind" as StaticString]?.string ?? ""
        (group, version) = GroupVersionKind.split(apiVersion)
    }
}

/// A language that policies can be written in: claims documents and compiles them.
package protocol PolicyLanguage: Sendable {
    /// Whether the document is this language's, by apiVersion and kind; also if it is in a version that it refuses.
    func claims(_ source: PolicySource) -> Bool

    /// Compiles a document that it claimed. What is wrong goes into the log; what can't be used is not added.
    func compile(_ source: PolicySource, into set: inout PolicySet.Builder, log: inout DiagnosticLog)

    /// Called once when all documents are in: joins what belongs together and reports what is left over.
    func finish(_ set: inout PolicySet.Builder, log: inout DiagnosticLog)

    /// The kinds of objects that it reads policies and bindings from.
    var policyKinds: [PolicyKind] { get }
}

extension PolicyLanguage {
    package func finish(_ set: inout PolicySet.Builder, log: inout DiagnosticLog) {}
    package var policyKinds: [PolicyKind] { [] }
}

/// What a policy judges.
package enum PolicySubject: Sendable {
    /// Kubernetes objects.
    case objects
    /// Documents of any shape.
    case documents
    /// What Envoy asks an authorization server about (`CheckRequest`).
    case envoyRequests
    /// Plain HTTP requests, in the form that Kyverno's authorization server gives them.
    case httpRequests

    /// Whether it is what another server than the API server is asked.
    package var isRequest: Bool { self == .envoyRequests || self == .httpRequests }
}

/// A policy ready to judge requests: immutable, used from any number of threads at once.
package protocol CompiledPolicy: AnyObject, Sendable {
    var id: PolicyID { get }
    /// Which requests it may be about; the set asks it about no others.
    var match: MatchResources { get }

    /// Whether a request is meant: decides where `match` is wider than the policy, as for those that match by kind.
    func matches(_ context: AdmissionContext) -> MatchResources.Outcome

    /// Appends an evaluation for each binding and param that is in force.
    func evaluate(_ context: AdmissionContext, into outcome: inout EvaluationOutcome)

    /// What follows where `match` could not be decided (its namespaces are not known).
    func undecided(_ missing: MissingContext, into outcome: inout EvaluationOutcome)

    /// What follows where `match` asks for the labels of a namespace that does not exist.
    func cannotMatch(namespace: String, into outcome: inout EvaluationOutcome)

    /// What it judges, if not Kubernetes objects.
    var subject: PolicySubject { get }

    /// Whether it looks at what exceptions allow; for others an exception with allowances has no effect.
    var readsAllowances: Bool { get }

    /// The objects that its bindings name as params.
    var paramSources: [ParamSource] { get }
}

extension CompiledPolicy {
    package func matches(_ context: AdmissionContext) -> MatchResources.Outcome { match.match(context) }
    package func cannotMatch(namespace: String, into outcome: inout EvaluationOutcome) {
        outcome.missingNamespace = namespace
    }
    package var subject: PolicySubject { .objects }
    package var readsAllowances: Bool { false }
    package var paramSources: [ParamSource] { [] }
}

/// What evaluations are collected in.
package struct EvaluationOutcome: Sendable {
    package var evaluations: [PolicyEvaluation] = []
    /// Set when the request's namespace does not exist at all: the API server then refuses the request at once.
    package var missingNamespace: String?
    /// What exceptions allow the policy that is being evaluated.
    package internal(set) var allowances = ExceptionAllowances()
    /// Images of the request whose signatures some policy has found good.
    package var verifiedImages: Set<String> = []
    /// What policies can say only when all have judged.
    package var conclusions: [@Sendable (inout EvaluationOutcome) -> Void] = []

    package init() {}
}
