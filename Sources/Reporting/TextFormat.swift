import Diagnostics
import Documents

/// For people: what compilers print, with the line, a caret under the field, the policy's place and the reason.
struct TextFormat: ReportWriter {
    private let options: ReportOptions
    private let renderer: DiagnosticRenderer
    /// A value longer than this says nothing more in a line of text. Characters.
    private static let maximumValue = 120
    private static let maximumExpression = 400
    /// Unmatched policies that the summary names.
    private static let maximumUnmatched = 5

    init(_ options: ReportOptions) {
        self.options = options
        renderer = DiagnosticRenderer(colors: options.colors)
    }

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {}

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        for report in file.subjects {
            if let mutation = report.mutation { out.append(text(mutation, of: report, in: file)) }
            for finding in report.findings {
                out.append(text(finding, about: report.subject))
                out.append("\n")
            }
            if options.isVerbose, report.findings.isEmpty { out.append(passed(report, in: file)) }
        }
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        guard !options.isQuiet else { return }
        let scope =
            Summary.plural(summary.subjects, "resource") + " × " + Summary.plural(summary.policies, "policy")
        let isBad = summary.denials + summary.failures + summary.unreadable > 0
        let isNothing = summary.nothingChecked != nil
        let isWarning = summary.warnings + summary.ignored > 0
        let color = isBad || isNothing ? "1;31" : isWarning ? "1;33" : "1;32"
        var line = "\(scope): \(paint(summary.findingsText, color))."
        if summary.nothingChecked == nil { line += unmatched(summary.unmatched) }
        out.append(line + "\n")
    }

    private func unmatched(_ names: [String]) -> String {
        guard !names.isEmpty else { return "" }
        var list = names.prefix(Self.maximumUnmatched).joined(separator: ", ")
        if names.count > Self.maximumUnmatched { list += " and \(names.count - Self.maximumUnmatched) more" }
        let noun = names.count == 1 ? "policy" : "policies"
        return " " + paint("warning", "1;33") + ": \(noun) \(list) matched nothing."
    }

    private func passed(_ report: SubjectReport, in file: FileReport) -> String {
        let what = Summary.plural(report.matchedPolicies.count, "policy")
        let place = report.subject.place?.description ?? file.name
        let name = DiagnosticRenderer.printable(report.subject.displayName)
        return paint("ok", "1;32") + ": \(place)   \(name)   \(what) matched\n\n"
    }

    /// The fields that change, as a diff.
    private func text(_ mutation: SubjectMutation, of report: SubjectReport, in file: FileReport) -> String {
        let names = Self.clean(mutation.policies.map(\.name).joined(separator: ", "))
        var out = paint("changed[\(names)]", "1;36")
        out += ": \(report.subject.place?.description ?? file.name)   \(Self.clean(report.subject.displayName))\n"
        for change in mutation.changes {
            let values = [change.old, change.new].compactMap { $0 }.map { node in
                Self.oneLine(String(decoding: JSONWriter().write(node), as: UTF8.self), limit: Self.maximumValue)
            }
            let color = change.kind == .added ? "32" : change.kind == .removed ? "31" : "33"
            let line = "\(change.kind.rawValue) \(change.fieldPath): \(values.joined(separator: " -> "))"
            out += "  \(paint(Self.clean(line), color))\n"
        }
        return out + "\n"
    }

    // MARK: One finding

    func text(_ finding: Finding, about subject: Subject) -> String {
        let severity = finding.effect.severity
        var out = paint("\(severity.rawValue)[\(Self.clean(finding.policy.name))]", Self.color(of: severity))
        let message = Self.clean(finding.message).split(separator: "\n", omittingEmptySubsequences: false)
        out += paint(": \(message.joined(separator: "\n  "))", "1") + "\n"
        let place = finding.place ?? subject.place
        out += renderer.snippet(
            file: place?.file, range: place?.range, label: Self.clean(finding.fieldPath),
            aside: Self.clean(subject.displayName))
        // `=` stands under the `|` of the snippet's margin.
        let digits = place?.range.map { String($0.start.line).count } ?? 0
        let margin = String(repeating: " ", count: digits + 2)
        if !finding.policy.isSchema, !finding.policy.isLint { out += "\(margin)= policy: \(policy(finding))\n" }
        if let why = finding.why { out += "\(margin)= why: \(Self.clean(Self.sentence(why)))\n" }
        if let help = finding.help { out += "\(margin)= help: \(Self.clean(help))\n" }
        return out
    }

    private func policy(_ finding: Finding) -> String {
        let place = finding.policyPlace ?? finding.policy.place
        var facts = [finding.effect.rawValue]
        if let severity = finding.policy.metadata.severity { facts.append(severity.rawValue) }
        if let binding = finding.binding, binding != finding.policy.name { facts.append("binding \(binding)") }
        if let param = finding.param { facts.append("param \(param)") }
        let name = place?.description ?? finding.policy.name
        return Self.clean("\(name) (\(facts.joined(separator: ", ")))")
    }

    /// "`object.spec.replicas <= 3`, where `object.spec.replicas` is 5".
    static func sentence(_ why: Reason) -> String {
        let expression = oneLine(why.expression, limit: maximumExpression)
        let values = why.operands.map { operand in
            let json = String(decoding: JSONWriter().write(operand.value), as: UTF8.self)
            let text = oneLine(operand.text, limit: maximumExpression)
            return (text, "`\(text)` is \(oneLine(json, limit: maximumValue))")
        }
        if values.count == 1, values[0].0 == expression { return values[0].1 }
        return "`\(expression)`" + (values.isEmpty ? "" : ", where \(values.map(\.1).joined(separator: " and "))")
    }

    /// The text with every run of white space as one space, cut at `limit` characters.
    static func oneLine(_ text: String, limit: Int) -> String {
        let joined = text.split(whereSeparator: \.isWhitespace).joined(separator: " ")
        return joined.count > limit ? "\(joined.prefix(limit))…" : joined
    }

    private static func clean(_ text: String) -> String { DiagnosticRenderer.printable(text) }

    private static func color(of severity: Severity) -> String {
        switch severity {
        case .error: "1;31"
        case .warning: "1;33"
        case .note: "1;36"
        }
    }

    private func paint(_ text: String, _ code: String) -> String {
        options.colors ? "\u{1B}[\(code)m\(text)\u{1B}[0m" : text
    }
}
