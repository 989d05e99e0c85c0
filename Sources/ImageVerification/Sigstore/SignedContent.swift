/// What was signed, for comparing with a log entry.
enum SignedContent {
    /// Bytes signed as they are. Only the digest may be known.
    case message(MessageContent)
    case envelope(Envelope)
}

struct MessageContent {
    let bytes: [UInt8]?
    let digest: ImageDigest

    init(_ bytes: [UInt8]) {
        self.bytes = bytes
        digest = ImageDigest(of: bytes)
    }

    init(_ subject: BundleSubject) {
        bytes = subject.bytes
        digest = subject.digest
    }

    /// Nil where only another hash is known.
    func hash(_ digest: Digest) -> [UInt8]? {
        digest == self.digest.algorithm.function ? self.digest.bytes : bytes.map { digest.hash($0) }
    }
}

extension SignedContent {
    /// The hash of what was signed: the bytes, or an envelope's pre-authentication encoding.
    func hash(_ digest: Digest) -> [UInt8]? {
        switch self {
        case .message(let message): message.hash(digest)
        case .envelope(let envelope): digest.hash(envelope.signedBytes)
        }
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
