package import Values

/// Names a node of one expression's syntax tree; also the index into every side table (spans, types, references).
package struct ExpressionID: Hashable, Sendable, Comparable {
    package let index: UInt32

    @inlinable
    package init(_ index: UInt32) { self.index = index }

    package init(_ index: Int) { self.index = UInt32(index) }

    package static func < (left: ExpressionID, right: ExpressionID) -> Bool { left.index < right.index }
}

/// A stretch of an expression's text, as UTF-8 byte offsets.
package struct SourceSpan: Hashable, Sendable {
    package var start: UInt32
    package var end: UInt32

    package init(start: UInt32, end: UInt32) {
        self.start = start
        self.end = end
    }

    package init(start: Int, end: Int) {
        self.init(start: UInt32(clamping: start), end: UInt32(clamping: end))
    }
}

/// One node of an expression, after macro expansion.
package enum Syntax: Sendable {
    /// A literal: null, bool, int, uint, double, string or bytes.
    case constant(Value)
    /// A name; with a leading dot (`.a`) it is looked up in the root scope only.
    case identifier(String)
    /// `operand.field`, or with `isTest` the expansion of `has(operand.field)`.
    case select(operand: ExpressionID, field: String, isTest: Bool)
    /// A function or operator by its internal name (`_+_`, `_[_]`, `_?._`), see `Operator`.
    case call(function: String, target: ExpressionID?, arguments: [ExpressionID])
    /// - optionals: positions of the elements written `?e`.
    case list(elements: [ExpressionID], optionals: Set<Int>)
    case map(entries: [MapEntry])
    /// A message literal `Type{field: value}`.
    case structure(type: String, fields: [StructureField])
    case comprehension(Comprehension)

    package struct MapEntry: Sendable {
        package var id: ExpressionID
        package var key: ExpressionID
        package var value: ExpressionID
        package var isOptional: Bool

        package init(id: ExpressionID, key: ExpressionID, value: ExpressionID, isOptional: Bool) {
            self.id = id
            self.key = key
            self.value = value
            self.isOptional = isOptional
        }
    }

    package struct StructureField: Sendable {
        package var id: ExpressionID
        package var name: String
        package var value: ExpressionID
        package var isOptional: Bool

        package init(id: ExpressionID, name: String, value: ExpressionID, isOptional: Bool) {
            self.id = id
            self.name = name
            self.value = value
            self.isOptional = isOptional
        }
    }
}

/// CEL's one loop: fold `range` into the accumulator, then give `result`.
package struct Comprehension: Sendable {
    /// The macro it came from, for the planner's fast loops and for explanations.
    package enum Macro: Sendable {
        case all, exists, existsOne, map, filter
        /// Two-variable forms.
        case transformList, transformMap, transformMapEntry
        /// `cel.bind`, `optMap`, `optFlatMap`: a loop over nothing that only binds a name.
        case bind
        case other
    }

    package var macro: Macro
    /// The element of a list or key of a map; in the two-variable forms the index or key.
    package var variable: String
    /// The element or value in the two-variable forms.
    package var secondVariable: String?
    package var range: ExpressionID
    package var accumulator: String
    package var initial: ExpressionID
    package var condition: ExpressionID
    package var step: ExpressionID
    package var result: ExpressionID

    package init(
        macro: Macro, variable: String, secondVariable: String? = nil, range: ExpressionID, accumulator: String,
        initial: ExpressionID, condition: ExpressionID, step: ExpressionID, result: ExpressionID
    ) {
        self.macro = macro
        self.variable = variable
        self.secondVariable = secondVariable
        self.range = range
        self.accumulator = accumulator
        self.initial = initial
        self.condition = condition
        self.step = step
        self.result = result
    }
}

/// A parsed expression: nodes in an arena, their places in a side table of the same index.
package struct SyntaxTree: Sendable {
    package private(set) var nodes: [Syntax] = []
    /// What each node covers in the text; nodes made by a macro point at the part of the macro call they stem from.
    package private(set) var spans: [SourceSpan] = []
    /// The part of each node to point at when it is wrong, by `ExpressionID`: the operator, `.field`, a call's
    /// parentheses; the whole node where it has no such part. Starts where the Go implementation reports the node.
    package private(set) var marks: [SourceSpan] = []
    package var root = ExpressionID(UInt32(0))

    package init() {}

    package mutating func reserve(_ count: Int) {
        nodes.reserveCapacity(count)
        spans.reserveCapacity(count)
        marks.reserveCapacity(count)
    }

    @discardableResult
    package mutating func append(_ node: Syntax, _ span: SourceSpan, mark: SourceSpan? = nil) -> ExpressionID {
        nodes.append(node)
        spans.append(span)
        marks.append(mark ?? span)
        return ExpressionID(nodes.count - 1)
    }

    package subscript(id: ExpressionID) -> Syntax {
        get { nodes[Int(id.index)] }
        set { nodes[Int(id.index)] = newValue }
    }

    package func span(of id: ExpressionID) -> SourceSpan { spans[Int(id.index)] }

    package func mark(of id: ExpressionID) -> SourceSpan { marks[Int(id.index)] }

    /// Makes a node's span larger, for the parentheses around it.
    mutating func widen(_ id: ExpressionID, to span: SourceSpan) { spans[Int(id.index)] = span }
}
