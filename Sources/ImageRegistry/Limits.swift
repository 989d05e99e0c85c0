/// Every bound on what registries, and files about them, may make us do.
package enum RegistryLimits {
    /// Bytes of a Docker configuration.
    package static let maximumCredentialFileBytes = 1 << 20
    /// Registries in one Docker configuration.
    package static let maximumCredentialEntries = 1_024
    /// Credentials that are tried for one repository.
    package static let maximumCredentialTries = 4
    /// Bytes that a credential helper may write.
    package static let maximumHelperBytes = 256 << 10
    /// Seconds that a credential helper may take.
    package static let maximumHelperSeconds = 10
    /// Seconds for which a credential helper's answer counts.
    package static let helperLifetime = 300
    /// Bytes of a token service's answer.
    package static let maximumTokenBytes = 256 << 10
    /// Tokens that are kept.
    package static let maximumTokens = 1_024
    /// Longest time that a token is kept, in seconds, whatever its service says.
    package static let maximumTokenLifetime = 3_600
    /// How long it is remembered that a host has no lists of referrers, in seconds.
    package static let missingReferrersLifetime = 600
    /// Pages of a list of referrers.
    package static let maximumReferrerPages = 16
    /// Challenges in one answer.
    package static let maximumChallenges = 8
    /// Hosts whose scheme is remembered.
    package static let maximumKnownHosts = 256
    /// Mirrors of one registry.
    package static let maximumMirrors = 8
}
