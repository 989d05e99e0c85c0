import Values

/// Where an attribute starts.
enum AttributeRoot {
    case variable(slot: Int, name: String)
    case local(slot: Int)
    /// `variables.x`: `holder` is the cost of naming the holder, which the first qualifier pays for.
    case composed(index: Int)
    case expression(PlanNode)
}

/// One step from a value to a part of it.
struct Qualifier {
    enum Key {
        /// A field name; its bytes are compared as they stand in a document.
        case field(FieldName)
        case constant(Value)
        case dynamic(PlanNode)
    }

    let id: ExpressionID
    let key: Key
    /// `.?f` or `[?k]`: absence gives an empty optional.
    let isOptional: Bool
    /// Fails at a value without parts even along an optional.
    let needsParts: Bool
}

/// A field name with its UTF-8 bytes at hand for comparing with keys in a document.
final class FieldName: Sendable {
    let name: String
    private let bytes: [UInt8]

    init(_ name: String) {
        self.name = name
        bytes = Array(name.utf8)
    }

    @inline(__always)
    func find(in node: Node) -> UInt32? {
        bytes.withUnsafeBufferPointer { node.find($0) }
    }
}

/// A name with selections and indices: `object.spec.containers[0].?image`. Evaluated in one go, straight on the tape.
///
/// Cost: 1 for the root and 1 for each qualifier that is there (an absent optional one is free).
final class AttributeNode: PlanNode, @unchecked Sendable {
    let root: AttributeRoot
    let qualifiers: [Qualifier]
    /// 1 for naming the root; a conditional as the root is free.
    private let rootCost: UInt64
    /// The short way for a variable with plain field names behind it; nil for everything else.
    private let path: FieldPath?
    /// The same where some of the fields are optional.
    let optionalPath: FieldPath?

    init(_ id: ExpressionID, _ root: AttributeRoot, _ qualifiers: [Qualifier] = []) {
        self.root = root
        self.qualifiers = qualifiers
        if case .expression(let node) = root, node.isConditional { rootCost = 0 } else { rootCost = 1 }
        let fields = FieldPath(root, qualifiers)
        path = fields?.isOptional == false ? fields : nil
        optionalPath = fields?.isOptional == true ? fields : nil
        super.init(id)
    }

    deinit {
        path?.deallocate()
        optionalPath?.deallocate()
    }

    func appending(_ qualifier: Qualifier, id: ExpressionID) -> AttributeNode {
        AttributeNode(id, root, qualifiers + [qualifier])
    }

    /// Where the attribute leads if the short way leads there; nothing is charged.
    @inline(__always)
    func walk(_ frame: borrowing Frame) -> NodeCursor? {
        guard let path else { return nil }
        return path.walk(frame, path.count)
    }

    /// What naming the attribute costs where it leads somewhere.
    var steps: UInt64 { UInt64(qualifiers.count) + rootCost }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let path, let found = path.walk(frame, path.count) {
            try frame.charge(steps: UInt64(path.count) &+ 1)
            return found.value
        }
        return try evaluateSlowly(&frame)
    }

    private func evaluateSlowly(_ frame: inout Frame) throws(EvaluationError) -> Value {
        do throws(EvaluationError) {
            let value = try resolve(&frame)
            try frame.charge(rootCost)
            return value
        } catch {
            if !error.isFatal { try frame.charge(rootCost) }
            throw error
        }
    }

    override func resolve(_ frame: inout Frame) throws(EvaluationError) -> Value {
        if let path, let found = path.walk(frame, path.count) {
            try frame.charge(steps: UInt64(path.count))
            return found.value
        }
        if let optionalPath {
            switch optionalPath.walkOptional(frame) {
            case .found(let cursor):
                try frame.charge(steps: UInt64(optionalPath.count))
                return .optional(OptionalValue(cursor.value))
            case .absent(let steps):
                try frame.charge(steps: UInt64(steps))
                return .optional(.none)
            case .unknown: break
            }
        }
        var value = try rootValue(&frame)
        if qualifiers.isEmpty {
            if frame.trace != nil { recordPlace(of: value, &frame) }
            return value
        }
        var isOptional = false
        if case .optional(let optional) = value {
            // Selection from an optional is itself optional, all along the chain.
            guard let content = optional.value else { return value }
            value = content
            isOptional = true
        }
        for qualifier in qualifiers {
            isOptional = isOptional || qualifier.isOptional
            guard let next = try qualifier.apply(to: value, tolerant: isOptional, &frame, owner: id) else {
                return .optional(.none)
            }
            value = next
        }
        if frame.trace != nil { recordPlace(of: value, &frame) }
        return isOptional ? .optional(OptionalValue(value)) : value
    }

    /// Whether the last qualifier's part is there; the others must be.
    func isPresent(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        if let path, path.count > 0, let parent = path.walk(frame, path.count - 1), parent.isMap {
            try frame.charge(steps: UInt64(path.count))
            return parent.field(path.last) != nil
        }
        var value = try rootValue(&frame)
        var isOptional = false
        if case .optional(let optional) = value {
            guard let content = optional.value else { return false }
            value = content
            isOptional = true
        }
        for qualifier in qualifiers.dropLast() {
            isOptional = isOptional || qualifier.isOptional
            guard let next = try qualifier.apply(to: value, tolerant: isOptional, &frame, owner: id) else {
                return false
            }
            value = next
        }
        guard let last = qualifiers.last else { return true }
        if isOptional || last.isOptional {
            return try last.apply(to: value, tolerant: true, &frame, owner: id) != nil
        }
        let found: Bool
        if case .object(let object) = value, case .field(let field) = last.key {
            found = object.hasField(field.name)
        } else {
            found = try last.find(in: value, &frame, owner: id) != nil
        }
        try frame.charge(1)
        return found
    }

    @inline(__always)
    private func rootValue(_ frame: inout Frame) throws(EvaluationError) -> Value {
        switch root {
        case .variable(let slot, let name):
            guard let value = frame.activation.values[slot] else {
                throw EvaluationError(.noSuchAttribute, "no such attribute(s): \(name)", at: id)
            }
            return value
        case .local(let slot):
            return try localValue(slot, &frame)
        case .composed(let index):
            guard let composed = frame.activation.composed else {
                throw EvaluationError(.noSuchAttribute, "no such attribute(s): variables", at: id)
            }
            try frame.charge(1)
            return try composed.value(at: index, in: frame.activation)
        case .expression(let node):
            return try node.evaluate(&frame)
        }
    }

    private func recordPlace(of value: Value, _ frame: inout Frame) {
        switch value {
        case .text(let node), .listNode(let node), .mapNode(let node): frame.trace?.reached(id, node)
        case .list(let elements):
            // A list that was computed, such as the containers at fault: its first part from the document.
            for element in elements {
                switch element {
                case .text(let node), .listNode(let node), .mapNode(let node):
                    frame.trace?.reached(id, node)
                    return
                default: continue
                }
            }
        default: break
        }
    }
}

extension Qualifier {
    /// The part, charged; nil if it is not there and `tolerant`.
    @inline(__always)
    func apply(
        to value: Value, tolerant: Bool, _ frame: inout Frame, owner: ExpressionID
    ) throws(EvaluationError) -> Value? {
        if case .field(let field) = key, case .mapNode(let node) = value {
            if let index = field.find(in: node) {
                try frame.charge(1)
                let part = Node(document: node.document, index: index)
                if let trace = frame.trace { trace.reached(owner, part) }
                return Value(part)
            }
        }
        return try applySlowly(to: value, tolerant: tolerant, &frame, owner: owner)
    }

    private func applySlowly(
        to value: Value, tolerant: Bool, _ frame: inout Frame, owner: ExpressionID
    ) throws(EvaluationError) -> Value? {
        var subject = value
        if case .optional(let optional) = value {
            guard let content = optional.value else {
                if tolerant { return nil }
                throw EvaluationError(.noSuchKey, "optional.none() dereference", at: id)
            }
            subject = content
        }
        // A field that is not set has a value, but optionally it is not there.
        if tolerant, case .object(let object) = subject, case .field(let field) = key, !object.hasField(field.name) {
            return nil
        }
        do throws(EvaluationError) {
            let wanted = try keyValue(&frame)
            if let found = try find(wanted, in: subject, frame, owner: owner) {
                try frame.charge(1)
                return found
            }
            if tolerant, !needsParts || subject.hasParts { return nil }
            throw subject.isList
                ? EvaluationError(.indexOutOfBounds, "index out of bounds: \(wanted.keyDescription)")
                : .noSuchKey(wanted.keyDescription)
        } catch {
            // A failed look-up counts as a step, a failed optional one does not.
            if !tolerant, !error.isFatal { try frame.charge(1) }
            throw error.located(at: id)
        }
    }

    private func keyValue(_ frame: inout Frame) throws(EvaluationError) -> Value {
        switch key {
        case .field(let field): .string(field.name)
        case .constant(let value): value
        case .dynamic(let node): try node.resolve(&frame)
        }
    }

    /// The part, nil if it is not there; not charged (a dynamic key's own evaluation is).
    func find(in value: Value, _ frame: inout Frame, owner: ExpressionID) throws(EvaluationError) -> Value? {
        try find(try keyValue(&frame), in: value, frame, owner: owner)
    }

    private func find(
        _ wanted: Value, in value: Value, _ frame: Frame, owner: ExpressionID
    ) throws(EvaluationError) -> Value? {
        if let trace = frame.trace {
            switch value {
            case .mapNode(let node), .listNode(let node): trace.reached(owner, node)
            default: break
            }
        }
        switch (key, value) {
        case (.field(let field), .mapNode(let node)):
            return field.find(in: node).map { Value(Node(document: node.document, index: $0)) }
        case (.field(let field), .object(let object)): return object.field(field.name)
        default: return try value.element(at: wanted)
        }
    }
}

/// `has(a.b)`.
final class PresenceNode: PlanNode, @unchecked Sendable {
    let attribute: AttributeNode

    init(_ id: ExpressionID, _ attribute: AttributeNode) {
        self.attribute = attribute
        super.init(id)
    }

    override func evaluate(_ frame: inout Frame) throws(EvaluationError) -> Value {
        .bool(try attribute.isPresent(&frame))
    }

    override func evaluateBool(_ frame: inout Frame) throws(EvaluationError) -> Bool {
        try attribute.isPresent(&frame)
    }
}
