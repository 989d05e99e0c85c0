import Diagnostics
import Documents
import NIOCore
import OpenSSLTLS
import PolicyEngine
import PolicyLanguages
import Webhook

/// The policies of some files and directories: loaded once at the start, and again whenever the files change.
struct PolicyFiles: Reloadable {
    let paths: [String]
    let holder: PolicyHolder
    let status: ServerStatus
    let log: Log
    /// Called after a reload, whose garbage is better given back to the system.
    let afterReload: @Sendable () -> Void

    /// What was made of the files.
    struct Load {
        var policies: PolicySet?
        var diagnostics: [Diagnostic]
        var errors: Int
        /// Whether a file could not even be read.
        var isUnreadable: Bool { diagnostics.contains { $0.severity == .error && $0.id.hasPrefix("file-") } }
    }

    static func load(_ paths: [String]) -> Load {
        var loader = PolicyLoader()
        for path in paths { loader.load(policyPath: path) }
        let policies = loader.finish().policies
        return Load(policies: policies, diagnostics: loader.log.diagnostics, errors: loader.log.errorCount)
    }

    static func fingerprint(_ paths: [String]) -> UInt64 {
        var fingerprint = FileFingerprint()
        for path in paths {
            fingerprint.add(path: path)
            guard DirectoryWalk.isDirectory(path) else { continue }
            for file in DirectoryWalk(path: path).files { fingerprint.add(path: file) }
        }
        return fingerprint.value
    }

    func fingerprint() -> UInt64 { Self.fingerprint(paths) }

    func reload() -> ReloadOutcome {
        let load = Self.load(paths)
        defer { afterReload() }
        guard let policies = load.policies else {
            let listing = PoliciesListing(holder.copy().policies, refused: load, now: WallClock.now())
            status.policiesRefused(errors: load.errors, json: listing.json)
            var line = LogLine(.error, "policies refused, the ones before stay in force")
            line.add("errors", load.errors)
            log.write(line)
            logDiagnostics(load)
            return load.isUnreadable ? .unreadable : .refused
        }
        holder.replace(with: policies)
        log.write(modesOfUnknownPoliciesIn: holder)
        let listing = PoliciesListing(holder.copy().policies, refused: nil, now: WallClock.now())
        status.policiesLoaded(
            count: policies.policies.count, json: listing.json, isReload: true, now: WallClock.now())
        var line = LogLine(.info, "policies loaded")
        line.add("policies", policies.policies.count)
        line.add("digest", listing.digest)
        log.write(line)
        logDiagnostics(load)
        return .loaded
    }

    private func logDiagnostics(_ load: Load) {
        for diagnostic in load.diagnostics.prefix(ExecutableLimits.shownDiagnostics) {
            log.write(LogLine(policyDiagnostic: diagnostic))
        }
    }
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
    fileprivate func write(modesOfUnknownPoliciesIn holder: PolicyHolder) {
        let policies = holder.copy().policies
        let known = Set((policies.policies.map(\.id) + policies.mutatingPolicies.map(\.id)).map(\.qualifiedName))
        for name in holder.enforcement.modes.keys.sorted() where !known.contains(name) {
            var line = LogLine(.warning, "--policy-enforcement names no policy")
            line.add("policy", name)
            write(line)
        }
    }
}

extension PolicyHolder {
    /// The first load.
    ///
    /// - Throws: `StartFailure` with all diagnostics if anything is wrong: a server with half of its policies is worse
    ///   than none. Unreadable paths are the caller's mistake (2), everything else a policy's (3).
    static func load(
        _ paths: [String], enforcement: Enforcement, status: ServerStatus, log: Log
    ) throws -> PolicyHolder {
        let load = PolicyFiles.load(paths)
        guard let policies = load.policies else {
            let renderer = DiagnosticRenderer()
            let text = load.diagnostics.map { renderer.render($0) }.joined()
            throw StartFailure(exitCode: load.isUnreadable ? 2 : 3, text: text + "error: the policies cannot be used\n")
        }
        for diagnostic in load.diagnostics { log.write(LogLine(policyDiagnostic: diagnostic)) }
        let holder = PolicyHolder(policies, enforcement: enforcement)
        log.write(modesOfUnknownPoliciesIn: holder)
        let now = WallClock.now()
        let listing = PoliciesListing(holder.copy().policies, refused: nil, now: now)
        status.policiesLoaded(count: policies.policies.count, json: listing.json, isReload: false, now: now)
        return holder
    }
}
