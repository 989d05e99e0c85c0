package import Diagnostics
import Values

/// A test's file as it would have to read for its checks to hold. Everything but the expectations stays as it is.
package struct TestUpdate: Sendable {
    package let file: SourceFile
    package let bytes: [UInt8]
    /// What could not be written, and why.
    package let problems: [Diagnostic]

    package var changes: Bool { bytes != file.bytes }

    /// One for each file with a check that fails.
    package static func updates(of outcomes: [TestOutcome]) -> [TestUpdate] {
        var files: [(file: SourceFile, checks: [CheckOutcome])] = []
        var indices: [ObjectIdentifier: Int] = [:]
        for outcome in outcomes where outcome.status == .failed {
            for check in outcome.checks {
                guard let file = check.file else { continue }
                let index = indices[ObjectIdentifier(file), default: files.count]
                if index == files.count {
                    indices[ObjectIdentifier(file)] = index
                    files.append((file, []))
                }
                files[index].checks.append(check)
            }
        }
        return files.map { TestUpdate($0.file, $0.checks) }
    }

    private init(_ file: SourceFile, _ checks: [CheckOutcome]) {
        self.file = file
        var edits: [TextEdit] = []
        var problems: [Diagnostic] = []
        var entries: [ResultEntry] = []
        for check in checks {
            switch check.correction {
            case .value(let text, let node)?:
                if check.failure == nil { break }
                if let edit = TextEdit(replacing: node, with: text) { edits.append(edit) }
            case .result(let text, let entry, let result, let resource)?:
                if entries.last.map({ !$0.node.isIdentical(to: entry) }) ?? true {
                    entries.append(ResultEntry(entry, result))
                }
                entries[entries.count - 1].add(text, for: resource)
            case nil: if check.failure != nil { problems.append(Self.problem(check)) }
            }
            // What it comes to is nothing to expect: an error, or what is checked is not there.
            if case .result(let text, _, _, _)? = check.correction, check.failure != nil, text == check.expected {
                problems.append(Self.problem(check))
            }
        }
        for entry in entries {
            switch entry.edits() {
            case .success(let found): edits += found
            case .failure(let refusal):
                problems.append(
                    Diagnostic(
                        "test-update", .warning, "the entry is not updated: \(refusal.reason)", file: file,
                        range: entry.node.position.map { SourceRange(at: $0) }))
            }
        }
        self.problems = problems
        bytes = TextEdit.apply(edits, to: file.bytes)
    }

    private static func problem(_ check: CheckOutcome) -> Diagnostic {
        Diagnostic(
            "test-update", .warning, "the check of \(check.title) is not updated: \(check.failure ?? "")",
            file: check.file,
            range: check.range)
    }
}

/// A stretch of a file's bytes and what to put in its place.
struct TextEdit: Sendable {
    var range: Range<Int>
    var text: [UInt8]

    init(_ range: Range<Int>, _ text: [UInt8]) {
        self.range = range
        self.text = text
    }

    /// Replaces a scalar and leaves its quotes; nil if it has no place on one line.
    init?(replacing node: Node, with text: String) {
        guard let range = node.byteRange, let file = node.document.source else { return nil }
        var replacement = Array(text.utf8)
        if let quote = file.bytes[range].first, quote == UInt8(ascii: "\"") || quote == UInt8(ascii: "'") {
            replacement = [quote] + replacement + [quote]
        }
        self.init(range, replacement)
    }

    /// Edits do not overlap; where two do the second is left out.
    static func apply(_ edits: [TextEdit], to bytes: [UInt8]) -> [UInt8] {
        var out: [UInt8] = []
        var at = 0
        for edit in edits.sorted(by: { $0.range.lowerBound < $1.range.lowerBound }) where edit.range.lowerBound >= at {
            out += bytes[at..<edit.range.lowerBound]
            out += edit.text
            at = edit.range.upperBound
        }
        return out + bytes[at...]
    }
}
