import Diagnostics
import Documents
import Testing
import Values

@testable import Reporting

@Suite struct NodeExtentTests {
    @Test(
        "underlines scalars as they are written",
        arguments: [
            ("a: nginx:latest # c", "nginx:latest"), ("a: \"q\\\"x\" # c", "\"q\\\"x\""), ("a: 'it''s' ", "'it''s'"),
            ("a: {b: 12, c: 3}", "{"), ("{a: x y, b: 1}", "x y"), ("a: b, c", "b, c"), ("{\"a\":true}", "true"),
            ("a: é b", "é b"),
        ])
    func ranges(_ text: String, _ marked: String) throws {
        var stream = DocumentStream(SourceFile(name: "t", text: text))
        let document = try #require(try stream.next())
        let node = try #require(document.root["a"])
        let range = try #require(node.textRange)
        let scalars = Array(text.unicodeScalars)
        let (start, end) = (Int(range.start.column) - 1, Int(range.end.column) - 1)
        let text = String(String.UnicodeScalarView(scalars[start..<max(end, start + 1)]))
        #expect(text == marked)
    }
}
