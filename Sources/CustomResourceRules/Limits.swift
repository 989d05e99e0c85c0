/// Bounds of evaluating rules, the API server's own where it has them.
enum RuleLimits {
    /// What one rule may cost (CEL's cost units).
    static let costOfRule: UInt64 = 1_000_000
    /// What all rules of one object may cost together.
    static let costOfObject: UInt64 = 10_000_000
    /// Levels of an object.
    static let maximumDepth = 512
    /// Bytes of a message that an expression makes; longer ones are cut.
    static let maximumMessage = 5_000
}
