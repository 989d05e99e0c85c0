package import Values

/// The values of an environment's variables for one evaluation, by slot. Not shared between threads.
package final class Activation {
    /// By `Environment.variables` index; nil is undeclared at run time ("no such attribute").
    package let values: [Value?]
    /// The lazily composed variables (`variables.x`), if the environment has them.
    package let composed: ComposedVariables?
    /// What functions of the kind `scoped` get beside their arguments.
    let scope: (any Sendable & AnyObject)?
    /// Where the variables that lie in documents start, by slot; `values` keeps the documents alive.
    let roots: UnsafeMutablePointer<NodeCursor?>

    package init(
        _ values: [Value?], composed: ComposedVariables? = nil, scope: (any Sendable & AnyObject)? = nil
    ) {
        self.values = values
        self.composed = composed
        self.scope = scope
        roots = .allocate(capacity: max(1, values.count))
        for (slot, value) in values.enumerated() {
            (roots + slot).initialize(to: value.flatMap { NodeCursor($0) })
        }
    }

    // Cursors are trivial: there is nothing to deinitialize.
    deinit { roots.deallocate() }
}

/// Variables that are expressions themselves, each evaluated at most once, when first used.
package final class ComposedVariables {
    private enum State {
        case pending, running
        case done(Result<Value, EvaluationError>)
    }

    private let programs: [Result<Program, CompileError>]
    /// For messages; empty if the variables have none.
    private let names: [String]
    /// One thread uses this object, and no access overlaps another: checking that costs more than the access.
    @exclusivity(unchecked) private var states: [State]
    /// What one variable's evaluation may cost.
    private let limit: UInt64
    /// Where to record the variables' nodes, by index, if the programs were planned for that.
    private let traces: [Trace]
    /// What all evaluated so far have cost together; the caller bills it.
    @exclusivity(unchecked) package private(set) var cost: UInt64 = 0
    /// Whether no variable was asked for yet.
    @exclusivity(unchecked) package private(set) var isUntouched = true

    /// - Parameters:
    ///   - programs: by index in `Environment.Composed.fields`; each may use those before it.
    ///   - names: the variables' names, so that an error can say which one failed.
    package init(
        _ programs: [Result<Program, CompileError>], names: [String] = [], limit: UInt64, traces: [Trace] = []
    ) {
        self.programs = programs
        self.traces = traces
        self.names = names
        self.limit = limit
        states = Array(repeating: .pending, count: programs.count)
    }

    func value(at index: Int, in activation: Activation) throws(EvaluationError) -> Value {
        switch states[index] {
        case .done(let result): return try result.get()
        case .running: throw EvaluationError(.invalidArgument, "variable refers to itself")
        case .pending: break
        }
        states[index] = .running
        isUntouched = false
        var budget = CostBudget(limit: limit)
        let result: Result<Value, EvaluationError>
        switch programs[index] {
        case .success(let program):
            do throws(EvaluationError) {
                let trace = index < traces.count ? traces[index] : nil
                result = .success(try program.evaluate(activation, budget: &budget, trace: trace))
            } catch {
                // The place is within the variable's own expression, not in the one that uses it. There the cost limit,
                // which is the variable's own, is an error like others, that `||` may absorb.
                let code = error.code == .costLimit ? .invalidArgument : error.code
                result = .failure(EvaluationError(code, describe(index, "evaluate", error.message)))
            }
        case .failure(let error):
            let message = error.summary ?? "compilation failed: \(error.issues.first?.message ?? "")"
            result = .failure(EvaluationError(.invalidArgument, describe(index, "compile", message)))
        }
        cost = cost.addingReportingOverflow(budget.used).overflow ? .max : cost + budget.used
        states[index] = .done(result)
        return try result.get()
    }

    /// Worded as the Go implementation words it.
    private func describe(_ index: Int, _ action: String, _ message: String) -> String {
        guard index < names.count else { return message }
        return "composited variable \"\(names[index])\" fails to \(action): \(message)"
    }
}
