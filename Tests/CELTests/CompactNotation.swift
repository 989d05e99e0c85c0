import CEL
import Values

extension SyntaxTree {
    /// The tree in one line: `(_+_ a 1)`, selections as `a.b`, presence tests as `has(a.b)`.
    var compact: String { compact(root) }

    private func compact(_ id: ExpressionID) -> String {
        switch self[id] {
        case .constant(let value): return Self.literal(value)
        case .identifier(let name): return name
        case .select(let operand, let field, let isTest):
            return isTest ? "has(\(compact(operand)).\(field))" : "\(compact(operand)).\(field)"
        case .call(let function, let target, let arguments):
            let parts = [target.map { "\(compact($0))->\(function)" } ?? function] + arguments.map { compact($0) }
            return "(\(parts.joined(separator: " ")))"
        case .list(let elements, let optionals):
            let parts = elements.enumerated().map { (optionals.contains($0.offset) ? "?" : "") + compact($0.element) }
            return "[\(parts.joined(separator: ", "))]"
        case .map(let entries):
            let parts = entries.map { "\($0.isOptional ? "?" : "")\(compact($0.key)): \(compact($0.value))" }
            return "{\(parts.joined(separator: ", "))}"
        case .structure(let type, let fields):
            let parts = fields.map { "\($0.isOptional ? "?" : "")\($0.name): \(compact($0.value))" }
            return "\(type){\(parts.joined(separator: ", "))}"
        case .comprehension(let loop):
            let variables = [loop.variable, loop.secondVariable].compactMap(\.self).joined(separator: ",")
            return
                "loop<\(loop.macro)>(\(variables) in \(compact(loop.range)); \(loop.accumulator)=\(compact(loop.initial)); "
                + "\(compact(loop.condition)); \(compact(loop.step)); \(compact(loop.result)))"
        }
    }

    private static func literal(_ value: Value) -> String {
        switch value {
        case .null: "null"
        case .bool(let value): "\(value)"
        case .int(let value): "\(value)"
        case .uint(let value): "\(value)u"
        case .double(let value): "\(value)"
        case .string(let value): "'\(value)'"
        case .bytes(let value): "b\(value)"
        default: "?"
        }
    }
}

/// Where an issue is, as a line of spaces and carets below a one-line expression.
func carets(_ span: SourceSpan, in text: String) -> String {
    func scalars(_ end: UInt32) -> Int {
        String(decoding: Array(text.utf8.prefix(Int(end))), as: UTF8.self).unicodeScalars.count
    }
    let start = scalars(span.start)
    return String(repeating: " ", count: start) + String(repeating: "^", count: max(1, scalars(span.end) - start))
}

/// The issues that parsing and checking find.
func issues(_ text: String, _ environment: Environment) -> [CompileIssue] {
    do throws(CompileError) {
        _ = try CheckedExpression(checking: ParsedExpression(parsing: text, in: environment), in: environment)
        return []
    } catch {
        return error.issues
    }
}
