package import Diagnostics

/// The formats of test results, by the names that `--output` takes.
package enum TestFormat: String, Sendable, CaseIterable {
    case text, json, junit, tap, markdown

    package func makeWriter(renderer: DiagnosticRenderer, isVerbose: Bool) -> any TestWriter {
        switch self {
        case .text: TestText(renderer: renderer, isVerbose: isVerbose)
        case .json: TestJSON()
        case .junit: TestJUnit(isVerbose: isVerbose)
        case .tap: TestTAP()
        case .markdown: TestMarkdown()
        }
    }
}

/// What is to be said when all tests have run.
package struct TestTotals: Sendable {
    package var outcomes: [TestOutcome]
    /// nil if coverage was not measured.
    package var coverage: CoverageSummary?
    /// In percent; nil if any coverage will do.
    package var minimumCoverage: Double?
    package var exitCode: Int

    package init(
        outcomes: [TestOutcome], coverage: CoverageSummary? = nil, minimumCoverage: Double? = nil, exitCode: Int
    ) {
        self.outcomes = outcomes
        self.coverage = coverage
        self.minimumCoverage = minimumCoverage
        self.exitCode = exitCode
    }

    package var failsMinimum: Bool {
        guard let coverage, let minimumCoverage else { return false }
        return CoverageSummary.percent(coverage.count) < minimumCoverage
    }

    func count(_ status: TestOutcome.Status) -> Int { outcomes.count { $0.status == status } }
    var checks: Int { outcomes.reduce(0) { $0 + $1.checks.count } }
}

/// Writes results of tests in one format, test by test.
package protocol TestWriter {
    /// What the test adds to the output now; formats with totals in front write all at the end.
    mutating func text(_ outcome: TestOutcome) -> String
    mutating func end(_ totals: TestTotals) -> String
}

extension CheckOutcome {
    /// `file:line:column`, or nothing.
    var place: String? {
        guard let file, let range else { return file?.name }
        return "\(file.name):\(range.start.line):\(range.start.column)"
    }
}

func plural(_ count: Int, _ noun: String) -> String { count == 1 ? "1 \(noun)" : "\(count) \(noun)s" }
