/// Why a `TLSContext` could not be made from a certificate file and a key file.
///
/// `description` is a sentence for the operator; `detail` carries OpenSSL's or the system's words.
package enum TLSContextError: Error, Equatable, CustomStringConvertible {
    /// The file cannot be opened or read, or is larger than `TLSLimits.pemFileBytes`.
    case unreadableFile(path: String, detail: String)
    /// The certificate file holds no PEM certificate, or one that does not parse, or too many.
    case invalidCertificate(path: String, detail: String)
    /// The key file holds no PEM private key, or one that does not parse.
    case invalidKey(path: String, detail: String)
    /// The private key is encrypted: a server that restarts unattended cannot ask for its pass phrase.
    case encryptedKey(path: String)
    /// The key does not belong to the first certificate of the chain.
    case keyMismatch(certificatePath: String, keyPath: String, detail: String)
    /// OpenSSL refused one of our own settings, for example under a system-wide policy.
    case configuration(detail: String)

    package var description: String {
        switch self {
        case .unreadableFile(let path, let detail): "cannot read `\(path)`: \(detail)"
        case .invalidCertificate(let path, let detail): "`\(path)` holds no usable certificate chain: \(detail)"
        case .invalidKey(let path, let detail): "`\(path)` holds no usable private key: \(detail)"
        case .encryptedKey(let path): "the private key in `\(path)` is encrypted, an unencrypted one is needed"
        case .keyMismatch(let certificate, let key, let detail):
            "the private key in `\(key)` does not belong to the certificate in `\(certificate)`: \(detail)"
        case .configuration(let detail): "OpenSSL refused the server's settings: \(detail)"
        }
    }
}

/// Why a connection was given up; fired through the pipeline as `errorCaught` before the channel closes.
package enum TLSConnectionError: Error, Equatable, CustomStringConvertible {
    /// The peer did not finish the handshake in time.
    case handshakeTimeout
    /// The peer closed the connection within the handshake.
    case closedInHandshake
    /// The peer speaks HTTP without TLS.
    case plaintextHTTP
    /// The peer broke the protocol or refused ours; OpenSSL's words.
    case protocolError(detail: String)

    package var description: String {
        switch self {
        case .handshakeTimeout: "the TLS handshake took too long"
        case .closedInHandshake: "the client closed the connection within the TLS handshake"
        case .plaintextHTTP: "the client sent plain HTTP to the TLS port"
        case .protocolError(let detail): "TLS failed: \(detail)"
        }
    }
}
