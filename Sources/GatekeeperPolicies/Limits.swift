/// Bounds on Gatekeeper's objects.
enum GatekeeperLimits {
    /// Templates and constraints of one set.
    static let maximumObjects = 100_000
    /// Entries of one list in a constraint's `match`.
    static let maximumEntries = 10_000
}
