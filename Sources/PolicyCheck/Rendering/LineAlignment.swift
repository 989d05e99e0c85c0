/// Finds for each line of a rendered text the line of its template: the best common sequence, where equal lines count
/// more than lines that only share their key.
enum LineAlignment {
    /// - Parameter limit: lines of either text beyond which nothing is tried.
    /// - Returns: for each line of `rendered` the number from 1 of a line of `template`, or nil.
    static func align(_ rendered: [String], with template: [String], limit: Int) -> [Int?] {
        var result = [Int?](repeating: nil, count: rendered.count)
        guard rendered.count <= limit, template.count <= limit else { return result }
        let left = rendered.map(Line.init)
        let right = template.map(Line.init)
        let width = right.count + 1
        // best[i * width + j]: the score of lines i... and j....
        var best = [Int32](repeating: 0, count: (left.count + 1) * width)
        for i in left.indices.reversed() {
            for j in right.indices.reversed() {
                let pair = left[i].likeness(to: right[j])
                let joined = pair == 0 ? 0 : pair + best[(i + 1) * width + j + 1]
                best[i * width + j] = max(joined, best[(i + 1) * width + j], best[i * width + j + 1])
            }
        }
        var (i, j) = (0, 0)
        while i < left.count, j < right.count {
            let pair = left[i].likeness(to: right[j])
            let score = best[i * width + j]
            if pair > 0, score == pair + best[(i + 1) * width + j + 1] {
                result[i] = j + 1
                i += 1
                j += 1
            } else if score == best[i * width + j + 1] {
                j += 1
            } else {
                i += 1
            }
        }
        return result
    }

    private struct Line {
        let text: Substring
        /// Up to the first colon, without the dash of a list item; empty for none.
        let key: Substring
        private let textHash: Int
        private let keyHash: Int

        init(_ line: String) {
            let trimmed = line.drop { $0 == " " || $0 == "\t" }
            text = trimmed
            let item = trimmed.hasPrefix("- ") ? trimmed.dropFirst(2) : trimmed
            key = item.firstIndex(of: ":").map { item[..<$0] } ?? ""
            textHash = text.hashValue
            keyHash = key.hashValue
        }

        func likeness(to other: Line) -> Int32 {
            if text.isEmpty { return 0 }
            if textHash == other.textHash, text == other.text { return 4 }
            return !key.isEmpty && keyHash == other.keyHash && key == other.key ? 1 : 0
        }
    }
}
