import Documents
package import Values

/// The JSON report in YAML's block style.
struct YAMLFormat: ReportWriter {
    private var isFirst = true

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {
        out.append("schemaVersion: \(ReportTree.schemaVersion)\ntool:\n  name: policy-check\n  version: ")
        JSONWriter().writeString(run.toolVersion, to: &out)
        out.append("\npolicies:")
        if run.policies.isEmpty { out.append(" []") }
        for policy in run.policies { YAMLText.appendItem(ReportTree.policy(policy), to: &out) }
        out.append("\nfiles:")
    }

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        isFirst = false
        YAMLText.appendItem(ReportTree.file(file), to: &out)
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        out.append(isFirst ? " []\nsummary:" : "\nsummary:")
        YAMLText.append(ReportTree.summary(summary), indent: 2, to: &out)
        out.append("\n")
    }
}

/// Block style with every string in double quotes, where YAML's rules are JSON's: no reader can take one for a number.
package enum YAMLText {
    /// A list item on a new line.
    static func appendItem(_ node: Node, indent: Int = 2, to out: inout [UInt8]) {
        newLine(indent - 2, in: &out)
        out.append("- ")
        append(node, indent: indent, isItem: true, to: &out)
    }

    /// A value behind its key's colon, or behind a list item's dash.
    package static func append(_ node: Node, indent: Int, isItem: Bool = false, to out: inout [UInt8]) {
        guard node.count > 0, node.isMap || node.isList else {
            if !isItem { out.append(" ") }
            return JSONWriter().write(node, to: &out)
        }
        if node.isList {
            for element in node.elements { appendItem(element, indent: indent + 2, to: &out) }
            return
        }
        var isFirst = true
        for (key, value) in node.entries {
            if !isFirst || !isItem { newLine(indent, in: &out) }
            isFirst = false
            appendKey(key, to: &out)
            append(value, indent: value.isList ? indent : indent + 2, to: &out)
        }
    }

    private static func appendKey(_ key: Node, to out: inout [UInt8]) {
        let isPlain = key.utf8.allSatisfy { (UInt8(ascii: "a")...UInt8(ascii: "z")).contains($0 | 0x20) }
        if isPlain, !key.utf8.isEmpty { out.append(contentsOf: key.utf8) } else { JSONWriter().write(key, to: &out) }
        out.append(":")
    }

    private static func newLine(_ indent: Int, in out: inout [UInt8]) {
        out.append(UInt8(ascii: "\n"))
        out.append(contentsOf: repeatElement(0x20, count: max(0, indent)))
    }
}
