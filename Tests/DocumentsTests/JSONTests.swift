import Diagnostics
import Testing
import Values

@testable import Documents

@Suite struct JSONTests {
    private func parse(_ text: String) -> String { parse(Array(text.utf8)) }

    private func parse(_ bytes: [UInt8]) -> String {
        do throws(DocumentError) {
            return json(try JSONParser().parse(bytes).root)
        } catch {
            return "!\(error.id)"
        }
    }

    @Test(
        "parses requests as Go does",
        arguments: [
            ("{\"a\":[1,-2,3.5,true,false,null,\"x\"]}", "{\"a\":[1,-2,3.5,true,false,null,\"x\"]}"), ("5", "5"),
            (" \"x\" ", "\"x\""),
            ("18446744073709551616", "18446744073709552000"), ("-9223372036854775809", "-9223372036854776000"),
            ("9223372036854775808", "9223372036854776000"), ("1e2", "100"), ("1.0", "1"), ("-0", "0"), ("-0.0", "-0"),
            ("123456789012345678", "123456789012345678"), ("1e400", "!json-number-range"), ("1e-400", "0"),
            ("\"\\ud800\"", "\"\u{FFFD}\""), ("\"\\ud83d\\ude00\\/\\b\\f\"", "\"😀/\\b\\f\""), ("", "!json-empty"),
            (" ", "!json-syntax"), ("{a:1}", "!json-syntax"), ("{\"a\":1,}", "!json-syntax"), ("[1 2]", "!json-syntax"),
            ("{} {}", "!json-syntax"), ("01", "!json-syntax"), ("1.", "!json-syntax"), (".5", "!json-syntax"),
            ("+1", "!json-syntax"), ("1e", "!json-syntax"), ("tru", "!json-syntax"), ("\"a\tb\"", "!json-syntax"),
            ("\"\\q\"", "!json-syntax"), ("\"\\u12g4\"", "!json-syntax"), ("\"abc", "!json-syntax"),
            ("[", "!json-syntax"),
            ("\u{FEFF}{}", "!json-syntax"), ("{\"a\":1,\"a\":2}", "{\"a\":1,\"a\":2}"), ("[1,2", "!json-syntax"),
            ("NaN", "!json-syntax"),
        ] as [(String, String)])
    func requests(_ text: String, _ expected: String) {
        #expect(parse(text) == expected)
    }

    @Test(
        "both readers agree",
        arguments: [
            "{}", "[]", "[{}]", "{\"a\":{\"b\":[[],[1]]}}", "\"\\u00e9\\n\"", "-1.5e-7", "1e21",
            "100000000000000000000",
            "[0.1,1e5,123456.789,4.9e-324,1.7976931348623157e308]", "[\"\u{7F}\",\"\u{2028}\"]", "9007199254740993.0",
        ])
    func agreement(_ text: String) throws {
        let slow = try JSONReader.read(SourceFile(name: "x.json", text: text))
        #expect(parse(text) == json(slow.root))
    }

    @Test("refuses invalid UTF-8 and says so")
    func encoding() {
        #expect(parse([0x22, 0x80, 0x22]) == "!json-encoding")
        #expect(parse([0x22, 0xED, 0xA0, 0x80, 0x22]) == "!json-encoding")
        #expect(parse([0x80]) == "!json-syntax")
    }

    @Test("bounds size and depth")
    func limits() {
        let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        #expect(parse(deep) == "!json-depth-limit")
        let parser = JSONParser(maximumBytes: 10)
        #expect(throws: DocumentError.self) { try parser.parse(Array("[1,2,3,4,5,6]".utf8)) }
        #expect(parse(String(repeating: "[", count: 500) + String(repeating: "]", count: 500)).count == 1000)
    }

    @Test(
        "places errors",
        arguments: [
            ("{\n \"ä\": 1,\n}", 3, 1), ("[\"ä\", x]", 1, 7), ("{\"a\" 1}", 1, 6), ("[1,\n\t\"abc", 2, 2),
            ("[01]", 1, 2),
            ("{}\n x", 2, 2), ("[\"\\q\"]", 1, 3),
        ] as [(String, Int, Int)])
    func places(_ text: String, _ line: Int, _ column: Int) {
        let error = #expect(throws: DocumentError.self) { try JSONReader.read(SourceFile(name: "x.json", text: text)) }
        #expect(error?.diagnostic.range?.start == SourcePosition(line: line, column: column))
    }

    @Test(
        "writes numbers as Go does",
        arguments: [
            (0.0, "0"), (-0.0, "-0"), (1.0, "1"), (1e20, "100000000000000000000"), (1e21, "1e+21"),
            (1.5e300, "1.5e+300"),
            (1e-6, "0.000001"), (1e-7, "1e-7"), (0.1, "0.1"), (123456.789, "123456.789"),
            (Double.leastNonzeroMagnitude, "5e-324"),
            (9007199254740993.0, "9007199254740992"), (1e16, "10000000000000000"), (-2.5e-9, "-2.5e-9"),
            (Double.nan, "\"NaN\""), (-Double.infinity, "\"-Infinity\""),
        ] as [(Double, String)])
    func numbers(_ value: Double, _ expected: String) {
        var out: [UInt8] = []
        JSONWriter.appendNumber(value, to: &out)
        #expect(String(decoding: out, as: UTF8.self) == expected)
    }

    @Test("escapes strings as Go does")
    func strings() {
        let text = "\"\\/\n\r\t\u{08}\u{0C}\u{01}\u{1F}\u{7F}<&>é😀\u{2028}\u{2029}\u{2027}"
        var plain: [UInt8] = []
        JSONWriter().writeString(text, to: &plain)
        #expect(
            String(decoding: plain, as: UTF8.self)
                == "\"\\\"\\\\/\\n\\r\\t\\b\\f\\u0001\\u001f\u{7F}<&>é😀\\u2028\\u2029\u{2027}\"")
        var html: [UInt8] = []
        JSONWriter(escapesHTML: true).writeString("<&>", to: &html)
        #expect(String(decoding: html, as: UTF8.self) == "\"\\u003c\\u0026\\u003e\"")
    }

    @Test("indents and sorts")
    func pretty() throws {
        let document = try JSONParser().parse(Array(#"{"b":[],"a":{"d":[1,{}],"c":null}}"#.utf8))
        let text = String(decoding: JSONWriter(indent: 2, sortsKeys: true).write(document.root), as: UTF8.self)
        #expect(
            text == """
                {
                  "a": {
                    "c": null,
                    "d": [
                      1,
                      {}
                    ]
                  },
                  "b": []
                }
                """)
    }
}
