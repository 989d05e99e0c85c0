/// Bounds on what policies may put into a response.
package enum EngineLimits {
    /// Bytes of one audit annotation's value; the API server cuts longer ones.
    package static let maximumAuditValueBytes = 10 * 1024
}
