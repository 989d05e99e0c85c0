import Values

/// `a.b == 'constant'` on a string in a document: compares the bytes where they lie.
final class TextEqualityNode: PlanNode, @unchecked Sendable {
    private let attribute: AttributeNode
    private let steps: UInt64
    private let text: FixedText
    private let isNegated: Bool
    /// Everything that is no string in a document.
    private let general: EqualityNode

    init(_ general: EqualityNode, _ attribute: AttributeNode, _ text: String) {
        self.general = general
        self.attribute = attribute
        steps = attribute.steps
        self.text = FixedText(text)
        isNegated = general.isNegated
        super.init(general.id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        .bool(try evaluateBool(&frame))
    }

    override func evaluateBool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        guard let bytes = attribute.walk(frame)?.utf8 else { return try general.evaluateBool(&frame) }
        try frame.charge(steps: steps)
        // A tenth of the smaller text, rounded up: short texts need no counting.
        let smaller =
            text.size <= 10 ? min(text.size, UInt64(bytes.count)) : min(text.size, UInt64(codePointCount(bytes)))
        try frame.charge((smaller + 9) / 10)
        let isEqual =
            bytes.count == text.bytes.count
            && bytes.baseAddress.map { bytesEqual($0, text.bytes) } ?? text.bytes.isEmpty
        return isEqual != isNegated
    }
}

/// `'constant' in a.b` on a map in a document.
final class KeyMembershipNode: PlanNode, @unchecked Sendable {
    private let attribute: AttributeNode
    private let steps: UInt64
    private let key: FixedText
    /// Everything that is no map in a document.
    private let general: MembershipNode

    init(_ general: MembershipNode, _ key: String, _ attribute: AttributeNode) {
        self.general = general
        self.attribute = attribute
        steps = attribute.steps
        self.key = FixedText(key)
        super.init(general.id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        .bool(try evaluateBool(&frame))
    }

    override func evaluateBool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        guard let map = attribute.walk(frame), map.isMap else { return try general.evaluateBool(&frame) }
        try frame.charge(steps: steps)
        try frame.charge(1)
        return map.field(key.bytes) != nil
    }
}
