/// Why a certificate or key could not be made or read.
package enum CertificateError: Error, Equatable, CustomStringConvertible {
    /// The text holds no PEM of the kind, or PEM that does not parse, or too much.
    case invalid(what: String, detail: String)
    /// OpenSSL refused to make one; its words.
    case failed(detail: String)

    package var description: String {
        switch self {
        case .invalid(let what, let detail): "not a usable \(what): \(detail)"
        case .failed(let detail): "OpenSSL could not make a certificate: \(detail)"
        }
    }
}
