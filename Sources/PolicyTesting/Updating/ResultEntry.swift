import Diagnostics
import Reporting
import Values

/// An entry of `results` with what its resources came to.
///
/// Where they came to the same its result is changed. Where they did not the entry is written once for each result,
/// with the resources that came to it.
struct ResultEntry {
    struct Refusal: Error { let reason: String }

    let node: Node
    private let result: Node
    /// In the order of the checks.
    private var wanted: [(resource: Node?, result: String)] = []

    init(_ node: Node, _ result: Node) {
        self.node = node
        self.result = result
    }

    mutating func add(_ text: String, for resource: Node?) { wanted.append((resource, text)) }

    func edits() -> Result<[TextEdit], Refusal> {
        let expected = result.string ?? ""
        let results = Set(wanted.map(\.result))
        if results == [expected] { return .success([]) }
        if results.count == 1, let text = results.first {
            return TextEdit(replacing: result, with: text).map { .success([$0]) } ?? .failure(.shape)
        }
        do throws(Refusal) {
            return .success([try split(expected)])
        } catch {
            return .failure(error)
        }
    }

    /// The entry once per result, the one that it has now first.
    private func split(_ expected: String) throws(Refusal) -> TextEdit {
        guard let list = node["resources"], list.isList, node["resource"] == nil, node["resourceSpecs"] == nil else {
            throw Refusal(reason: "its objects come to different results; name them in `resources`")
        }
        var byName: [UInt32: String] = [:]
        for (resource, text) in wanted {
            guard let resource else { throw .shape }
            if byName.updateValue(text, forKey: resource.index) ?? text != text {
                throw Refusal(reason: "`\(resource.string ?? "")` is the name of objects with different results")
            }
        }
        let region = try region()
        var groups: [String] = []
        for (_, text) in wanted where !groups.contains(text) { groups.append(text) }
        if let index = groups.firstIndex(of: expected) { groups.insert(groups.remove(at: index), at: 0) }
        guard let file = node.document.source, let change = result.byteRange else { throw .shape }
        var out: [UInt8] = []
        for (number, text) in groups.enumerated() {
            let dropped = list.elements.filter { byName[$0.index, default: expected] != text }
            var edits = try removing(dropped, from: list, in: file)
            if text != expected, let edit = TextEdit(replacing: result, with: text) { edits.append(edit) }
            guard
                edits.allSatisfy({ region.contains($0.range.lowerBound) && $0.range.upperBound <= region.upperBound }),
                region.contains(change.lowerBound)
            else { throw .shape }
            let shifted = edits.map { edit in
                TextEdit(
                    edit.range.lowerBound - region.lowerBound..<edit.range.upperBound - region.lowerBound, edit.text)
            }
            var copy = TextEdit.apply(shifted, to: Array(file.bytes[region]))
            if number > 0 { copy = Self.withoutCommentLines(copy) }
            if let last = copy.last, last != UInt8(ascii: "\n"), number < groups.count - 1 { copy.append(10) }
            out += copy
        }
        return TextEdit(region, out)
    }

    /// The whole lines that the entry takes, in a list with an entry per line.
    private func region() throws(Refusal) -> Range<Int> {
        guard let file = node.document.source, let start = node.byteOffset, let position = node.position else {
            throw .shape
        }
        let first = file.lineStarts[Int(position.line) - 1]
        let lead = file.bytes[first..<start]
        guard lead.contains(UInt8(ascii: "-")), lead.allSatisfy({ $0 == 0x20 || $0 == 0x2D }) else {
            throw Refusal(reason: "its resources come to different results; put it on lines of its own behind a dash")
        }
        var end = start
        try visit(node) { (scalar) throws(Refusal) in
            guard let range = scalar.byteRange else { throw .shape }
            end = max(end, range.upperBound)
        }
        if file.bytes[start] == UInt8(ascii: "{") { end = try Self.closing(UInt8(ascii: "}"), after: end, in: file) }
        let line = file.bytes[end...].firstIndex(of: UInt8(ascii: "\n")).map { $0 + 1 } ?? file.bytes.count
        return first..<line
    }

    private func visit(_ node: Node, _ body: (Node) throws(Refusal) -> Void) throws(Refusal) {
        for (key, value) in node.entries {
            try body(key)
            try visit(value, body)
        }
        for element in node.elements { try visit(element, body) }
        if !node.isMap, !node.isList { try body(node) }
    }

    private func removing(_ dropped: [Node], from list: Node, in file: SourceFile) throws(Refusal) -> [TextEdit] {
        guard !dropped.isEmpty else { return [] }
        guard let start = list.byteOffset else { throw .shape }
        if file.bytes[start] == UInt8(ascii: "[") {
            var kept: [[UInt8]] = []
            var end = start
            for element in list.elements {
                guard let range = element.byteRange else { throw .shape }
                end = range.upperBound
                if !dropped.contains(where: { $0.isIdentical(to: element) }) { kept.append(Array(file.bytes[range])) }
            }
            end = try Self.closing(UInt8(ascii: "]"), after: end, in: file)
            return [TextEdit(start..<end, Array("[".utf8) + kept.joined(separator: ", ".utf8) + Array("]".utf8))]
        }
        return try dropped.map { (element) throws(Refusal) in
            guard let position = element.position else { throw .shape }
            let line = Int(position.line)
            let end = line < file.lineStarts.count ? file.lineStarts[line] : file.bytes.count
            return TextEdit(file.lineStarts[line - 1]..<end, [])
        }
    }

    /// The offset behind the bracket that ends a flow collection, whose last scalar ends at `offset`.
    private static func closing(_ bracket: UInt8, after offset: Int, in file: SourceFile) throws(Refusal) -> Int {
        var at = offset
        while at < file.bytes.count {
            switch file.bytes[at] {
            case bracket: return at + 1
            case UInt8(ascii: "#"): at = file.bytes[at...].firstIndex(of: 10) ?? file.bytes.count
            default: at += 1
            }
        }
        throw .shape
    }

    private static func withoutCommentLines(_ bytes: [UInt8]) -> [UInt8] {
        let lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
        return Array(lines.filter { $0.first { $0 != 0x20 } != UInt8(ascii: "#") }.joined(separator: [10]))
    }
}

extension ResultEntry.Refusal {
    /// The text is written in a way that is not rewritten.
    fileprivate static let shape = ResultEntry.Refusal(
        reason: "it is not written in a way that could be changed safely")
}

extension Node {
    var byteOffset: Int? {
        guard let position, let file = document.source else { return nil }
        return file.byteOffset(of: position)
    }

    /// The bytes of a scalar on one line, quotes included.
    var byteRange: Range<Int>? {
        guard let file = document.source, let start = byteOffset, start < file.bytes.count, let range = textRange,
            let end = file.byteOffset(of: range.end), end > start,
            ![UInt8(ascii: "|"), UInt8(ascii: ">"), UInt8(ascii: "&"), UInt8(ascii: "!"), UInt8(ascii: "*")]
                .contains(file.bytes[start])
        else { return nil }
        return start..<end
    }
}
