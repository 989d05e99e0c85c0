import ArgumentParser
import Diagnostics
import Reporting

/// `FORMAT` or `FORMAT=FILE`.
struct OutputOption: Sendable {
    let format: ReportFormat
    /// nil is standard output.
    let path: String?

    /// What commands say of it.
    static var help: ArgumentHelp {
        ArgumentHelp(
            "Report format, to standard output or to a file; repeat for several.",
            discussion: "Formats: \(ReportFormat.allCases.map(\.rawValue).joined(separator: ", ")).",
            valueName: "format[=file]")
    }

    /// Text on standard output.
    static let text = OutputOption(format: .text, path: nil)

    /// What is written if nothing is asked for: text, and in GitHub's workflows annotations behind it.
    static func defaults(_ variable: (String) -> String? = Environment.variable) -> [OutputOption] {
        return variable("GITHUB_ACTIONS") == "true" ? [text, OutputOption(format: .github, path: nil)] : [text]
    }

    private init(format: ReportFormat, path: String?) {
        self.format = format
        self.path = path
    }

    init(_ argument: String) throws(ValidationError) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        let name = parts.first ?? ""
        guard let format = ReportFormat(rawValue: name) else {
            let names = ReportFormat.allCases.map(\.rawValue)
            let meant = closestMatch(to: name, among: names).map { "; did you mean `\($0)`?" } ?? ""
            throw ValidationError("unknown format `\(name)`\(meant) (formats are \(names.joined(separator: ", ")))")
        }
        self.init(format: format, path: parts.count > 1 ? parts[1] : nil)
        if path == "" { throw ValidationError("`\(argument)` names no file behind `=`") }
    }

    /// Two reports in one file would make neither of them readable; only annotations may follow text, as GitHub's log
    /// shows both.
    static func checkDistinct(_ outputs: [OutputOption]) throws(ValidationError) {
        var seen: [String: ReportFormat] = [:]
        for output in outputs {
            guard let other = seen.updateValue(output.format, forKey: output.path ?? "") else { continue }
            if output.path == nil, Set([output.format, other]) == [.text, .github] { continue }
            let place = output.path.map { "`\($0)`" } ?? "standard output"
            throw ValidationError("two outputs go to \(place); write one of them to a file with `FORMAT=FILE`")
        }
    }
}
