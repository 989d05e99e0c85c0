/// Writes diagnostics the way compilers do: `error[id]: message`, the place, the line and a caret under it.
package struct DiagnosticRenderer: Sendable {
    package var colors: Bool

    package init(colors: Bool = false) {
        self.colors = colors
    }

    package func render(_ diagnostic: Diagnostic) -> String {
        var out = paint("\(diagnostic.severity.rawValue)[\(diagnostic.id)]", color(of: diagnostic.severity))
        out += paint(": \(Self.printable(diagnostic.message))", "1") + "\n"
        out += snippet(file: diagnostic.file, range: diagnostic.range)
        for note in diagnostic.notes {
            out += "  = note: \(Self.printable(note.message))\n"
            out += snippet(file: note.file, range: note.range)
        }
        if let help = diagnostic.help { out += "  = help: \(Self.printable(help))\n" }
        return out
    }

    /// `--> file:line:column` and the marked line. Long lines are cut around the mark.
    ///
    /// - Parameter label: what to write behind the caret, and `aside` behind the place.
    package func snippet(file: SourceFile?, range: SourceRange?, label: String = "", aside: String = "") -> String {
        guard let file else { return "" }
        let suffix = aside.isEmpty ? "" : "   " + aside
        guard let range else { return paint("  --> ", "34") + file.name + suffix + "\n" }
        let line = Int(range.start.line)
        var out = paint("  --> ", "34") + "\(file.name):\(line):\(range.start.column)\(suffix)\n"
        let number = String(line)
        let margin = String(repeating: " ", count: number.count)
        let (text, column) = Self.window(Array(file.line(line).unicodeScalars), around: Int(range.start.column))
        var width = 1
        if range.end.line == range.start.line, range.end.column > range.start.column {
            width = min(Int(range.end.column - range.start.column), max(1, text.count - column + 2))
        } else if range.end.line > range.start.line {
            width = max(1, text.count - column + 1)
        }
        // Tabs stay tabs in the marker line, so that the caret sits under the character whatever the tab width is.
        let lead = String(
            String.UnicodeScalarView(text.prefix(max(0, column - 1)).map { $0 == "\t" ? "\t" : " " }))
        let padding = String(repeating: " ", count: max(0, column - 1 - text.count))
        let shown = Self.printable(String(String.UnicodeScalarView(text)), keepTabs: true)
        out += paint(" \(margin) |", "34") + "\n"
        out += paint(" \(number) |", "34") + (shown.isEmpty ? "" : " " + shown) + "\n"
        out += paint(" \(margin) |", "34") + " " + lead + padding
        out += paint(String(repeating: "^", count: max(1, width)) + (label.isEmpty ? "" : " " + label), "31") + "\n"
        return out
    }

    /// At most 160 scalars of a line with the column inside; the column is counted within what is returned.
    private static func window(_ line: [Unicode.Scalar], around column: Int) -> ([Unicode.Scalar], Int) {
        let limit = 160
        guard line.count > limit else { return (line, column) }
        let start = max(0, min(column - limit / 2, line.count - limit))
        return (Array(line[start..<min(line.count, start + limit)]), column - start)
    }

    /// Control characters as `\u{..}`: a hostile file must not drive the reader's terminal.
    package static func printable(_ text: String, keepTabs: Bool = false) -> String {
        guard text.unicodeScalars.contains(where: isControl) else { return text }
        var out = String.UnicodeScalarView()
        for scalar in text.unicodeScalars {
            if !isControl(scalar) || (scalar == "\t" && keepTabs) || scalar == "\n" {
                out.append(scalar)
            } else {
                // One column each, so that carets stay in place.
                out.append("\u{FFFD}")
            }
        }
        return String(out)
    }

    private static func isControl(_ scalar: Unicode.Scalar) -> Bool {
        scalar.value < 0x20 || (0x7F...0x9F).contains(scalar.value) || (0x202A...0x202E).contains(scalar.value)
            || (0x2066...0x2069).contains(scalar.value)
    }

    private func color(of severity: Severity) -> String {
        switch severity {
        case .error: "1;31"
        case .warning: "1;33"
        case .note: "1;36"
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        colors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
