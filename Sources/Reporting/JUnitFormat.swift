import Diagnostics

/// JUnit XML that passes the schema of Jenkins' xUnit plugin and reads well in GitLab: a suite per file, the details in
/// the element's body, no two test cases of one name.
struct JUnitFormat: ReportWriter {
    /// Suites as written; the totals stand in front of them and are known at the end.
    private var suites: [UInt8] = []
    private var tests = 0
    private var failures = 0
    private var errors = 0
    private let renderer = TextFormat(ReportOptions())

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {}

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        var suite = JUnitSuite(file: file.name)
        for report in file.subjects {
            let place = report.subject.place?.description ?? file.name
            if report.findings.isEmpty { suite.add("\(report.subject.displayName) (\(place))") }
            for finding in report.findings {
                let element: String? =
                    switch finding.effect {
                    case .deny: "failure"
                    case .error: "error"
                    case .warn, .audit, .ignored: nil
                    }
                let where_ = (finding.place ?? report.subject.place)?.description ?? file.name
                suite.add(
                    "\(finding.policy.name): \(report.subject.displayName) (\(where_))", element: element,
                    message: finding.message, body: renderer.text(finding, about: report.subject))
            }
        }
        for diagnostic in file.diagnostics where diagnostic.severity == .error {
            suite.add(
                "\(diagnostic.id): \(diagnostic.message)", element: "error", message: diagnostic.message,
                body: DiagnosticRenderer().render(diagnostic))
        }
        append(suite)
    }

    private mutating func append(_ suite: JUnitSuite) {
        guard suite.tests > 0 else { return }
        suites.append(suite.xml)
        tests += suite.tests
        failures += suite.failures
        errors += suite.errors
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        if let nothing = summary.nothingChecked {
            var suite = JUnitSuite(file: "policy-check")
            suite.add("something is checked", element: "error", message: nothing, body: nothing)
            append(suite)
        }
        out.append("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"policy-check\" time=\"0\"")
        out.append(" tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\">\n")
        out.append(contentsOf: suites)
        out.append("</testsuites>\n")
    }
}
