import CEL
import Values

/// `x509.decode`: what a certificate, or a request for one, says, as data.
extension Library {
    static let kyvernoCertificates = Library(
        "kyverno.x509",
        functions: [
            FunctionDeclaration(
                "x509.decode",
                [
                    Overload(
                        "x509_decode_string", [.string], .dyn, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in
                            let text = try text.string()
                            do throws(CertificateError) {
                                return .map(try CertificateDocument(pem: text).value)
                            } catch {
                                throw EvaluationError(.invalidArgument, error.message)
                            }
                        })
                ])
        ])
}
