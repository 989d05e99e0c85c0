/// Bounds on what a request may make the engine do.
package enum AdmissionLimits {
    /// Bytes of a `uid`; real ones are 36 bytes long, and it is echoed into every response.
    package static let maximumUIDBytes = 1024
    /// Requirements of one label selector.
    package static let maximumSelectorRequirements = 1000
    /// Bytes of the name part of an audit annotation key, as of every qualified name.
    package static let auditKeyBytes = 63
    /// Operations of one JSON Patch.
    package static let maximumPatchOperations = 10_000
    /// Tape words that the operations of one patch may add, copies of copies included.
    package static let maximumPatchedWords = 4 << 20
    /// Pairs of list elements that one comparison of two documents looks at; longer lists are replaced.
    package static let maximumComparedElements = 1_000_000
}
