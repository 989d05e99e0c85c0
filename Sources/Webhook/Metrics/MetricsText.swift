package import NIOCore

/// Writes Prometheus' text exposition format.
package struct MetricsText {
    static let contentType: StaticString = "text/plain; version=0.0.4; charset=utf-8"

    package private(set) var buffer = ByteBuffer()

    package init() {}

    package mutating func family(_ name: String, _ type: String, _ help: String) {
        buffer.writeString("# HELP \(name) \(help)\n# TYPE \(name) \(type)\n")
    }

    package mutating func sample(_ name: String, _ labels: [(String, String)], _ value: Int) {
        sample(name, labels, text: String(value))
    }

    package mutating func sample(_ name: String, _ labels: [(String, String)] = [], text: String) {
        buffer.writeString(name)
        for (index, label) in labels.enumerated() {
            buffer.writeString("\(index == 0 ? "{" : ",")\(label.0)=\"\(Self.escaped(label.1))\"")
        }
        buffer.writeString("\(labels.isEmpty ? "" : "}") \(text)\n")
    }

    /// A family with one sample without labels.
    package mutating func single(_ name: String, _ type: String, _ help: String, _ value: Int) {
        family(name, type, help)
        sample(name, text: String(value))
    }

    mutating func histogram(_ name: String, _ help: String, _ values: (counts: [Int], sum: Int)) {
        histogram(name, help, Histogram.bounds.map(\.label), values.counts, values.sum)
    }

    /// - Parameters:
    ///   - bounds: upper bounds in seconds.
    ///   - counts: by bound, not cumulative, and one more for what is above.
    ///   - sum: in nanoseconds.
    package mutating func histogram(
        _ name: String, _ help: String, _ bounds: [String], _ counts: [Int], _ sum: Int
    ) {
        family(name, "histogram", help)
        var total = 0
        for (bound, count) in zip(bounds, counts) {
            total += count
            sample(name + "_bucket", [("le", bound)], total)
        }
        total += counts.last ?? 0
        sample(name + "_bucket", [("le", "+Inf")], total)
        sample(name + "_sum", text: String(Double(sum) / 1e9))
        sample(name + "_count", text: String(total))
    }

    private static func escaped(_ value: String) -> String {
        var result = ""
        for scalar in value.unicodeScalars {
            switch scalar {
            case "\\": result += "\\\\"
            case "\"": result += "\\\""
            case "\n": result += "\\n"
            default: result.unicodeScalars.append(scalar)
            }
        }
        return result
    }
}

/// Somebody with metrics of their own, which `/metrics` shows after the server's.
package protocol MetricsSource: Sendable {
    /// Called on an event loop whenever somebody asks: it must not block.
    func write(into text: inout MetricsText)
}
