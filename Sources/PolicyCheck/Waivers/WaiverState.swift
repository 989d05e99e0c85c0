import Admission
import Diagnostics
import Documents
import PolicyEngine
import Reporting
import Values

/// What a waiver is worth today.
enum WaiverState: String {
    case active
    /// Ends within two weeks.
    case expiring
    case expired
    /// Excuses none of the objects that were judged.
    case unused
    /// None of its policies is there.
    case noPolicy = "no policy"

    /// Seconds before the end in which a waiver is said to be ending.
    static let notice: Int64 = 14 * 86_400

    /// - Parameter isUsed: nil if no objects were judged.
    init(_ exception: any CompiledException, policies: LoadedPolicies, isUsed: Bool?, now: Timestamp) {
        if let end = exception.expiresAt, end <= now {
            self = .expired
        } else if !policies.compiled.contains(where: { exception.covers($0.id) }) {
            self = .noPolicy
        } else if isUsed == false {
            self = .unused
        } else if let end = exception.expiresAt, end.seconds - now.seconds <= Self.notice {
            self = .expiring
        } else {
            self = .active
        }
    }
}

/// All waivers of a run with their states.
struct WaiverInventory {
    struct Entry {
        let exception: any CompiledException
        let state: WaiverState
        /// As the exception names them.
        let policies: [String]
        let reason: String
    }

    private(set) var entries: [Entry] = []
    /// Inputs that could not be read.
    private(set) var unreadable = 0

    /// - Parameter paths: manifests to tell which waivers are used; empty if that is not asked.
    init(
        _ policies: LoadedPolicies, paths: [String], _ request: ManifestOptions, _ log: Log
    ) throws(RunFailure) {
        var used: Set<String>?
        if !paths.isEmpty {
            var found: Set<String> = []
            let inputs = try request.selection.inputs(paths, log: log)
            let judge = FileJudge(policies: policies, options: request.options, schemas: request.schemas)
                .adding(CustomDefinitions.find(in: inputs.items, jobs: 1))
            for item in inputs.items {
                let report = judge.judge(item).report
                for subject in report.subjects { found.formUnion(subject.usedExceptions) }
                for diagnostic in report.diagnostics where diagnostic.severity == .error {
                    unreadable += 1
                    try log.report(diagnostic)
                }
            }
            used = found
        }
        let now = SystemClock.now()
        let nodes = policies.documents.filter { $0["kind" as StaticString]?.string == "PolicyException" }
        for exception in policies.waivers {
            let node = nodes.first {
                $0.document.source === exception.id.file && $0.position == exception.id.position
            }
            let references = node?["spec"]?["policyRefs"]?.elements.compactMap { $0["name"]?.string } ?? []
            let annotations = node?["metadata"]?["annotations"]
            let isUsed = used.map { $0.contains(exception.id.qualifiedName) }
            entries.append(
                Entry(
                    exception: exception,
                    state: WaiverState(exception, policies: policies, isUsed: isUsed, now: now),
                    policies: references, reason: annotations?[WaiverText.reasonAnnotation]?.string ?? ""))
        }
    }
}

/// How manifests become requests, and which are taken.
struct ManifestOptions {
    var options: ManifestRequestOptions
    var selection: SelectionOptions
    var schemas: ManifestSchemas
}

extension CompiledException {
    /// What a run has to say about a waiver; nil if it does its work and goes on to.
    func remark(isUsed: Bool, in policies: LoadedPolicies) -> Diagnostic? {
        let name = id.qualifiedName
        func remark(_ id: String, _ message: String, _ help: String) -> Diagnostic {
            Diagnostic(
                id, .warning, message, file: self.id.file, range: self.id.position.map { SourceRange(at: $0) },
                help: help)
        }
        let end = expiresAt.map(\.utcText) ?? ""
        switch WaiverState(self, policies: policies, isUsed: isUsed, now: SystemClock.now()) {
        case .active: return nil
        case .expiring:
            return remark(
                "exception-expiring", "exception `\(name)` ends on \(end)",
                "the finding is back then; extend `expiresAt` if it must not be")
        case .expired:
            return remark(
                "exception-expired", "exception `\(name)` has expired on \(end)",
                "remove it with `policy-check waiver prune`, or extend `expiresAt` if it is still needed")
        case .unused, .noPolicy:
            return remark(
                DiagnosticID.unusedException, "exception `\(name)` excused nothing in this run",
                "remove it if nothing needs it any more")
        }
    }
}
