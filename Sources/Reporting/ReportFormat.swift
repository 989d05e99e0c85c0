/// The output formats, by the names that `--output` takes.
package enum ReportFormat: String, Sendable, CaseIterable {
    case text, json, yaml, sarif, junit, github, gitlab, checkstyle, tap, markdown, policyreport, openreports

    package func makeWriter(_ options: ReportOptions) -> any ReportWriter {
        switch self {
        case .text: TextFormat(options)
        case .json: JSONFormat()
        case .yaml: YAMLFormat()
        case .sarif: SARIFFormat()
        case .junit: JUnitFormat()
        case .github: GitHubFormat()
        case .gitlab: GitLabFormat()
        case .checkstyle: CheckstyleFormat()
        case .tap: TAPFormat()
        case .markdown: MarkdownFormat()
        case .policyreport: PolicyReportFormat(.policyWorkingGroup)
        case .openreports: PolicyReportFormat(.openReports)
        }
    }
}

/// How a report is to look where the format leaves a choice.
package struct ReportOptions: Sendable {
    package var colors: Bool
    /// Only findings, no summary.
    package var isQuiet: Bool
    /// Also a line for every object that passed.
    package var isVerbose: Bool

    package init(colors: Bool = false, isQuiet: Bool = false, isVerbose: Bool = false) {
        self.colors = colors
        self.isQuiet = isQuiet
        self.isVerbose = isVerbose
    }
}

/// Writes one format, file by file, in the order of the input.
package protocol ReportWriter {
    mutating func begin(_ run: RunHeader, to out: inout [UInt8])
    mutating func write(_ file: FileReport, to out: inout [UInt8])
    mutating func end(_ summary: Summary, to out: inout [UInt8])
}

extension [UInt8] {
    package mutating func append(_ text: String) {
        append(contentsOf: text.utf8)
    }
}
