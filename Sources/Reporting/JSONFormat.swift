import Documents
import Values

/// For programs: one JSON object with every verdict, finding and place.
struct JSONFormat: ReportWriter {
    private var isFirst = true
    private let writer = JSONWriter(indent: 2)

    mutating func begin(_ run: RunHeader, to out: inout [UInt8]) {
        out.append("{\n  \"schemaVersion\": \(ReportTree.schemaVersion),\n  \"tool\": ")
        let tool = makeMap {
            $0.field("name", "policy-check")
            $0.field("version", run.toolVersion)
        }
        append(tool, level: 1, to: &out)
        out.append(",\n  \"policies\": [")
        for (index, policy) in run.policies.enumerated() {
            out.append(index == 0 ? "\n    " : ",\n    ")
            append(ReportTree.policy(policy), level: 2, to: &out)
        }
        out.append(run.policies.isEmpty ? "],\n  \"files\": [" : "\n  ],\n  \"files\": [")
    }

    mutating func write(_ file: FileReport, to out: inout [UInt8]) {
        out.append(isFirst ? "\n    " : ",\n    ")
        isFirst = false
        append(ReportTree.file(file), level: 2, to: &out)
    }

    mutating func end(_ summary: Summary, to out: inout [UInt8]) {
        out.append(isFirst ? "],\n  \"summary\": " : "\n  ],\n  \"summary\": ")
        append(ReportTree.summary(summary), level: 1, to: &out)
        out.append("\n}\n")
    }

    /// JSON strings hold no line ends, so a line end is always one of the layout.
    private func append(_ node: Node, level: Int, to out: inout [UInt8]) {
        for byte in writer.write(node) {
            out.append(byte)
            if byte == UInt8(ascii: "\n") { out.append(contentsOf: repeatElement(0x20, count: 2 * level)) }
        }
    }
}
