import Documents
import ImageRegistry
import ImageVerification
import Reporting
import Values

/// What was found of one image, and what was made of it.
struct ImageReport {
    enum Verdict: String {
        case signed, unsigned
        /// A registry did not give what is needed.
        case undecided
        /// There is no such image, or the reference is none.
        case notFound = "not-found"
    }

    let reference: String
    let image: ResolvedImage?
    let found: ImageSignatures?
    let outcome: VerificationOutcome
    let verdict: Verdict
    let noun: String
    /// Why there is no image.
    let failure: VerificationError?

    init(of reference: String, _ criterion: ImageCriterion, in source: any ImageSource, _ options: ImageFetchOptions) {
        self.reference = reference
        noun = criterion.noun
        var image: ResolvedImage?
        do throws(VerificationError) {
            let resolved = try source.image(try ImageReference(reference), platform: nil, options)
            image = resolved
            let found = try source.signatures(of: resolved.content, resolved.reference, kinds: .all, options)
            outcome = criterion.outcome(found)
            self.found = found
            failure = nil
            if outcome.isAccepted {
                verdict = .signed
            } else {
                // What could not be had may have been the signature.
                verdict = outcome.reasons.contains { $0.reason.isStoreProblem } ? .undecided : .unsigned
            }
        } catch {
            found = nil
            outcome = VerificationOutcome()
            failure = error
            switch error.reason {
            case .imageNotFound, .malformedReference: verdict = .notFound
            case let reason where reason.isStoreProblem: verdict = .undecided
            default: verdict = .unsigned
            }
        }
        self.image = image
    }

    var status: ExitStatus {
        switch verdict {
        case .signed: .clean
        case .unsigned: .violations
        case .notFound: .input
        case .undecided: .policy
        }
    }

    // MARK: - Text

    var text: String {
        var lines = [reference]
        if let image {
            let kind = image.index == nil ? "manifest" : "index"
            lines.append("  \(kind) \(image.digest)")
        }
        if let found { lines.append("  found: \(Self.counts(found))") }
        for look in outcome.looks { lines.append(contentsOf: Self.lines(look)) }
        for problem in outcome.problems { lines.append("  problem: \(problem.detail) [\(problem.id)]") }
        switch (verdict, failure) {
        case (.signed, _): lines.append("  has a \(noun) that counts")
        case (_, let failure?): lines.append("  \(verdict.rawValue): \(failure.detail) [\(failure.id)]")
        case (.undecided, nil): lines.append("  undecided: not everything could be read")
        default: lines.append("  has no \(noun) that counts")
        }
        return lines.joined(separator: "\n") + "\n"
    }

    private static func counts(_ found: ImageSignatures) -> String {
        let counts = [
            (found.signatures.count, "cosign signature"), (found.attestations.count, "cosign attestation"),
            (found.bundles.count, "sigstore bundle"), (found.notations.count, "Notary Project signature"),
        ]
        let there = counts.filter { $0.0 > 0 }.map { Summary.plural($0.0, $0.1) }
        return there.isEmpty ? "no signatures of any kind" : there.joined(separator: ", ")
    }

    private static func lines(_ look: VerificationOutcome.Look) -> [String] {
        let name = "  \(look.source.rawValue) \(look.position + 1)"
        switch look.result {
        case .failure(let error): return ["\(name): refused: \(error.detail) [\(error.id)]"]
        case .success(let signature):
            var lines = ["\(name): holds"]
            if let claims = signature.claims {
                lines.append("    by `\(claims.subject)`, says `\(claims.issuer ?? "")`")
            }
            if signature.isLogged { lines.append("    in the transparency log") }
            for time in signature.times { lines.append("    existed at \(time.internetText)") }
            if let statement = signature.statement { lines.append("    says `\(statement.predicateType)`") }
            return lines
        }
    }

    // MARK: - JSON

    static func json(_ reports: [ImageReport]) -> [UInt8] {
        let tree = makeMap { map in
            map.field("schemaVersion", 1)
            map.list("images") { list in
                for report in reports { list.map { report.write(to: &$0) } }
            }
        }
        return JSONWriter(indent: 2).write(tree) + [UInt8(ascii: "\n")]
    }

    private func write(to map: inout DocumentBuilder) {
        map.field("reference", reference)
        map.field("verdict", verdict.rawValue)
        map.field("resolved", image?.reference.description)
        map.field("digest", image?.digest.description)
        map.field("mediaType", image?.content.mediaType)
        if let found {
            map.map("found") {
                $0.field("cosignSignatures", found.signatures.count)
                $0.field("cosignAttestations", found.attestations.count)
                $0.field("sigstoreBundles", found.bundles.count)
                $0.field("notationSignatures", found.notations.count)
            }
        }
        map.list("signatures") { list in
            for look in outcome.looks { list.map { Self.write(look, to: &$0) } }
        }
        map.list("problems") { list in
            for problem in outcome.problems + (failure.map { [$0] } ?? []) {
                list.map { Self.write(problem, to: &$0) }
            }
        }
    }

    private static func write(_ look: VerificationOutcome.Look, to map: inout DocumentBuilder) {
        map.field("source", look.source.rawValue)
        map.field("position", look.position)
        switch look.result {
        case .failure(let error):
            map.field("accepted", false)
            write(error, to: &map)
        case .success(let signature):
            map.field("accepted", true)
            write(signature, to: &map)
        }
    }

    static func write(_ signature: VerifiedSignature, to map: inout DocumentBuilder) {
        map.field("subject", signature.claims?.subject)
        map.field("issuer", signature.claims?.issuer)
        map.field("isLogged", signature.isLogged)
        map.list("times", signature.times.map(\.internetText))
        map.field("predicateType", signature.statement?.predicateType)
    }

    static func write(_ error: VerificationError, to map: inout DocumentBuilder) {
        map.field("reason", error.id)
        map.field("detail", error.detail)
    }
}
