package import RegularExpressions

/// Which tests and checks to run: `TEST`, or as gator has it `TEST//CHECK`, each a regular expression.
package struct TestFilter: Sendable {
    private let test: RegularExpression?
    private let check: RegularExpression?

    /// Everything.
    package init() {
        test = nil
        check = nil
    }

    /// Either side may be empty for any. More than one `//` belongs to the second expression.
    package init(_ text: String) throws(RegularExpressionError) {
        var (first, second) = (text, "")
        if let separator = Self.separator(in: text) {
            first = String(text[..<separator])
            second = String(text[text.index(separator, offsetBy: 2)...])
        }
        test = first.isEmpty ? nil : try RegularExpression(pattern: first)
        check = second.isEmpty ? nil : try RegularExpression(pattern: second)
    }

    private static func separator(in text: String) -> String.Index? {
        zip(text.indices, text.indices.dropFirst()).first { text[$0] == "/" && text[$1] == "/" }?.0
    }

    /// Whether nothing of a test was to run, as is known only when it has.
    package func leavesOut(_ outcome: TestOutcome) -> Bool {
        check != nil && outcome.status == .passed && outcome.checks.isEmpty
    }

    func includes(test name: String) -> Bool { test?.matches(name) ?? true }
    func includes(check name: String) -> Bool { check?.matches(name) ?? true }
}
