/// Bounds on what a request may make the engine do.
package enum AdmissionLimits {
    /// Bytes of a `uid`; real ones are 36 bytes long, and it is echoed into every response.
    package static let maximumUIDBytes = 1024
    /// Requirements of one label selector.
    package static let maximumSelectorRequirements = 1000
}
