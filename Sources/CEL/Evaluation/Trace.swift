package import Values

/// What every node gave when an expression was evaluated for an explanation.
///
/// Inside loops the last iteration's values stay, which for a failed `all` is the one that decided.
package final class Trace {
    package enum Outcome: Sendable {
        case value(Value)
        case error(EvaluationError)
    }

    package private(set) var outcomes: [ExpressionID: Outcome] = [:]
    /// The deepest place in a document that an attribute reached, also where a field is missing.
    package private(set) var places: [ExpressionID: Node] = [:]

    /// All outcomes that nodes had, every round of a loop included.
    package private(set) var seen: [ExpressionID: SeenOutcomes] = [:]

    package init() {}

    func record(_ id: ExpressionID, _ outcome: Outcome) {
        outcomes[id] = outcome
        seen[id, default: []].formUnion(SeenOutcomes(outcome))
    }

    func reached(_ id: ExpressionID, _ node: Node) { places[id] = node }
}

/// Which outcomes a node has had.
package struct SeenOutcomes: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let isTrue = SeenOutcomes(rawValue: 1)
    package static let isFalse = SeenOutcomes(rawValue: 2)
    /// Any value that is no bool.
    package static let value = SeenOutcomes(rawValue: 4)
    package static let error = SeenOutcomes(rawValue: 8)

    init(_ outcome: Trace.Outcome) {
        switch outcome {
        case .value(.bool(let isTrue)): self = isTrue ? .isTrue : .isFalse
        case .value: self = .value
        case .error: self = .error
        }
    }
}

/// Wraps a node while a verdict is explained; programs planned for deciding have none of these.
final class TracedNode: PlanNode, @unchecked Sendable {
    private let inner: PlanNode

    init(_ inner: PlanNode) {
        self.inner = inner
        super.init(inner.id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        do throws(EvaluationError) {
            let value = try inner.evaluate(&frame)
            frame.trace?.record(id, .value(value))
            return value
        } catch {
            frame.trace?.record(id, .error(error))
            throw error
        }
    }

    override func resolve(_ frame: inout Frame) throws(EvaluationError) -> Value {
        do throws(EvaluationError) {
            let value = try inner.resolve(&frame)
            frame.trace?.record(id, .value(value))
            return value
        } catch {
            frame.trace?.record(id, .error(error))
            throw error
        }
    }

    override var constant: Value? { inner.constant }
    override var core: PlanNode { inner.core }
}
