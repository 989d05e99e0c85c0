/// What Kubernetes bounds in policies and their evaluation; the numbers are the API server's own.
package enum PolicyLimits {
    /// Cost of one evaluation of one expression.
    package static let costPerExpression: UInt64 = 1_000_000
    /// Cost of all validations and messages together, per binding and param; audit annotations have as much again.
    package static let costPerBinding: UInt64 = 10_000_000
    package static let costOfMatchConditions: UInt64 = 2_500_000
    package static let maximumMatchConditions = 64
    package static let maximumAuditAnnotations = 20
    /// Bytes of all annotations of one object together, keys included.
    package static let maximumAnnotationBytes = 256 * 1024
    /// Bytes of an audit annotation's expression.
    package static let maximumValueExpressionBytes = 5 * 1024
    /// Bytes of a message that an expression made.
    package static let maximumMessageBytes = 5 * 1024
    /// Lists, maps and structures within each other in a value that a mutation puts into an object.
    package static let maximumValueDepth = 256
    /// Policies and bindings of one set.
    package static let maximumDefinitions = 100_000
}
