import Values

/// The state of one evaluation: variables, the loop variables alive, and the cost so far.
struct Frame {
    let activation: Activation
    /// Loop variables and accumulators by slot; lives as long as the evaluation.
    let locals: UnsafeMutablePointer<Local>
    /// `activation.roots`.
    let roots: UnsafeMutablePointer<NodeCursor?>
    private(set) var cost: UInt64 = 0
    let limit: UInt64
    /// Where values are recorded while a verdict is explained; nil otherwise.
    let trace: Trace?

    init(activation: Activation, locals: UnsafeMutablePointer<Local>, limit: UInt64, trace: Trace?) {
        self.activation = activation
        self.locals = locals
        roots = activation.roots
        self.limit = limit
        self.trace = trace
    }

    /// Adds to the cost; past the limit the evaluation ends.
    @inline(__always)
    mutating func charge(_ amount: UInt64) throws(EvaluationError) {
        cost &+= amount
        if cost > limit { throw Self.overLimit }
    }

    /// Adds `count` steps of 1 each: past the limit the cost is that of the step which passed it.
    @inline(__always)
    mutating func charge(steps count: UInt64) throws(EvaluationError) {
        cost &+= count
        if cost > limit {
            cost = limit &+ 1
            throw Self.overLimit
        }
    }

    private static var overLimit: EvaluationError {
        EvaluationError(.costLimit, "operation cancelled: actual cost limit exceeded")
    }
}

/// A step of a program. Immutable once planned; the classes are final, so a call is one indirect jump.
class PlanNode: @unchecked Sendable {
    // SAFETY: all stored properties of all subclasses are `let` or written by the planner before the program exists.
    let id: ExpressionID

    init(_ id: ExpressionID) { self.id = id }

    /// The node's value, with its full cost charged.
    func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        preconditionFailure("abstract")
    }

    /// The value where the cost model does not count the name itself: as a branch of `?:` and as an index.
    func resolve(_ frame: inout Frame) throws(EvaluationError) -> Value {
        try evaluate(&frame)
    }

    /// The value of a condition, without a `Value` in between where the node knows how.
    ///
    /// - Throws: what `evaluate` throws; "no such overload" without a place if the value is no bool.
    func evaluateBool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        guard case .bool(let value) = try evaluate(&frame) else { throw .noSuchOverload() }
        return value
    }

    /// The value if it needs no evaluation.
    var constant: Value? { nil }

    /// Whether every evaluation has the same outcome; unlike constants, what is steady costs something.
    var isSteady: Bool { constant != nil }

    /// The node itself, under a tracing wrapper.
    var core: PlanNode { self }

    var isConditional: Bool { core is ConditionalNode }
}

final class ConstantNode: PlanNode, @unchecked Sendable {
    let value: Value

    init(_ id: ExpressionID, _ value: Value) {
        self.value = value
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value { value }
    override var constant: Value? { value }
}
