internal import Values

/// cel-go's encoders extension.
extension Library {
    package static let encoders = Library(
        "encoders",
        functions: [
            FunctionDeclaration(
                "base64.encode",
                [
                    Overload(
                        "base64_encode_bytes", [.bytes], .string, cost: .traversalOfFirst,
                        .unary { value throws(EvaluationError) in
                            guard case .bytes(let bytes) = value else { throw .noSuchOverload() }
                            return .string(Base64.encode(bytes))
                        })
                ]),
            FunctionDeclaration(
                "base64.decode",
                [
                    Overload(
                        "base64_decode_string", [.string], .bytes, cost: .traversalOfFirst,
                        .unary { value throws(EvaluationError) in
                            let text = try value.string()
                            guard let bytes = Base64.decode(text, padded: true) ?? Base64.decode(text, padded: false)
                            else {
                                throw EvaluationError(.invalidArgument, "illegal base64 data")
                            }
                            return .bytes(bytes)
                        })
                ]),
        ])
}
