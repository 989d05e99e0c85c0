import Diagnostics
import Documents
import Reporting

/// Where the lines of a rendered text come from: the template of a chart, the file that a kustomization names as origin.
struct SourceMapping {
    private let root: RenderRoot
    private let rendered: SourceFile
    /// Lines (from 1) of one rendered document, with the file it comes from.
    private struct Section {
        var lines: Range<Int>
        var source: String?
    }

    private let sections: [Section]
    private var alignments: [Int: (file: SourceFile, lines: [Int?])] = [:]

    /// Lines of either side that are compared; the work grows with their product.
    private static let maximumLines = 3000

    init(_ root: RenderRoot, _ rendered: SourceFile) {
        self.root = root
        self.rendered = rendered
        var sections: [Section] = []
        var start = 1
        let count = rendered.lineStarts.count
        for line in 1...count where line == count || rendered.line(line + 1).hasPrefix("---") {
            let lines = start..<line + 1
            sections.append(Section(lines: lines, source: Self.source(of: lines, in: rendered, root)))
            start = line + 1
        }
        self.sections = sections
    }

    /// What the document says about its own origin, as a path that can be opened.
    private static func source(of lines: Range<Int>, in text: SourceFile, _ root: RenderRoot) -> String? {
        for (offset, number) in lines.enumerated() {
            let line = text.line(number)
            switch root.kind {
            case .helm:
                let marker = "# Source: "
                // `chart/templates/x.yaml`: the chart's name stands for its directory.
                if line.hasPrefix(marker), let slash = line.firstIndex(of: "/") {
                    return root.directory + line[slash...]
                }
                if offset > 3 { return nil }
            case .kustomize:
                guard line.contains("config.kubernetes.io/origin:") else { continue }
                for next in number + 1..<min(number + 4, lines.upperBound) {
                    let words = text.line(next).split(separator: " ", maxSplits: 1)
                    if words.count == 2, words[0] == "path:" { return normalized("\(root.directory)/\(words[1])") }
                }
            }
        }
        return nil
    }

    /// Without `name/..` inside.
    private static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/", omittingEmptySubsequences: false) {
            if part == "..", let last = parts.last, last != "..", last != ".", !last.isEmpty {
                parts.removeLast()
            } else {
                parts.append(part)
            }
        }
        return parts.joined(separator: "/")
    }

    /// Moves all places from the rendered text to where they come from; where that is not known the file that makes the
    /// directory a chart or kustomization stands for it, without a line.
    mutating func apply(to report: inout FileReport) {
        for index in report.subjects.indices {
            report.subjects[index].subject.place = mapped(report.subjects[index].subject.place)
            for finding in report.subjects[index].findings.indices {
                report.subjects[index].findings[finding].place = mapped(
                    report.subjects[index].findings[finding].place)
            }
        }
        for index in report.diagnostics.indices {
            guard let file = report.diagnostics[index].file, file === rendered else { continue }
            let place = mapped(Place(file, report.diagnostics[index].range))
            report.diagnostics[index].file = place?.file
            report.diagnostics[index].range = place?.range
        }
    }

    private mutating func mapped(_ place: Place?) -> Place? {
        guard let place, place.file === rendered else { return place }
        let unknown = Place(SourceFile(name: root.file, bytes: []))
        guard let range = place.range else { return unknown }
        let line = Int(range.start.line)
        guard let number = sections.firstIndex(where: { $0.lines.contains(line) }),
            let (file, lines) = alignment(number)
        else { return unknown }
        // A line that the template does not have belongs to the nearest one above that it has.
        let above = (sections[number].lines.lowerBound...line).reversed()
        for candidate in above {
            guard let target = lines[candidate - sections[number].lines.lowerBound] else { continue }
            guard candidate == line else { return Place(file, Self.firstWord(of: file, target)) }
            return Place(file, Self.moved(range, from: rendered, to: file, line: target))
        }
        return Place(file)
    }

    /// The same text on the other line, or the line's first word.
    private static func moved(_ range: SourceRange, from: SourceFile, to file: SourceFile, line: Int) -> SourceRange {
        let source = Array(from.line(Int(range.start.line)).unicodeScalars)
        let target = Array(file.line(line).unicodeScalars)
        let start = Int(range.start.column) - 1
        let isOneLine = range.end.line == range.start.line
        let end = isOneLine ? min(source.count, max(start, Int(range.end.column) - 1)) : start
        if start < end {
            let text = source[start..<end]
            for at in target.indices where target[at...].starts(with: text) {
                return SourceRange(
                    start: SourcePosition(line: line, column: at + 1),
                    end: SourcePosition(line: line, column: at + 1 + text.count))
            }
        }
        return firstWord(of: file, line)
    }

    private static func firstWord(of file: SourceFile, _ line: Int) -> SourceRange {
        let text = file.line(line).unicodeScalars
        let blank = text.prefix { $0 == " " || $0 == "-" || $0 == "\t" }.count
        let word = text.dropFirst(blank).prefix { $0 != ":" && $0 != " " }.count
        return SourceRange(
            start: SourcePosition(line: line, column: blank + 1),
            end: SourcePosition(line: line, column: blank + 1 + word))
    }

    private mutating func alignment(_ number: Int) -> (file: SourceFile, lines: [Int?])? {
        if let known = alignments[number] { return known }
        guard let path = sections[number].source, let file = try? FileReader.read(path: path) else { return nil }
        let lines = sections[number].lines.map { rendered.line($0) }
        let sources = (1...file.lineStarts.count).map { file.line($0) }
        let made = (file: file, lines: LineAlignment.align(lines, with: sources, limit: Self.maximumLines))
        alignments[number] = made
        return made
    }
}
