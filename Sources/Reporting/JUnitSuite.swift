/// One `testsuite` of JUnit XML.
package struct JUnitSuite {
    private let file: String
    package private(set) var tests = 0
    package private(set) var failures = 0
    package private(set) var errors = 0
    package private(set) var skipped = 0
    private var cases = ""
    private var names: [String: Int] = [:]

    package init(file: String) {
        self.file = file
    }

    /// - Parameters:
    ///   - element: `failure`, `error` or `skipped`; nil for a test case that passed.
    ///   - body: the details, which GitLab shows in place of the message.
    package mutating func add(_ name: String, element: String? = nil, message: String = "", body: String = "") {
        tests += 1
        if element == "failure" { failures += 1 }
        if element == "error" { errors += 1 }
        if element == "skipped" { skipped += 1 }
        names[name, default: 0] += 1
        let occurrence = names[name, default: 1]
        let unique = XMLText.escape(occurrence == 1 ? name : "\(name) #\(occurrence)")
        cases += "    <testcase name=\"\(unique)\" classname=\"\(XMLText.escape(file))\" time=\"0\""
        guard !body.isEmpty || element == "skipped" else {
            cases += "/>\n"
            return
        }
        cases += ">\n"
        if element == "skipped" {
            cases += "      <skipped message=\"\(XMLText.escape(message))\"/>\n"
        } else if let element {
            cases += "      <\(element) type=\"\(element)\" message=\"\(XMLText.escape(message))\">"
            cases += Self.lines(body) + "</\(element)>\n"
        } else {
            cases += "      <system-out>\(Self.lines(body))</system-out>\n"
        }
        cases += "    </testcase>\n"
    }

    /// In an element's content line ends may stay what they are.
    private static func lines(_ text: String) -> String {
        text.split(separator: "\n", omittingEmptySubsequences: false).map { XMLText.escape(String($0)) }
            .joined(separator: "\n")
    }

    package var xml: String {
        "  <testsuite name=\"\(XMLText.escape(file))\" tests=\"\(tests)\" failures=\"\(failures)\""
            + " errors=\"\(errors)\" skipped=\"\(skipped)\" time=\"0\">\n\(cases)  </testsuite>\n"
    }
}
