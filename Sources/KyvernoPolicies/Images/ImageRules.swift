import CEL
import Diagnostics
import ImageVerification
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// What an ImageValidatingPolicy has beyond a ValidatingPolicy, compiled.
final class ImageRules: Sendable {
    private enum Reference: Sendable {
        case glob(ImagePattern)
        case expression(CompiledExpression)
    }

    /// Variables with data that was given, which no request changes.
    static let dataVariables: Set = ["resource", "http", "globalContext"]

    private let references: [Reference]
    let extractors: [(name: String, expression: CompiledExpression)]
    let attestors: [AttestorRule]
    let attestations: [String: ImageCheckSubject]
    /// `attestations` as expressions see it: names, under themselves.
    let attestationNames: Value
    let isRequired: Bool
    let verifiesDigest: Bool
    let mutatesDigest: Bool
    /// `spec.credentials.secrets`: with their namespace, or in the webhook's own.
    let secrets: [String]
    let digestCheck: PolicyCheck
    let requiredCheck: PolicyCheck
    /// Checks that are known when the policy is loaded, and that its expressions can ask for.
    let fixedChecks: [ImageCheck]
    /// Whether an attestor's key is known only when the policy is evaluated.
    let hasEvaluatedAttestors: Bool
    private let asksForSignatures: Bool
    private let asksForAttestations: Bool

    /// - Parameter expressions: the texts of all of the policy's expressions.
    init(
        _ definition: ImageRulesDefinition, scope: KyvernoScope, expressions: [String],
        reader: inout FieldReader, compiler: inout ExpressionCompiler
    ) {
        var references: [Reference] = []
        for (index, reference) in definition.references.enumerated() {
            switch reference {
            case .glob(let pattern): references.append(.glob(pattern))
            case .expression(let text):
                references.append(
                    .expression(
                        compiler.compile(text, index: index, wanted: .bool, in: KyvernoEnvironment.imageReference)))
            }
        }
        self.references = references
        var extractors: [(name: String, expression: CompiledExpression)] = []
        for (index, extractor) in definition.extractors.enumerated() {
            extractors.append(
                (
                    extractor.name,
                    compiler.compile(extractor.expression, index: index, wanted: nil, in: scope.environment)
                ))
        }
        self.extractors = extractors
        let subjects = Dictionary(
            definition.attestations.map { ($0.name, $0.subject) }, uniquingKeysWith: { first, _ in first })
        attestations = subjects
        attestationNames = .map(
            MapValue(definition.attestations.map { (key: Value.string($0.name), value: .string($0.name)) }))
        var attestors: [AttestorRule] = []
        for attestor in definition.attestors {
            attestors.append(
                AttestorRule(
                    attestor, subjects: subjects, in: scope, reader: &reader, compiler: &compiler))
        }
        self.attestors = attestors
        isRequired = definition.isRequired
        verifiesDigest = definition.verifiesDigest
        mutatesDigest = definition.mutatesDigest
        secrets = definition.secrets
        digestCheck = Self.check("verifyDigest", definition.configuration)
        requiredCheck = Self.check("required", definition.configuration)
        asksForSignatures = expressions.contains { $0.contains("verifyImageSignatures") }
        asksForAttestations = expressions.contains { $0.contains("verifyAttestationSignatures") }
        hasEvaluatedAttestors = attestors.contains { $0.fixed == nil }
        let (signatures, others) = (asksForSignatures, asksForAttestations)
        fixedChecks = attestors.compactMap(\.fixed).flatMap { Self.checks($0, signatures, others) }
    }

    private static func check(_ field: String, _ node: Node) -> PolicyCheck {
        let place = node[field] ?? node
        return PolicyCheck(
            field: "spec.validationConfigurations.\(field)", index: 0, expression: "", file: node.document.source,
            range: place.position.map { SourceRange(at: $0) })
    }

    private static func checks(_ value: AttestorValue, _ signatures: Bool, _ attestations: Bool) -> [ImageCheck] {
        (signatures ? [value.image] : []) + (attestations ? Array(value.attestations.values) : [])
    }

    /// All that the policy's expressions can ask of an image by these attestors.
    func checks(by attestors: [AttestorValue]) -> [ImageCheck] {
        hasEvaluatedAttestors
            ? attestors.flatMap { Self.checks($0, asksForSignatures, asksForAttestations) } : fixedChecks
    }

    /// All that is evaluated for a request; `matchImageReferences` is about single images.
    var expressions: [CompiledExpression] { extractors.map(\.expression) + attestors.flatMap(\.expressions) }

    /// Whether an image is the policy's business, by its name as it is written or in full: `nginx` is an image of
    /// `docker.io` too.
    func matches(_ text: String) throws(EvaluationError) -> Bool {
        if references.isEmpty { return true }
        if try matches(written: text) { return true }
        guard let full = try? ImageVerification.ImageReference(text).description, full != text else { return false }
        return try matches(written: full)
    }

    private func matches(written text: String) throws(EvaluationError) -> Bool {
        for reference in references {
            switch reference {
            case .glob(let pattern): if pattern.matches(text) { return true }
            case .expression(let expression):
                guard case .success(let program) = expression.program else {
                    throw EvaluationError(.invalidArgument, expression.compileMessage)
                }
                var budget = CostBudget(limit: KyvernoLimits.costPerExpression)
                if try program.evaluate(Activation([.string(text)]), budget: &budget).boolValue == true { return true }
            }
        }
        return false
    }
}
