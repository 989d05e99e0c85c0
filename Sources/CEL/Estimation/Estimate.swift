/// The least and the most that something may cost, or that something may measure; sums and products stop at the top.
package struct Estimate: Hashable, Sendable {
    package var min: UInt64
    package var max: UInt64

    package init(min: UInt64, max: UInt64) {
        self.min = min
        self.max = max
    }

    package static func exactly(_ value: UInt64) -> Estimate { Estimate(min: value, max: value) }
    package static let zero = exactly(0)
    package static let one = exactly(1)
    package static let unknown = Estimate(min: 0, max: .max)

    package static func + (left: Estimate, right: Estimate) -> Estimate {
        Estimate(min: add(left.min, right.min), max: add(left.max, right.max))
    }

    package static func * (left: Estimate, right: Estimate) -> Estimate {
        Estimate(min: multiply(left.min, right.min), max: multiply(left.max, right.max))
    }

    package static func += (left: inout Estimate, right: Estimate) { left = left + right }

    /// Multiplied by a factor, rounded up.
    package func scaled(by factor: Double) -> Estimate {
        Estimate(min: Self.scale(min, factor), max: Self.scale(max, factor))
    }

    /// What covers both.
    package func union(_ other: Estimate) -> Estimate {
        Estimate(min: Swift.min(min, other.min), max: Swift.max(max, other.max))
    }

    private static func add(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (sum, overflow) = left.addingReportingOverflow(right)
        return overflow ? .max : sum
    }

    private static func multiply(_ left: UInt64, _ right: UInt64) -> UInt64 {
        let (product, overflow) = left.multipliedReportingOverflow(by: right)
        return overflow ? .max : product
    }

    private static func scale(_ value: UInt64, _ factor: Double) -> UInt64 {
        UInt64(exactly: (Double(value) * factor).rounded(.up)) ?? .max
    }
}

/// A part of an expression as the cost model sees it.
package struct CostNode: Sendable {
    /// From a variable through fields, `@items`, `@keys` and `@values` to the part; nil for what is computed.
    package let path: [String]?
    package let type: CELType
    /// Known from the expression itself.
    package let size: Estimate?

    package init(path: [String]?, type: CELType, size: Estimate? = nil) {
        self.path = path
        self.type = type
        self.size = size
    }
}

/// What an estimate takes for granted of data and functions.
package protocol CostAssumptions: Sendable {
    /// How large a value that an expression reads may be: code points, bytes or elements; nil if nothing is known.
    func size(of node: CostNode) -> Estimate?

    /// What a call costs beyond its arguments, and how large its result is; nil for the language's own functions.
    func call(
        _ function: String, overload: String, target: CostNode?, arguments: [CostNode]
    ) -> (cost: Estimate, size: Estimate?)?
}
