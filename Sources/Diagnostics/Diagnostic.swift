/// How much a diagnostic matters to the exit code.
package enum Severity: String, Sendable, CaseIterable {
    case error, warning, note
}

/// One message to the user: what is wrong, where, and what to do about it.
///
/// Wording: lower case, no full stop, the user's own words in backticks; advice goes into `help`.
package struct Diagnostic: Sendable {
    /// A secondary place that explains the first, such as the earlier one of two duplicate keys.
    package struct Note: Sendable {
        package var message: String
        package var file: SourceFile?
        package var range: SourceRange?

        package init(_ message: String, file: SourceFile? = nil, range: SourceRange? = nil) {
            self.message = message
            self.file = file
            self.range = range
        }
    }

    /// Stable identifier in kebab case, such as `yaml-duplicate-key`; scripts may depend on it.
    package var id: String
    package var severity: Severity
    package var message: String
    package var file: SourceFile?
    package var range: SourceRange?
    package var notes: [Note]
    package var help: String?

    package init(
        _ id: String, _ severity: Severity = .error, _ message: String, file: SourceFile? = nil,
        range: SourceRange? = nil, notes: [Note] = [], help: String? = nil
    ) {
        self.id = id
        self.severity = severity
        self.message = message
        self.file = file
        self.range = range
        self.notes = notes
        self.help = help
    }
}

/// Collects diagnostics up to a limit, so that hostile input cannot fill the memory with complaints about itself.
package struct DiagnosticLog: Sendable {
    package private(set) var diagnostics: [Diagnostic] = []
    /// How many were dropped after `limit` was reached.
    package private(set) var dropped = 0
    package let limit: Int

    package init(limit: Int = 1000) {
        self.limit = limit
    }

    package var errorCount: Int { diagnostics.count { $0.severity == .error } + dropped }
    package var hasErrors: Bool { errorCount > 0 }

    package mutating func report(_ diagnostic: Diagnostic) {
        if diagnostics.count < limit { diagnostics.append(diagnostic) } else { dropped += 1 }
    }

    package mutating func report(contentsOf other: DiagnosticLog) {
        other.diagnostics.forEach { report($0) }
        dropped += other.dropped
    }
}
