package import Diagnostics
package import Values

/// The vocabulary in which the structured formats are written: entries of maps, one call each.
extension DocumentBuilder {
    package mutating func field(_ key: String, _ value: String) {
        appendKey(key)
        append(value)
    }

    /// Leaves the entry out if there is no value.
    package mutating func field(_ key: String, _ value: String?) {
        guard let value else { return }
        field(key, value)
    }

    package mutating func field(_ key: String, _ value: Int) {
        appendKey(key)
        append(Int64(value))
    }

    package mutating func field(_ key: String, _ value: Bool) {
        appendKey(key)
        append(value)
    }

    package mutating func map(_ key: String, _ body: (inout DocumentBuilder) -> Void) {
        appendKey(key)
        map(body)
    }

    package mutating func list(_ key: String, _ body: (inout DocumentBuilder) -> Void) {
        appendKey(key)
        beginList()
        body(&self)
        endList()
    }

    package mutating func map(_ body: (inout DocumentBuilder) -> Void) {
        beginMap()
        body(&self)
        endMap()
    }

    package mutating func list(_ key: String, _ strings: some Sequence<String>) {
        list(key) { list in strings.forEach { list.append($0) } }
    }

    /// `line`, `column`, `endLine`, `endColumn`; nothing for a file as a whole.
    package mutating func fields(of range: SourceRange?) {
        guard let range else { return }
        field("line", Int(range.start.line))
        field("column", Int(range.start.column))
        guard range.end > range.start else { return }
        field("endLine", Int(range.end.line))
        field("endColumn", Int(range.end.column))
    }

    package mutating func place(_ key: String, _ place: Place?) {
        guard let place else { return }
        map(key) {
            $0.field("file", place.file.name)
            $0.fields(of: place.range)
        }
    }
}

/// A map of its own, for formats that are written piece by piece.
package func makeMap(_ body: (inout DocumentBuilder) -> Void) -> Node {
    var builder = DocumentBuilder(recordsPositions: false)
    builder.map(body)
    return builder.finish().root
}
