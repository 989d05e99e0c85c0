/// Says when the time for a request is over. The clock is the caller's; policies that are not judged by then count as
/// undecided, so that the answer is what their `failurePolicy` says, and comes in time.
///
/// Between policies only: one policy is bounded by its cost.
package struct TimeLimit: Sendable {
    private let isPast: @Sendable () -> Bool

    /// - Parameter isPast: asked before each policy; once true it stays so.
    package init(isPast: @escaping @Sendable () -> Bool) { self.isPast = isPast }

    var isOver: Bool { isPast() }
}
