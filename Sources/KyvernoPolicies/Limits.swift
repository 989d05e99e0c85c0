/// Bounds on Kyverno's policies and their functions; Kyverno itself has none.
package enum KyvernoLimits {
    /// Cost of one evaluation of one expression, in Kubernetes' units: ten times what Kubernetes allows its own.
    static let costPerExpression: UInt64 = 10_000_000
    /// Cost of all of a policy's expressions for one request.
    static let costPerPolicy: UInt64 = 100_000_000
    /// Exceptions of one set, and policies that one exception names.
    static let maximumExceptions = 10_000
    static let maximumPolicyRefs = 1_000
    /// How deep a value may nest that becomes JSON.
    static let maximumValueDepth = 200
    /// Bytes of a text that a function parses as JSON or YAML.
    static let maximumParsedBytes = 4 << 20
    /// Attestors of one entry that are kept compiled, where an expression gives their key.
    static let maximumKeptAttestors = 64
    /// Verdicts that an image policy keeps, a power of two, and the bytes of the images that one may be about.
    static let keptImageVerdicts = 256
    static let maximumKeptImageBytes = 2_048
    /// Images, and reasons for each, that a refusal names.
    static let maximumImageRemarks = 8
    static let maximumImageReasons = 3
    /// What `random` makes a text of: characters of the pattern, and parts within parts.
    static let maximumPatternCharacters = 4_096
    static let maximumPatternDepth = 100
    /// How often `random` repeats what `*`, `+` and `{n,}` leave open, and what a pattern may demand.
    static let maximumUnboundedRepeats = 32
    static let maximumRepeats = 1_000
    /// Characters of a text that `random` makes.
    static let maximumRandomCharacters = 16_384
    /// Elements of one list in an answer to Envoy.
    static let maximumMessageElements = 1_000
    /// Bytes of a certificate in PEM.
    static let maximumCertificateBytes = 64 << 10
}
