import Diagnostics
import PolicyEngine

/// Coverage as a table for people: a line per policy, below it what no check has reached.
struct CoverageText {
    let colors: Bool

    /// Characters of an expression in a line.
    private static let maximumText = 90

    func text(_ coverage: CoverageSummary, _ totals: TestTotals) -> String {
        let roles = CoveragePoint.Role.allCases
        var rows: [[String]] = [["policy"] + roles.map(\.plural) + ["coverage"]]
        for policy in coverage.policies {
            rows.append(
                [policy.name] + roles.map { Self.fraction(policy.count($0)) }
                    + [Self.percent(policy.count())])
        }
        let widths = rows[0].indices.map { column in rows.map { $0[column].count }.max() ?? 0 }
        func line(_ row: [String]) -> String {
            row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }.joined(separator: "  ") + "\n"
        }
        var out = paint(line(rows[0]), "2")
        for (policy, row) in zip(coverage.policies, rows.dropFirst()) {
            out += line(row.map { DiagnosticRenderer.printable($0) })
            for point in policy.points { out += missing(point, policy) }
        }
        let count = coverage.count
        out += "coverage: \(Self.percent(count)), \(count.seen) of \(count.of) outcomes"
        if let minimum = totals.minimumCoverage {
            out += totals.failsMinimum ? paint("; at least \(Self.number(minimum)) % is wanted", "31") : ""
        }
        return out + "\n"
    }

    private func missing(_ point: PolicyCoverage.Point, _ policy: PolicyCoverage) -> String {
        guard let complaint = point.complaint else { return "" }
        let words = DiagnosticRenderer.printable(
            point.text.split(whereSeparator: \.isWhitespace).joined(separator: " "))
        let text = words.count > Self.maximumText ? "\(words.prefix(Self.maximumText))…" : words
        let file = policy.file.map { CoverageSummary.normalized($0.name) } ?? ""
        let place = point.range.map { "\(file):\($0.start.line):\($0.start.column)" } ?? file
        return "    \(place): \(paint(complaint, "33")): `\(text)`\n"
    }

    private static func fraction(_ count: (seen: Int, of: Int)) -> String {
        count.of == 0 ? "-" : "\(count.seen)/\(count.of)"
    }

    private static func percent(_ count: (seen: Int, of: Int)) -> String {
        "\(number(CoverageSummary.percent(count))) %"
    }

    private static func number(_ value: Double) -> String {
        value == value.rounded() ? String(Int(value)) : String(value)
    }

    private func paint(_ text: String, _ code: String) -> String { colors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
}
