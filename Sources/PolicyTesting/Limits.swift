/// Bounds on test files.
package enum TestingLimits {
    /// Checks of one test: entries of `results` times their resources.
    static let maximumChecks = 100_000
    /// Objects of one test.
    static let maximumResources = 100_000
    /// Differences between a patched object and the expected one that a message names.
    static let shownDifferences = 3
}
