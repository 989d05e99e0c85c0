import Diagnostics
import Documents
import PolicyEngine
import Webhook

/// The files and directories of policies, which are loaded again whenever they change.
struct PolicyFiles: Reloadable {
    let assembly: PolicyAssembly

    static func fingerprint(_ paths: [String]) -> UInt64 {
        var fingerprint = FileFingerprint()
        for path in paths {
            fingerprint.add(path: path)
            guard DirectoryWalk.isDirectory(path) else { continue }
            for file in DirectoryWalk(path: path).files { fingerprint.add(path: file) }
        }
        return fingerprint.value
    }

    func fingerprint() -> UInt64 { Self.fingerprint(assembly.paths) }

    func reload() -> ReloadOutcome { assembly.reloadFiles() }
}

extension LogLine {
    init(policyDiagnostic diagnostic: Diagnostic) {
        self.init(diagnostic.severity == .error ? .error : .warning, diagnostic.message)
        add("id", diagnostic.id)
        add("file", diagnostic.file?.name ?? "")
        add("line", Int(diagnostic.range?.start.line ?? 0))
    }
}

extension Log {
    /// Says which `--policy-enforcement` is about no policy: a misspelt one would leave the real one as it is.
    func write(modesOf enforcement: Enforcement, unknownTo policies: PolicySet) {
        let known = Set((policies.policies.map(\.id) + policies.mutatingPolicies.map(\.id)).map(\.qualifiedName))
        for name in enforcement.modes.keys.sorted() where !known.contains(name) {
            var line = LogLine(.warning, "--policy-enforcement names no policy")
            line.add("policy", name)
            write(line)
        }
    }
}
