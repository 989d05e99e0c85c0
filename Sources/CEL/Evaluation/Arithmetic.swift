import Values

/// `+ - * / %` on two values of any kinds.
enum Arithmetic {
    case add, subtract, multiply, divide, modulo

    init?(_ function: String) {
        switch function {
        case Operator.add: self = .add
        case Operator.subtract: self = .subtract
        case Operator.multiply: self = .multiply
        case Operator.divide: self = .divide
        case Operator.modulo: self = .modulo
        default: return nil
        }
    }

    func callAsFunction(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try integers(a, b, "integer overflow"))
        case (.uint(let a), .uint(let b)): return .uint(try integers(a, b, "unsigned integer overflow"))
        case (.double(let a), .double(let b)): return .double(try doubles(a, b))
        default: break
        }
        switch self {
        case .add: return try sum(left, right)
        case .subtract: return try difference(left, right)
        case .multiply, .divide, .modulo: throw refusal(of: left)
        }
    }

    /// Where the left kind does not know the operator at all the Go implementation names it.
    private func refusal(of left: Value) -> EvaluationError {
        let isKnown =
            switch (self, left) {
            case (_, .int), (_, .uint): true
            case (.modulo, _): false
            case (_, .double): true
            case (.add, .string), (.add, .text), (.add, .bytes), (.add, .list), (.add, .listNode): true
            case (.add, .duration), (.add, .timestamp), (.subtract, .duration), (.subtract, .timestamp): true
            default: false
            }
        return isKnown ? .noSuchOverload() : EvaluationError(.noSuchOverload, "no such overload: \(name)")
    }

    private var name: String {
        switch self {
        case .add: Operator.add
        case .subtract: Operator.subtract
        case .multiply: Operator.multiply
        case .divide: Operator.divide
        case .modulo: Operator.modulo
        }
    }

    private func integers<T: FixedWidthInteger>(_ a: T, _ b: T, _ overflowText: String) throws(EvaluationError) -> T {
        let (result, overflow): (T, Bool)
        switch self {
        case .add: (result, overflow) = a.addingReportingOverflow(b)
        case .subtract: (result, overflow) = a.subtractingReportingOverflow(b)
        case .multiply: (result, overflow) = a.multipliedReportingOverflow(by: b)
        case .divide:
            if b == 0 { throw EvaluationError(.divisionByZero, "division by zero") }
            (result, overflow) = a.dividedReportingOverflow(by: b)
        case .modulo:
            if b == 0 { throw EvaluationError(.divisionByZero, "modulus by zero") }
            (result, overflow) = a.remainderReportingOverflow(dividingBy: b)
        }
        if overflow { throw EvaluationError(.overflow, overflowText) }
        return result
    }

    private func doubles(_ a: Double, _ b: Double) throws(EvaluationError) -> Double {
        switch self {
        case .add: a + b
        case .subtract: a - b
        case .multiply: a * b
        case .divide: a / b
        case .modulo: throw .noSuchOverload()
        }
    }

    private func sum(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.string, .string), (.string, .text), (.text, .string), (.text, .text):
            return .string(try concatenated(left, right))
        case (.bytes(let a), .bytes(let b)):
            guard a.count + b.count <= EvaluationLimits.stringBytes else { throw EvaluationLimits.tooLarge }
            return .bytes(a + b)
        case (.list, .list), (.list, .listNode), (.listNode, .list), (.listNode, .listNode):
            guard let a = left.listElements, let b = right.listElements else { throw .noSuchOverload() }
            guard a.count + b.count <= EvaluationLimits.elements else { throw EvaluationLimits.tooLarge }
            return .list(left.listSemantics.map { Value.union(a, b, $0) } ?? a + b)
        case (.duration(let a), .duration(let b)):
            let (sum, overflow) = a.addingReportingOverflow(b)
            if overflow { throw EvaluationError(.overflow, "integer overflow") }
            return .duration(sum)
        case (.timestamp(let time), .duration(let span)), (.duration(let span), .timestamp(let time)):
            return .timestamp(try shifted(time, by: span))
        default: throw refusal(of: left)
        }
    }

    private func difference(_ left: Value, _ right: Value) throws(EvaluationError) -> Value {
        switch (left, right) {
        case (.duration(let a), .duration(let b)):
            let (difference, overflow) = a.subtractingReportingOverflow(b)
            if overflow { throw EvaluationError(.overflow, "integer overflow") }
            return .duration(difference)
        case (.timestamp(let time), .duration(let span)):
            if span == .min { throw EvaluationError(.overflow, "timestamp overflow") }
            return .timestamp(try shifted(time, by: -span))
        case (.timestamp(let a), .timestamp(let b)):
            let (seconds, overflow) = (a.seconds - b.seconds).multipliedReportingOverflow(by: 1_000_000_000)
            let (total, carry) = seconds.addingReportingOverflow(Int64(a.nanoseconds) - Int64(b.nanoseconds))
            if overflow || carry { throw EvaluationError(.overflow, "integer overflow") }
            return .duration(total)
        default: throw refusal(of: left)
        }
    }

    private func shifted(_ time: Timestamp, by span: Int64) throws(EvaluationError) -> Timestamp {
        let nanoseconds = Int64(time.nanoseconds) + span % 1_000_000_000
        let carry = nanoseconds < 0 ? -1 : nanoseconds >= 1_000_000_000 ? 1 : Int64(0)
        let seconds = time.seconds + span / 1_000_000_000 + carry
        guard (Timestamp.minimumSeconds...Timestamp.maximumSeconds).contains(seconds) else {
            throw EvaluationError(.overflow, "timestamp overflow")
        }
        return Timestamp(
            seconds: seconds, nanoseconds: Int32(nanoseconds - carry * 1_000_000_000), offsetMinutes: time.offsetMinutes
        )
    }

    private func concatenated(_ left: Value, _ right: Value) throws(EvaluationError) -> String {
        guard let a = left.stringValue, let b = right.stringValue else { throw .noSuchOverload() }
        guard a.utf8.count + b.utf8.count <= EvaluationLimits.stringBytes else { throw EvaluationLimits.tooLarge }
        return a + b
    }
}
