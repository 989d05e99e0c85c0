/// Bounds on test files.
package enum TestingLimits {
    /// Checks of one test: entries of `results` times their resources.
    static let maximumChecks = 100_000
    /// Objects of one test.
    static let maximumResources = 100_000
}
