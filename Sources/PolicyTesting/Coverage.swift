package import Diagnostics
package import PolicyEngine

/// What tests reached in one policy.
package struct PolicyCoverage: Sendable {
    package struct Point: Sendable {
        package var role: CoveragePoint.Role
        package var text: String
        package var range: SourceRange?
        package var wanted: CoverageOutcomes
        package var seen: CoverageOutcomes

        package var missing: CoverageOutcomes { wanted.subtracting(seen) }

        /// `never true`, `never false` or `never evaluated`; nil if all was seen.
        package var complaint: String? {
            let missing = missing
            if missing.isEmpty { return nil }
            if seen.isEmpty || missing == wanted {
                return seen.contains(.error) ? "only ever an error" : "never evaluated"
            }
            return missing == .isTrue ? "never true" : "never false"
        }
    }

    package let kind: String
    package let name: String
    package let file: SourceFile?
    package internal(set) var points: [Point]

    init(_ policy: any CoverablePolicy, _ recorder: CoverageRecorder) {
        let id = policy.coverageID
        kind = id.kind
        name = id.qualifiedName
        let points = policy.coveragePoints
        file = points.first?.check.file ?? id.file
        self.points = points.map { point in
            Point(
                role: point.role, text: point.text, range: point.range, wanted: point.wanted,
                seen: recorder.outcomes(of: point))
        }
    }

    /// Outcomes seen and outcomes there are.
    package func count(_ role: CoveragePoint.Role? = nil) -> (seen: Int, of: Int) {
        points.filter { role == nil || $0.role == role }.reduce((0, 0)) { sum, point in
            let wanted = point.wanted.rawValue.nonzeroBitCount
            return (sum.0 + wanted - point.missing.rawValue.nonzeroBitCount, sum.1 + wanted)
        }
    }
}

/// What all tests together reached, by policy.
package struct CoverageSummary: Sendable {
    /// In the order in which tests named them.
    package private(set) var policies: [PolicyCoverage] = []
    private var indices: [String: Int] = [:]

    package init() {}

    package mutating func add(_ coverage: [PolicyCoverage]) {
        for policy in coverage {
            // Tests name the same file by different ways.
            let path = policy.file.map { Self.normalized($0.name) } ?? ""
            let key = "\(path)\n\(policy.kind)\n\(policy.name)"
            guard let index = indices[key], policies[index].points.count == policy.points.count else {
                indices[key] = policies.count
                policies.append(policy)
                continue
            }
            for (number, point) in policy.points.enumerated() {
                policies[index].points[number].seen.formUnion(point.seen)
            }
        }
    }

    package var count: (seen: Int, of: Int) {
        policies.reduce((0, 0)) { sum, policy in
            let count = policy.count()
            return (sum.0 + count.seen, sum.1 + count.of)
        }
    }

    /// In tenths, rounded down, so that 100 % means all of it.
    package static func percent(_ count: (seen: Int, of: Int)) -> Double {
        count.of == 0 ? 100 : Double(count.seen * 1000 / count.of) / 10
    }

    /// Without `.` and, where they can be told, `..`.
    package static func normalized(_ path: String) -> String {
        var parts: [Substring] = []
        for part in path.split(separator: "/") where part != "." {
            if part == "..", let last = parts.last, last != ".." { parts.removeLast() } else { parts.append(part) }
        }
        return (path.hasPrefix("/") ? "/" : "") + parts.joined(separator: "/")
    }
}
