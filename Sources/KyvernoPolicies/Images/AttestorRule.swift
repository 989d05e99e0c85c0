import CEL
import ImageVerification
import PolicyEngine
import Synchronization
import ValidatingAdmissionPolicies
import Values

/// One attestor of a policy, compiled.
final class AttestorRule: Sendable {
    let name: String
    private let definition: AttestorDefinition
    /// Expressions that give keys or certificates; nil where the policy has the text itself.
    private let primary: CompiledExpression?
    private let secondary: CompiledExpression?

    /// Those that give its key.
    var expressions: [CompiledExpression] { [primary, secondary].compactMap { $0 } }
    /// What expressions gave so far. The same text gives the same attestor, so that its results can be found again.
    private let made = Mutex<[String: Result<AttestorValue, VerificationError>]>([:])
    private let subjects: [String: ImageCheckSubject]
    /// The attestor, if nothing of it must be evaluated.
    let fixed: AttestorValue?
    /// Whether its expressions give the same for all requests as long as the data around them is the same.
    let readsDataOnly: Bool
    /// What they gave with the data of that revision.
    private let last = Mutex<(data: UInt64, value: AttestorValue)?>(nil)

    /// - Parameter subjects: the policy's attestations by name.
    init(
        _ definition: AttestorDefinition, subjects: [String: ImageCheckSubject], in scope: KyvernoScope,
        reader: inout FieldReader, compiler: inout ExpressionCompiler
    ) {
        name = definition.name
        self.definition = definition
        self.subjects = subjects
        let (first, second) = definition.sources
        func compile(_ source: AttestorDefinition.Source?, _ compiler: inout ExpressionCompiler) -> CompiledExpression?
        {
            guard case .expression(let text) = source else { return nil }
            return compiler.compile(text, index: 0, wanted: nil, in: scope.environment)
        }
        primary = compile(first, &compiler)
        secondary = compile(second, &compiler)
        let data = ImageRules.dataVariables
        let expressions = [primary, secondary].compactMap { $0 }
        readsDataOnly =
            expressions.isEmpty
            || (expressions.allSatisfy { $0.reads(only: data, of: scope.environment) }
                && scope.variablesRead(only: data))
        if primary == nil, secondary == nil {
            do throws(VerificationError) {
                fixed = try definition.value(first?.text ?? "", second?.text ?? "", subjects)
            } catch {
                fixed = nil
                reader.report(.invalid, "spec.attestors", error.detail, at: definition.node)
            }
        } else {
            fixed = nil
        }
    }

    /// The attestor's value, if it takes no evaluation with data of that revision.
    func known(for data: UInt64) -> AttestorValue? {
        if let fixed { return fixed }
        guard readsDataOnly else { return nil }
        return last.withLock { last in
            guard let last, last.data == data else { return nil }
            return last.value
        }
    }

    /// The attestor's value for one evaluation.
    ///
    /// - Parameter data: the revision of the data around the request.
    func value(
        in activation: Activation, data: UInt64, budget: inout CostBudget
    ) throws(EvaluationError) -> AttestorValue {
        let value = try value(in: activation, budget: &budget)
        if readsDataOnly, fixed == nil { last.withLock { $0 = (data, value) } }
        return value
    }

    private func value(in activation: Activation, budget: inout CostBudget) throws(EvaluationError) -> AttestorValue {
        if let fixed { return fixed }
        let (first, second) = definition.sources
        let firstText = try text(first, primary, activation, &budget)
        let secondText = try text(second, secondary, activation, &budget)
        let key = "\(firstText)\u{0}\(secondText)"
        let result = made.withLock { made in
            if let known = made[key] { return known }
            let result = Result { () throws(VerificationError) in
                try definition.value(firstText, secondText, subjects)
            }
            // Keys that differ by object would fill this otherwise.
            if made.count >= KyvernoLimits.maximumKeptAttestors { made.removeAll() }
            made[key] = result
            return result
        }
        switch result {
        case .success(let value): return value
        case .failure(let error):
            throw EvaluationError(.invalidArgument, "attestor `\(name)`: \(error.detail)")
        }
    }

    private func text(
        _ source: AttestorDefinition.Source?, _ expression: CompiledExpression?, _ activation: Activation,
        _ budget: inout CostBudget
    ) throws(EvaluationError) -> String {
        guard let expression else { return source?.text ?? "" }
        guard case .success(let program) = expression.program else {
            throw EvaluationError(.invalidArgument, expression.compileMessage)
        }
        guard let text = try program.evaluate(activation, budget: &budget).stringValue else {
            throw EvaluationError(.invalidArgument, "the expression of attestor `\(name)` must give a string")
        }
        return text
    }
}

/// An attestor as a value of the language, with the checks that can be made by it.
final class AttestorValue: ObjectValue {
    let name: String
    let image: ImageCheck
    /// By the attestations' names.
    let attestations: [String: ImageCheck]

    init(name: String, image: ImageCheck, attestations: [String: ImageCheck]) {
        self.name = name
        self.image = image
        self.attestations = attestations
    }

    var typeName: String { "imageverify.attestor" }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? AttestorValue else { return nil }
        return image.id == other.image.id
    }

    func field(_ field: String) -> Value? { field == "name" ? .string(name) : nil }
}

extension AttestorDefinition.Source {
    /// Empty where an expression gives it.
    var text: String {
        if case .text(let text, _) = self { text } else { "" }
    }
}

extension AttestorDefinition {
    /// Where the attestor's keys and certificates come from.
    var sources: (Source?, Source?) {
        switch signer {
        case .key(let key): (key, nil)
        case .keyless: (nil, nil)
        case .certificate(let certificate, let chain): (certificate, chain)
        case .notary(let certificates, let timestamps): (certificates, timestamps)
        }
    }

    /// - Throws: what is wrong with the texts.
    func value(
        _ first: String, _ second: String, _ subjects: [String: ImageCheckSubject]
    ) throws(VerificationError) -> AttestorValue {
        let attestor = try attestor(first, second)
        func check(_ subject: ImageCheckSubject) -> ImageCheck {
            ImageCheck(
                name: name, key: "\(key)\u{0}\(first)\u{0}\(second)", subject: subject, location: location,
                attestor: attestor)
        }
        return AttestorValue(name: name, image: check(.image), attestations: subjects.mapValues(check))
    }

    private func attestor(_ first: String, _ second: String) throws(VerificationError) -> ImageAttestor {
        switch signer {
        case .key:
            return .sigstore([policy(.key(try PublicKey(pem: first)))], trust: trust)
        case .keyless(let identities):
            return .sigstore(identities.map { policy(.keyless($0)) }, trust: trust)
        case .certificate:
            let leaf = try certificate(first, chain: second)
            var policy = policy(.key(leaf.key))
            policy.certificate = leaf
            return .sigstore([policy], trust: trust)
        case .notary:
            let timestamps = second.isEmpty ? [] : try Certificate.all(pem: second)
            return .notation(
                NotationPolicy(
                    level: .strict, trustedCertificates: try Certificate.all(pem: first), trustedIdentities: ["*"],
                    timestampCertificates: timestamps))
        }
    }

    private func policy(_ signer: SignaturePolicy.Signer) -> SignaturePolicy {
        SignaturePolicy(
            signer: signer, requiresLogEntry: requiresLogEntry,
            requiresCertificateTimestamp: requiresCertificateTimestamp, annotations: annotations)
    }

    /// The certificate, if each of the chain has issued the one before it.
    private func certificate(_ pem: String, chain: String) throws(VerificationError) -> Certificate {
        let leaf = try Certificate(pem: pem)
        guard !chain.isEmpty else { return leaf }
        var current = leaf
        for issuer in try Certificate.all(pem: chain) {
            guard current.isIssued(by: issuer) else {
                throw VerificationError(
                    .certificateUntrusted,
                    "the chain does not lead from the certificate to its root: each must have issued the one before")
            }
            current = issuer
        }
        guard current.isSelfIssued else {
            throw VerificationError(.certificateUntrusted, "the chain does not end with a root certificate")
        }
        return leaf
    }
}
