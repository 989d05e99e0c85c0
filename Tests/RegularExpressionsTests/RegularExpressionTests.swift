import Testing

@testable import RegularExpressions

@Suite struct RegularExpressionTests {
    private static let matching: [(String, String, Bool)] = [
        ("a+b", "xaab", true), ("^a$", "a\n", false), ("^a$", "a", true), ("(?m)^b$", "a\nb", true),
        ("a\\z", "a", true),
        ("\\pN", "5", true), ("\\p{Greek}", "β", true), ("^.$", "😀", true), ("(?i)É", "é", true),
        ("\\Qa.b\\E", "a.b", true),
        ("\\Qa.b\\E", "axb", false), ("(?<year>\\d{4})-(?P<month>\\d\\d)", "2026-11", true), ("[(?<]x", "<x", true),
        ("[]a]", "]", true), ("[^]a]b", "]b", false), ("[[:alpha:](?<]", "(", true), ("\\Q(?<\\E", "(?<", true),
        ("\\(?<", "<", true), ("a{1000}", "a", false), ("", "", true), ("^$", "", true), ("\\_", "_", true),
        ("\\x{1F600}", "😀", true), ("[\\]x]y", "]y", true),
    ]

    @Test("finds what Go's regexp finds", arguments: matching)
    func matches(_ pattern: String, _ text: String, _ expected: Bool) throws {
        #expect(try RegularExpression(pattern: pattern).matches(text) == expected)
    }

    @Test(
        "refuses what Go's regexp refuses",
        arguments: [
            "(", "a**", "[", "\\C", "[\\C]", "\\8", "a{1001}", "(?<n>a)(?<n>b)", "(?<=a)b", "(?!a)", "\\pX", "\\",
            "\\Z", "(?P=n)", "x{2}{3}",
            "[z-a]", "(?<>a)", "(?<n", "\\q",
        ])
    func refuses(_ pattern: String) {
        let error = #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern: pattern) }
        #expect(error?.message.isEmpty == false)
    }

    @Test("reports groups as byte ranges")
    func groups() throws {
        let expression = try RegularExpression(pattern: "(é)|(b)")
        #expect(expression.groupCount == 2)
        let text = Array("aéb".utf8)
        text.withUnsafeBufferPointer { text in
            #expect(expression.firstMatch(in: text, groups: 3) == [1..<3, 1..<3, nil])
            #expect(expression.firstMatch(in: text, from: 3, groups: 9) == [3..<4, nil, 3..<4])
            #expect(expression.firstMatch(in: text, from: 4) == nil)
            #expect(expression.firstMatch(in: text, from: 9) == nil)
        }
        let empty = UnsafeBufferPointer<UInt8>(start: nil, count: 0)
        #expect(try RegularExpression(pattern: "x*").firstMatch(in: empty) == [0..<0])
    }

    @Test("stays within its memory and time")
    func limits() throws {
        #expect(throws: RegularExpressionError.self) { try RegularExpression(pattern: "((a{100}){100}){100}") }
        #expect(throws: RegularExpressionError.self) {
            try RegularExpression(pattern: String(repeating: "a", count: 70_000))
        }
        let hostile = try RegularExpression(pattern: "(a*)*b")
        #expect(!hostile.matches(String(repeating: "a", count: 100_000)))
    }

    @Test("one expression serves many threads")
    func threads() async throws {
        let expression = try RegularExpression(pattern: "(x+x+)+y")
        await withTaskGroup(of: Bool.self) { group in
            for index in 0..<16 {
                group.addTask { expression.matches(String(repeating: "x", count: 100 + index) + "y") }
            }
            for await matches in group { #expect(matches) }
        }
    }
}
