import Diagnostics
import Testing

@Suite struct SourceFileTests {
    @Test("offset and position are inverse", arguments: ["", "a", "a\n", "ä😀\r\nb\n\nc", "\n\n"])
    func inverse(_ text: String) {
        let file = SourceFile(name: "x", text: text)
        var offset = 0
        for scalar in text.unicodeScalars {
            #expect(file.byteOffset(of: file.position(atByte: offset)) == offset)
            offset += String(scalar).utf8.count
        }
        #expect(file.byteOffset(of: file.position(atByte: offset)) == offset)
        #expect(file.position(atByte: offset + 5) == file.position(atByte: offset))
    }

    @Test("positions outside of the text have no offset")
    func outside() {
        let file = SourceFile(name: "x", text: "ab\nc")
        #expect(file.byteOffset(of: SourcePosition(line: 3, column: 1)) == nil)
        #expect(file.byteOffset(of: SourcePosition(line: 1, column: 4)) == nil)
        #expect(file.byteOffset(of: SourcePosition(line: 2, column: 3)) == nil)
        #expect(file.byteOffset(of: SourcePosition(line: 0, column: 1)) == nil)
        #expect(file.byteOffset(of: SourcePosition(line: 1, column: 3)) == 2)
    }

    @Test("lines lose their ends only")
    func lines() {
        let file = SourceFile(name: "x", text: "a \r\n\r\nb")
        #expect(["", "a ", "", "b", ""] == (0...4).map { file.line($0) })
    }

    @Test("a caret stands under its character")
    func caret() {
        let file = SourceFile(name: "f.yaml", text: "a:\n\té: x\n")
        let start = SourcePosition(line: 2, column: 2)
        let diagnostic = Diagnostic(
            "some-id", .error, "bad\u{1B} key", file: file,
            range: SourceRange(start: start, end: SourcePosition(line: 2, column: 3)), help: "do")
        #expect(
            DiagnosticRenderer().render(diagnostic) == """
                error[some-id]: bad\u{FFFD} key
                  --> f.yaml:2:2
                   |
                 2 | \té: x
                   | \t^
                  = help: do

                """)
    }

    @Test(
        "suggests near words only",
        arguments: [
            ("spce", "spec"), ("Spec", "spec"), ("sepc", "spec"), ("xyzzy", nil),
        ] as [(String, String?)])
    func suggestions(_ word: String, _ expected: String?) {
        #expect(closestMatch(to: word, among: ["metadata", "spec", "status"]) == expected)
    }
}
