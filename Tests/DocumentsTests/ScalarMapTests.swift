import Diagnostics
import Testing
import Values

@testable import Documents

@Suite struct ScalarMapTests {
    private static let cases = [
        "k: plain text here", "k: plain\n  text\n\n  more   text  \n  end", "k: 'it''s  a \n   quoted\n\n\n  text '",
        "k: \"a\\n\\tb \\u00e9 \\x41 \\U0001F600 \\\n   joined \\\n\n  x\\  \n y\"",
        "k: \"fold\n  this   \n\n  and\n  that\"", "k: |\n  one\n    two\n\n  three\n", "k: |-\n  one\n  two",
        "k: |+\n  one\n\n\n", "k: |2\n    two more\n  none\n",
        "k: >\n  folded\n  text\n\n  para\n    more\n    more2\n\n  end\n",
        "k: >-\n  a\n  b\n\n\n  c", "k: >+\n  a\n\n", "k: |\n\n\n  late start\n", "k: >\n\n  late\n  fold\n",
        "k: |  # comment\n  x\n", "k: &a !!str  |\n  tagged\n", "k: !!str \"x\\\"y\"", "k: äöü plain ß",
        "k: 'ä\n  ö'", "k: |\n  ä ö\n  ü\n", "k: \"\"", "k: ''", "k: |\n", "k: |+\n\n\n",
        "- - - deep: |\n          a\n          b\n",
        "k: [a b, 'c d', \"e\\tf\"]", "k: {a: b c, d: e}", "k: a\r\n  b\r\n", "k: |\r\n  a\r\n  b\r\n",
        "k: >\r\n  a\r\n  b\r\n\r\n  c\r\n", "k: \"a\r\n  b\"", "k: >\n \n  a\n", "k: |\n  a \n  b\t\n",
        "k: >\n  a \n  b\n",
        "k: >\n  a\n  \tb\n  c\n", "k: a#b\n  c:d", "k: \"a \\\" b\"", "k: |1\n  a\n b\n",
        "k:\n  plain\n   on its own\n",
        "k:\n\n  # note\n  'quoted'\n", "k: >-\n  has(object.spec) &&\n  object.spec.x == \"y\"", "k: a\u{85}  b\n",
        "k: a\u{2028}  b\n", "k: |\n  a\u{2028}  b\n", "k: >\n\n\n   x\n    y\n\n   z\n",
        "{\"k\": \"a\\/b\\ud83d\\ude00c\\b\"}",
        "{\"k\": \"\\ud800 lone\"}", "k: |\n  no end", "k: >\n  no\n  end", "\u{FEFF}k: bom \"x\"",
        "k: >-\n\n  a\n\n   b\n\n\n  c\n\n",
    ]

    @Test("maps every byte of a value to its place in the file", arguments: cases)
    func maps(_ text: String) throws {
        let document = try #require(try document(text))
        var count = 0
        try check(document.root, &count)
        #expect(count > 0)
    }

    /// The character in the file is the one of the value, unless it is an escape or a line end.
    private func check(_ node: Node, _ count: inout Int) throws {
        for (key, value) in node.entries {
            try check(key, &count)
            try check(value, &count)
        }
        for element in node.elements { try check(element, &count) }
        guard node.kind == .string else { return }
        count += 1
        let source = try #require(node.document.source)
        let map = try #require(ScalarMap(node), "no map for \(node.string ?? "")")
        var previous = -1
        for (offset, byte) in node.utf8.enumerated() {
            let file = map.fileOffset(utf8Offset: offset)
            let found = file < source.bytes.count ? source.bytes[file] : 0x0A
            let isEscape = found == UInt8(ascii: "\\") || found == UInt8(ascii: "'")
            let isContinued = byte & 0xC0 == 0x80
            let isLineEnd = (byte == 0x0A || byte == 0x20) && [0x0A, 0x0D, 0xC2, 0xE2].contains(found)
            #expect(found == byte || isEscape || isContinued || isLineEnd, "offset \(offset) of \(node.string ?? "")")
            #expect(file > previous || isContinued)
            previous = file
        }
        let range = map.range(utf8Offsets: 0..<node.utf8.count)
        #expect(range.start <= range.end)
    }

    @Test(
        "places tokens of expressions in block and quoted scalars",
        arguments: [
            ("e: >-\n  has(a) &&\n  BAD == 1\n", 3, 3), ("e: |\n  x\n\n    BAD\n", 4, 5),
            ("e: \"a\\tb \\\"BAD\"", 1, 12),
            ("e: 'it''s BAD'", 1, 11), ("e: plain\n  and BAD\n", 2, 7), ("e: \"one\n  two BAD\"", 2, 7),
            ("- e: |-\n    ä BAD\n", 2, 7),
        ] as [(String, Int, Int)])
    func places(_ text: String, _ line: Int, _ column: Int) throws {
        let document = try #require(try document(text))
        let map = document.root.isList ? document.root.elements.first(where: { _ in true }) : document.root
        let node = try #require(map?["e"])
        let value = try #require(node.string)
        let mark = try #require(value.firstRange(of: "BAD"))
        let offset = value.utf8.distance(from: value.utf8.startIndex, to: mark.lowerBound)
        let range = try #require(ScalarMap(node)).range(utf8Offsets: offset..<(offset + 3))
        #expect(range.start == SourcePosition(line: line, column: column))
        #expect(range.end == SourcePosition(line: line, column: column + 3))
    }
}
