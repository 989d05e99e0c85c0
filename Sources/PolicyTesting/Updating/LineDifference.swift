/// The difference of two texts in the manner of `diff -u`.
package enum LineDifference {
    private static let context = 3

    /// - Parameter colors: whether lines are coloured for a terminal.
    package static func text(name: String, _ old: [UInt8], _ new: [UInt8], colors: Bool = false) -> String {
        let (before, after) = (lines(old), lines(new))
        var removed = Set<Int>()
        var inserted = Set<Int>()
        for change in after.difference(from: before) {
            switch change {
            case .remove(let offset, _, _): removed.insert(offset)
            case .insert(let offset, _, _): inserted.insert(offset)
            }
        }
        var rows: [(mark: Character, text: String, old: Int, new: Int)] = []
        var (i, j) = (0, 0)
        while i < before.count || j < after.count {
            if i < before.count, removed.contains(i) {
                rows.append(("-", before[i], i, j))
                i += 1
            } else if j < after.count, inserted.contains(j) {
                rows.append(("+", after[j], i, j))
                j += 1
            } else {
                rows.append((" ", before[i], i, j))
                i += 1
                j += 1
            }
        }
        func paint(_ text: String, _ code: String) -> String { colors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text }
        var out = paint("--- \(name)", "1") + "\n" + paint("+++ \(name)", "1") + "\n"
        for hunk in hunks(rows.map { $0.mark != " " }) {
            let slice = rows[hunk]
            let (olds, news) = (slice.count { $0.mark != "+" }, slice.count { $0.mark != "-" })
            // A hunk without lines of one side names the line before it.
            let (first, other) = (slice[hunk.lowerBound].old, slice[hunk.lowerBound].new)
            let head = "@@ -\(olds == 0 ? first : first + 1),\(olds) +\(news == 0 ? other : other + 1),\(news) @@"
            out += paint(head, "36") + "\n"
            for row in slice {
                let line = "\(row.mark)\(row.text)"
                out += (row.mark == " " ? line : paint(line, row.mark == "-" ? "31" : "32")) + "\n"
            }
        }
        return out
    }

    private static func lines(_ bytes: [UInt8]) -> [String] {
        var lines = bytes.split(separator: 10, omittingEmptySubsequences: false).map {
            String(decoding: $0, as: UTF8.self)
        }
        if lines.last == "" { lines.removeLast() }
        return lines
    }

    /// Stretches of rows around changes; those that touch are one.
    private static func hunks(_ isChange: [Bool]) -> [Range<Int>] {
        var hunks: [Range<Int>] = []
        for index in isChange.indices where isChange[index] {
            let range = max(0, index - context)..<min(isChange.count, index + context + 1)
            if let last = hunks.last, last.upperBound >= range.lowerBound {
                hunks[hunks.count - 1] = last.lowerBound..<range.upperBound
            } else {
                hunks.append(range)
            }
        }
        return hunks
    }
}
