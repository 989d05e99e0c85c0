/// Every bound on what verification accepts. Signatures come from registries that anyone may write to.
package enum VerificationLimits {
    /// Bytes of an image reference: a name of 255, a tag of 128 and a digest with room to spare.
    package static let maximumReferenceBytes = 1_024
    /// Bytes of a manifest or index, the limit that registries themselves apply.
    package static let maximumManifestBytes = 4 << 20
    /// Bytes of one signature payload, envelope or bundle. Large SBOM attestations reach some MiB.
    package static let maximumBlobBytes = 16 << 20
    /// Bytes of a simple-signing payload; real ones stay below 1 KiB.
    package static let maximumPayloadBytes = 1 << 20
    /// Bytes of a trusted_root.json; the production file has some 10 KiB.
    package static let maximumTrustedRootBytes = 4 << 20
    /// Signatures, attestations or referrers of one image that are looked at.
    package static let maximumSignatures = 64
    /// Log entries of one bundle, as sigstore-go bounds them.
    package static let maximumLogEntries = 32
    /// RFC 3161 timestamps of one bundle.
    package static let maximumTimestamps = 32
    /// Signatures of one DSSE envelope.
    package static let maximumEnvelopeSignatures = 16
    /// Certificates of one chain, leaf and anchor included.
    package static let maximumChainLength = 10
    /// Hashes of one inclusion proof: a log of 2^64 entries needs no more.
    package static let maximumProofHashes = 64
    /// Signature lines of one checkpoint.
    package static let maximumCheckpointSignatures = 32
    /// Bytes of one certificate or key.
    package static let maximumCertificateBytes = 64 << 10
    /// Bytes of one timestamp response.
    package static let maximumTimestampBytes = 256 << 10
    /// SCTs in one certificate.
    package static let maximumCertificateTimestamps = 16
    /// Nesting of CBOR items.
    package static let maximumCBORDepth = 16
    /// Elements of one CBOR array or map.
    package static let maximumCBORElements = 1_024
    /// Bytes of one JSON Web Token, and of a secret that signs such.
    package static let maximumTokenBytes = 64 << 10
    /// Bytes and keys of one JSON Web Key Set.
    package static let maximumKeySetBytes = 1 << 20
    package static let maximumKeysOfSet = 256
    /// Reasons that are kept of one failed check.
    package static let maximumReasons = 8
    /// Images that a cache remembers, and the bytes of what their attestations say.
    package static let maximumCachedImages = 8_192
    package static let maximumCachedPayloadBytes = 64 << 20
    /// Checks that are remembered of one image; more come only from policies that change all the time.
    package static let maximumCachedChecks = 128
    /// Images that one request may ask about.
    package static let maximumImagesPerRequest = 256
}
