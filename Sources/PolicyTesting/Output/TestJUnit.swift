import Diagnostics
import Reporting

/// Results of tests as JUnit XML: a suite per test, a test case per check.
struct TestJUnit: TestWriter {
    private var suites = ""
    private var tests = 0
    private var failures = 0
    private var errors = 0
    private let text: TestText

    init(isVerbose: Bool) {
        text = TestText(renderer: DiagnosticRenderer(), isVerbose: isVerbose)
    }

    mutating func text(_ outcome: TestOutcome) -> String {
        var suite = JUnitSuite(file: outcome.file)
        let name = outcome.name.isEmpty ? "test" : outcome.name
        switch outcome.status {
        case .skipped, .unsupported: suite.add(name, element: "skipped", message: outcome.reason)
        case .invalid:
            let message = outcome.diagnostics.first { $0.severity == .error }?.message ?? "the test is invalid"
            suite.add(name, element: "error", message: message, body: text.text(outcome))
        case .passed, .failed:
            for check in outcome.checks {
                let title = "\(name): \(check.title) is \(check.expected)"
                if let failure = check.failure {
                    suite.add(title, element: "failure", message: failure, body: text.line(check))
                } else {
                    suite.add(title)
                }
            }
        }
        add(suite)
        return ""
    }

    private mutating func add(_ suite: JUnitSuite) {
        suites += suite.xml
        tests += suite.tests
        failures += suite.failures
        errors += suite.errors
    }

    mutating func end(_ totals: TestTotals) -> String {
        if let coverage = totals.coverage, totals.minimumCoverage != nil {
            var suite = JUnitSuite(file: "coverage")
            let body = totals.failsMinimum ? CoverageText(colors: false).text(coverage, totals) : ""
            suite.add(
                "coverage is high enough", element: totals.failsMinimum ? "failure" : nil,
                message: "coverage is too low", body: body)
            add(suite)
        }
        return "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<testsuites name=\"policy-check test\" time=\"0\""
            + " tests=\"\(tests)\" failures=\"\(failures)\" errors=\"\(errors)\">\n\(suites)</testsuites>\n"
    }
}
