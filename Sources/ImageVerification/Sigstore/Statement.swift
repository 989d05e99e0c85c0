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
        try self.init(payload, about: .artifact(digest: digest, bytes: nil))
    }

    /// A subject is meant if one of its digests is the subject's and none that can be computed is another: some name
    /// SHA-512 alone, as npm does.
    init(_ payload: [UInt8], about wanted: BundleSubject) throws(VerificationError) {
        let object = try JSONObject.read(payload, what: "statement", reason: .malformedPayload)
        let type = try object.string("_type")
        guard type == "https://in-toto.io/Statement/v1" || type == "https://in-toto.io/Statement/v0.1" else {
            throw VerificationError(.statementType, "the payload is of the type `\(type)`, not an in-toto statement")
        }
        var matching: [[String: String]] = []
        for subject in try object.objects("subject", limit: 4_096) {
            if try Self.digests(subject.stringMap("digest"), mean: wanted) {
                matching.append(Self.annotations(subject))
            }
        }
        guard !matching.isEmpty else {
            throw VerificationError(.noMatchingSubject, "no subject of the statement is \(wanted.digest)")
        }
        subjectAnnotations = matching
        predicateType = try object.string("predicateType")
        predicate = object.value("predicate")
        document = object.node
    }

    private static func digests(_ digests: [String: String], mean subject: BundleSubject) -> Bool {
        var isMeant = false
        for (name, function) in [("sha256", Digest.sha256), ("sha384", .sha384), ("sha512", .sha512)] {
            guard let value = digests[name], let expected = subject.hash(function) else { continue }
            guard value == BinaryText.encodeHex(expected) else { return false }
            isMeant = true
        }
        return isMeant
    }

    /// Those that are texts; a statement may have others.
    private static func annotations(_ subject: JSONObject) -> [String: String] {
        var annotations: [String: String] = [:]
        guard let found = subject.value("annotations"), found.isMap else { return [:] }
        for entry in found.entries {
            if let key = entry.key.string, let text = entry.value.string { annotations[key] = text }
        }
        return annotations
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
