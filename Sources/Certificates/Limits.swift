/// The bounds and lifetimes of this module. Times are in seconds.
package enum CertificateLimits {
    /// The most PEM text that is read in one piece, in bytes.
    package static let pemBytes = 1 << 20
    /// The most certificates in one piece of PEM.
    package static let certificates = 16
    /// How long a serving certificate is valid.
    package static let servingLifetime = 90 * 86_400
    /// How long an authority is valid. A third of it is longer than a serving certificate's lifetime, so that a serving
    /// certificate never outlives the authority that signed it.
    package static let authorityLifetime = 365 * 86_400
    /// How far the start of validity lies in the past: clocks of API servers may be behind.
    package static let backdating = 300
    /// How long a new authority is in the bundle before anything is signed with it: the time that webhook
    /// configurations take to reach every API server, many times over.
    package static let authorityOverlap = 600
    /// A serving certificate that ends sooner is renewed at once, whatever the overlap.
    package static let urgency = 86_400
    /// Older authorities that stay in a bundle beside the newest.
    package static let keptAuthorities = 3
    /// Random bits of a serial number (RFC 5280, 4.1.2.2 allows 159).
    static let serialBits: Int32 = 127
}
