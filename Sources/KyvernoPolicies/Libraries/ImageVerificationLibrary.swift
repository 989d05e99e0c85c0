import CEL
import ImageVerification
import Values

/// `verifyImageSignatures`, `verifyAttestationSignatures`, `extractPayload` and `getImageData`.
extension Library {
    static let kyvernoImageVerification = Library(
        "kyverno.imageverify",
        functions: [
            scoped("verifyImageSignatures", "verify_image_signature_string_stringarray", [.string, .list(.dyn)], .int) {
                evaluation, arguments throws(EvaluationError) in
                try evaluation.count(try arguments[0].string(), by: arguments[1], \.image)
            },
            scoped(
                "verifyAttestationSignatures", "verify_image_attestations_string_string_stringarray",
                [.string, .string, .list(.dyn)], .int
            ) { evaluation, arguments throws(EvaluationError) in
                let attestation = try arguments[1].string()
                return try evaluation.count(
                    try arguments[0].string(), by: arguments[2],
                    { attestor throws(EvaluationError) in
                        guard let check = attestor.attestations[attestation] else {
                            throw EvaluationError(
                                .invalidArgument, "attestation not found in policy: \(attestation)")
                        }
                        return check
                    }, attestation: attestation)
            },
            scoped("extractPayload", "payload_string_string", [.string, .string], .dyn) {
                evaluation, arguments throws(EvaluationError) in
                try evaluation.payload(try arguments[0].string(), try arguments[1].string())
            },
            scoped("getImageData", "get_image_data_string", [.string], .dyn) {
                evaluation, arguments throws(EvaluationError) in
                try evaluation.metadata(of: try arguments[0].string())
            },
        ])

    private static func scoped(
        _ name: String, _ id: String, _ parameters: [CELType], _ result: CELType,
        _ body: @escaping @Sendable (ImageEvaluation, [Value]) throws(EvaluationError) -> Value
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    id, parameters, result,
                    .scoped { scope, arguments throws(EvaluationError) in
                        try body(try ImageEvaluation.of(scope), arguments)
                    })
            ])
    }
}
