import Admission
import CEL

/// What is certain where a part of an expression is evaluated.
struct Facts: Sendable {
    /// Paths that exist, such as `object.spec.replicas`.
    private(set) var present: Set<String> = []
    /// What the request may do with the object.
    var operations = OperationSet.all

    init() {}

    init(present path: String) { insert(path) }

    init(operations: OperationSet) { self.operations = operations }

    /// A path exists only if all that it goes through does.
    mutating func insert(_ path: String) {
        guard path.utf8.count <= LintLimits.pathLength else { return }
        var prefix = path[...]
        while present.insert(String(prefix)).inserted, let dot = prefix.lastIndex(of: ".") { prefix = prefix[..<dot] }
    }

    func contains(_ path: String) -> Bool { present.contains(path) }

    /// Where both hold.
    mutating func add(_ other: Facts) {
        present.formUnion(other.present)
        operations.formIntersection(other.operations)
    }

    func adding(_ other: Facts) -> Facts {
        var result = self
        result.add(other)
        return result
    }

    /// Where one of both holds.
    func common(with other: Facts) -> Facts {
        var result = Facts()
        result.present = present.intersection(other.present)
        result.operations = operations.union(other.operations)
        return result
    }
}

/// Something that an expression reads and that need not be there.
struct Access: Sendable {
    enum Subject: Sendable {
        /// A field that the schema does not require, with the structure that has it.
        case field(String)
        /// A key of a map.
        case key(String)
        /// `object` or `oldObject` itself, which is null for some operations.
        case object
    }

    let path: String
    let subject: Subject
    /// The operand's text.
    let operand: String
    let expression: TypedExpression
    let node: ExpressionID

    func isCovered(by facts: Facts) -> Bool {
        if facts.contains(path) { return true }
        guard case .object = subject else { return false }
        let without = path == "object" ? OperationSet.withoutObject : .withoutOldObject
        return facts.operations.isDisjoint(with: without)
    }
}
