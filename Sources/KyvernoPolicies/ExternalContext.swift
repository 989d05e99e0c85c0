import Admission
import CEL
import ImageVerification
import PolicyEngine
import Synchronization
import ValidatingAdmissionPolicies
import Values

/// What policies know as `resource`, `http`, `globalContext`, `image`, `time` and `random`: the outside world, as given
/// data.
final class ExternalContext: ObjectValue {
    enum Kind: String, Sendable, CaseIterable {
        case resource, http, globalContext, image, time, random
        case jwt, jwks

        /// Those that policies on objects and documents know.
        static let ofObjects: [Kind] = [.resource, .http, .globalContext, .image, .time, .random]
        /// Those that policies on requests to other servers know.
        static let ofRequests: [Kind] = [.resource, .http, .image, .jwt, .jwks]

        var type: CELType { .opaque(typeName, []) }
        var typeName: String { "kyverno.\(rawValue).Context" }
    }

    /// Kinds that a policy names: the others need not be made for it.
    struct Kinds: OptionSet, Sendable {
        let rawValue: UInt16

        static let all = Kinds(rawValue: .max)

        init(rawValue: UInt16) { self.rawValue = rawValue }

        init(_ kind: Kind) {
            rawValue = Kind.allCases.firstIndex(of: kind).map { 1 << UInt16($0) } ?? 0
        }

        /// - Parameter expressions: all that the policy can evaluate.
        init(namedBy expressions: [CompiledExpression]) {
            var kinds = Kinds(rawValue: 0)
            for kind in Kind.allCases where expressions.contains(where: { $0.names(anyOf: [kind.rawValue]) }) {
                kinds.insert(Kinds(kind))
            }
            self = kinds
        }
    }

    private let kind: Kind
    private let context: AdmissionContext
    /// The namespace that a namespaced policy is confined to.
    let namespace: String?
    /// How many random texts were made.
    private let draws = Atomic<UInt64>(0)

    init(_ kind: Kind, _ context: AdmissionContext, namespace: String?) {
        self.kind = kind
        self.context = context
        self.namespace = namespace
    }

    var typeName: String { kind.typeName }
    var data: ExternalData { context.cluster.external }
    var now: Timestamp { context.now }
    var imageFacts: ImageFacts? { context.images }

    /// Numbers for the next random text.
    func randomGenerator() -> RandomNumbers {
        let draw = draws.wrappingAdd(1, ordering: .relaxed).newValue
        guard context.cluster.randomness == .request else { return RandomNumbers(seed: nil) }
        let request = context.request
        let identity = [request.uid, request.kind.description, request.namespace, request.name, "\(draw)"]
        return RandomNumbers(seed: Array(identity.joined(separator: "\u{0}").utf8))
    }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other else { return nil }
        return object === self
    }

    static func of(_ value: Value) throws(EvaluationError) -> ExternalContext {
        guard case .object(let object) = value, let context = object as? ExternalContext else {
            throw .noSuchOverload()
        }
        return context
    }

    /// - Parameter what: the data that is missing, in words.
    static func missing(_ what: String) -> EvaluationError {
        EvaluationError(.missingContext, "\(missingPrefix)\(what)")
    }

    private static let missingPrefix = "undecided: needs "

    /// What an error says is missing; nil for other errors.
    static func missing(in error: EvaluationError) -> MissingContext? {
        guard error.code == .missingContext else { return nil }
        // A variable's name may stand before it.
        var rest = Substring(error.message)
        while !rest.isEmpty, !rest.hasPrefix(missingPrefix) { rest = rest.dropFirst() }
        return .data(rest.isEmpty ? error.message : String(rest.dropFirst(missingPrefix.count)))
    }
}
