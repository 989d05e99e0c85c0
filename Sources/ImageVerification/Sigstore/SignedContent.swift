/// What was signed, for comparing with a log entry.
enum SignedContent {
    /// Bytes signed as they are. Only the digest may be known.
    case message(MessageContent)
    case envelope(Envelope)
}

struct MessageContent {
    let bytes: [UInt8]?
    let sha256: [UInt8]

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        sha256 = Digest.sha256.hash(bytes)
    }

    init(sha256: [UInt8]) {
        bytes = nil
        self.sha256 = sha256
    }

    /// Nil where only the other hash is known.
    func hash(_ digest: Digest) -> [UInt8]? {
        digest == .sha256 ? sha256 : bytes.map { digest.hash($0) }
    }
}

/// The key or certificate whose signature is being verified, as a log entry must name it.
enum SignerMaterial {
    case certificate(Certificate)
    case key(PublicKey)

    var der: [UInt8] {
        switch self {
        case .certificate(let certificate): certificate.der
        case .key(let key): key.der
        }
    }

    var key: PublicKey {
        switch self {
        case .certificate(let certificate): certificate.key
        case .key(let key): key
        }
    }
}
