import Diagnostics

extension CompileError {
    /// All issues as the Go implementation shows them, each with its line of the expression and a caret under it.
    ///
    /// Most issues of syntax are in this project's own words, since the other ones list the states of a parser.
    package func reference(in text: String) -> String {
        let source = SourceFile(name: "<input>", text: text)
        var shown: [(start: UInt32, text: String)] = []
        for issue in issues {
            if issue.references.isEmpty {
                let message = issue.id == "cel-syntax" ? "Syntax error: \(issue.message)" : issue.message
                shown.append((issue.span.start, Self.display(message, issue.span, source)))
            }
            for reference in issue.references {
                switch reference.form {
                case .placed(let span):
                    let span = span ?? issue.span
                    shown.append((span.start, Self.display(reference.text, span, source)))
                case .placeless: shown.append((0, "ERROR: \(source.name):-1:0: \(reference.text)"))
                case .planning: break
                }
            }
        }
        return shown.sorted { $0.start < $1.start }.map(\.text).joined(separator: "\n")
    }

    /// What an API server says of an expression with these issues.
    package func statement(about text: String) -> String {
        // Planning begins when nothing else has been found, and ends with the first thing that is.
        var failures: [String] = []
        for issue in issues {
            guard case .planning = issue.references.first?.form else {
                return "compilation failed: \(reference(in: text))"
            }
            failures += issue.references.map(\.text)
        }
        return "program instantiation failed: \(failures.first ?? "")"
    }

    private static func display(_ message: String, _ span: SourceSpan, _ source: SourceFile) -> String {
        let position = source.position(atByte: Int(span.start))
        let column = Int(position.column)
        var out = "ERROR: \(source.name):\(position.line):\(column): \(message)\n | "
        let line = Array(source.line(Int(position.line)).unicodeScalars)
        for scalar in line { out.unicodeScalars.append(scalar == "\t" ? " " : scalar) }
        out += "\n | "
        for scalar in line.prefix(column - 1) { out += scalar.isASCII ? "." : "\u{FF0E}" }
        let isWide = column <= line.count && !line[column - 1].isASCII
        return out + (isWide ? "\u{FF3E}" : "^")
    }
}
