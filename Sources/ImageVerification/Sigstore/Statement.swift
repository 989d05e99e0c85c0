package import Values

/// An in-toto statement: a predicate about subjects named by digest.
package struct Statement: Sendable {
    package let predicateType: String
    package let predicate: Node?
    /// The whole statement.
    package let document: Node
    /// Annotations of the subjects that are the image.
    let subjectAnnotations: [[String: String]]

    /// What cosign 3 signs images with.
    package static let imageSignaturePredicateType = "https://sigstore.dev/cosign/sign/v1"

    /// - Throws: `malformed-json`, `malformed-payload`, `statement-type`, `no-matching-subject`.
    init(_ payload: [UInt8], about digest: ImageDigest) throws(VerificationError) {
        let object = try JSONObject.read(payload, what: "statement", reason: .malformedPayload)
        let type = try object.string("_type")
        guard type == "https://in-toto.io/Statement/v1" || type == "https://in-toto.io/Statement/v0.1" else {
            throw VerificationError(.statementType, "the payload is of the type `\(type)`, not an in-toto statement")
        }
        var matching: [[String: String]] = []
        for subject in try object.objects("subject", limit: 4_096) {
            let digests = try subject.stringMap("digest")
            if digests[digest.algorithm.rawValue] == digest.hex {
                matching.append(try subject.stringMap("annotations"))
            }
        }
        guard !matching.isEmpty else {
            throw VerificationError(.noMatchingSubject, "no subject of the statement is \(digest)")
        }
        subjectAnnotations = matching
        predicateType = try object.string("predicateType")
        predicate = object.value("predicate")
        document = object.node
    }

    /// - Throws: `predicate-type`.
    func require(predicateType wanted: String) throws(VerificationError) {
        guard predicateType == wanted else {
            throw VerificationError(
                .predicateType, "the statement's predicate type is `\(predicateType)`, wanted `\(wanted)`")
        }
    }

    /// - Throws: `annotation-mismatch`.
    func require(annotations: [String: String]) throws(VerificationError) {
        for (key, wanted) in annotations.sorted(by: { $0.key < $1.key }) {
            guard subjectAnnotations.contains(where: { $0[key] == wanted }) else {
                let found = subjectAnnotations.compactMap { $0[key] }.first
                throw VerificationError.annotation(key, found: found, wanted: wanted)
            }
        }
    }
}

extension VerificationError {
    static func annotation(_ key: String, found: String?, wanted: String) -> VerificationError {
        VerificationError(
            .annotationMismatch,
            "the signed annotation `\(key)` is \(found.map { "`\($0)`" } ?? "missing"), wanted `\(wanted)`")
    }
}
