/// Why something was not accepted: a stable reason and the particulars.
package struct VerificationError: Error, Hashable, Sendable {
    package let reason: VerificationReason
    /// Lower case, no full stop, input in backticks.
    package let detail: String

    package init(_ reason: VerificationReason, _ detail: String) {
        self.reason = reason
        self.detail = detail
    }

    /// Stable kebab-case identifier.
    package var id: String { reason.rawValue }
}

/// What can be wrong with a signature; the raw values are stable identifiers.
package enum VerificationReason: String, Hashable, Sendable, CaseIterable {
    // Form
    case malformedReference = "malformed-reference"
    case malformedJSON = "malformed-json"
    case malformedBase64 = "malformed-base64"
    case malformedSignature = "malformed-signature"
    case malformedPayload = "malformed-payload"
    case malformedManifest = "malformed-manifest"
    case malformedEnvelope = "malformed-envelope"
    case malformedBundle = "malformed-bundle"
    case malformedCertificate = "malformed-certificate"
    case malformedKey = "malformed-key"
    case malformedLogEntry = "malformed-log-entry"
    case malformedCheckpoint = "malformed-checkpoint"
    case malformedTimestamp = "malformed-timestamp"
    case malformedTrustedRoot = "malformed-trusted-root"
    case malformedPattern = "malformed-pattern"
    case tooLarge = "too-large"
    case tooMany = "too-many"
    case unsupportedKey = "unsupported-key"
    case keyReference = "key-reference"

    // Registry
    case imageNotFound = "image-not-found"
    case noSignatures = "no-signatures-found"
    case storeUnreadable = "store-unreadable"
    case registryUnreachable = "registry-unreachable"
    case registryTLS = "registry-tls"
    case registryTimeout = "registry-timeout"
    case registryUnauthorized = "registry-unauthorized"
    case registryRateLimited = "registry-rate-limited"
    case registryFailed = "registry-failed"
    case registryResponse = "registry-response"
    case registryAddress = "registry-address"
    case registryCredentials = "registry-credentials"
    case registryCancelled = "registry-cancelled"
    case platformNotFound = "platform-not-found"
    case contentDigestMismatch = "content-digest-mismatch"
    case layerMediaType = "layer-media-type"
    case layerCount = "layer-count"
    case otherSubject = "other-subject"

    // Signature and payload
    case signatureInvalid = "signature-invalid"
    case signatureMissing = "signature-missing"
    case certificateExpected = "certificate-expected"
    case keyExpected = "key-expected"
    case payloadDigestMismatch = "payload-digest-mismatch"
    case payloadKind = "payload-kind"
    case annotationMismatch = "annotation-mismatch"

    // Envelopes and statements
    case envelopePayloadType = "envelope-payload-type"
    case envelopeSignatureCount = "envelope-signature-count"
    case statementType = "statement-type"
    case noMatchingSubject = "no-matching-subject"
    case predicateType = "predicate-type"
    case predicateMismatch = "predicate-mismatch"

    // Bundles
    case unsupportedBundleVersion = "unsupported-bundle-version"
    case verificationMaterial = "verification-material"
    case certificateChainNotAllowed = "certificate-chain-not-allowed"
    case rootInBundle = "root-in-bundle"
    case messageSignatureNotAllowed = "message-signature-not-allowed"
    case messageDigestMismatch = "message-digest-mismatch"
    case bytesNeeded = "bytes-needed"

    // Transparency log
    case trustedRootMissing = "trusted-root-missing"
    case noLogEntry = "no-log-entry"
    case duplicateLogEntry = "duplicate-log-entry"
    case unknownLog = "unknown-log"
    case logNotValidAtTime = "log-not-valid-at-time"
    case logEntryUnsupported = "log-entry-unsupported"
    case inclusionPromiseMissing = "inclusion-promise-missing"
    case inclusionPromiseInvalid = "inclusion-promise-invalid"
    case inclusionProofMissing = "inclusion-proof-missing"
    case inclusionProofInvalid = "inclusion-proof-invalid"
    case checkpointMissing = "checkpoint-missing"
    case checkpointSignature = "checkpoint-signature"
    case checkpointOrigin = "checkpoint-origin"
    case checkpointRoot = "checkpoint-root"
    case logEntryPayload = "log-entry-payload"
    case logEntrySignature = "log-entry-signature"
    case logEntryKey = "log-entry-key"

    // Certificates
    case noVerifiedTime = "no-verified-time"
    case certificateUntrusted = "certificate-untrusted"
    case certificateNotValidAtTime = "certificate-not-valid-at-time"
    case authorityNotValidAtTime = "authority-not-valid-at-time"
    case certificateUsage = "certificate-usage"
    case certificateIdentity = "certificate-identity"
    case certificateTimestampMissing = "certificate-timestamp-missing"
    case certificateTimestampInvalid = "certificate-timestamp-invalid"
    case issuerMismatch = "issuer-mismatch"
    case subjectMismatch = "subject-mismatch"
    case extensionMismatch = "extension-mismatch"

    // RFC 3161
    case timestampMissing = "timestamp-missing"
    case timestampImprint = "timestamp-imprint"
    case timestampUntrusted = "timestamp-untrusted"
    case timestampAuthorityNotValid = "timestamp-authority-not-valid"

    // Notary Project
    case criticalHeader = "critical-header"
    case verificationPlugin = "verification-plugin"
    case signingScheme = "signing-scheme"
    case contentType = "content-type"
    case algorithmMismatch = "algorithm-mismatch"
    case incompleteChain = "incomplete-chain"
    case leafRequirements = "leaf-requirements"
    case authorityRequirements = "authority-requirements"
    case trustStoreType = "trust-store-type"
    case identityNotTrusted = "identity-not-trusted"
    case signatureExpired = "signature-expired"
}

extension VerificationReason {
    /// Whether it says nothing of the image: what is asked could not be had. Another time it may be.
    ///
    /// What was read and is not as it should be, `content-digest-mismatch` among it, is not of this kind.
    package var isStoreProblem: Bool {
        switch self {
        case .storeUnreadable, .registryUnreachable, .registryTLS, .registryTimeout, .registryUnauthorized,
            .registryRateLimited, .registryFailed, .registryResponse, .registryCredentials, .registryAddress,
            .registryCancelled:
            true
        default: false
        }
    }
}
