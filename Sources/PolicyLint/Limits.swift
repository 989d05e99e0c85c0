/// Bounds of this target's work.
enum LintLimits {
    /// Kinds per rule that types are checked for; the API server's own number.
    static let kindsPerRule = 10
    /// Levels of a syntax tree that an analysis follows; deeper parts are not looked at.
    static let depth = 400
    /// Findings per policy; the rest is dropped.
    static let findings = 200
    /// What estimates of cost take for a large list or map, and for a large text.
    static let largeList: UInt64 = 100
    static let largeText: UInt64 = 256
    /// Levels of a schema that count for an object's smallest size.
    static let sizeDepth = 8
    /// Parts of one path such as `object.spec.containers[*].image`, and its length in bytes.
    static let pathLength = 1_000
}
