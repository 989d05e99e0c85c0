/// What evaluation may still spend, in Kubernetes' cost units.
package struct CostBudget: Sendable {
    package private(set) var used: UInt64 = 0
    package let limit: UInt64

    package init(limit: UInt64) {
        self.limit = limit
    }

    package static let unlimited = CostBudget(limit: .max)

    package var isExhausted: Bool { used > limit }

    /// - Returns: false once more is used than allowed.
    @discardableResult
    package mutating func spend(_ cost: UInt64) -> Bool {
        let (sum, overflow) = used.addingReportingOverflow(cost)
        used = overflow ? .max : sum
        return used <= limit
    }
}
