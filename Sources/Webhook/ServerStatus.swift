package import NIOCore
import Synchronization

/// What the server knows of itself beside its counters: its policies and certificate, and how their last reloads went.
///
/// Written by whoever loads, read by `/metrics`, `/policies`, `/version` and `/readyz`; not on the way of a request.
package final class ServerStatus: Sendable {
    /// How often something was loaded again, and with what result.
    package struct Reloads: Sendable, Equatable {
        package var succeeded = 0
        package var failed = 0
        /// Whether what is in force is what the files say.
        package var isCurrent = true
        /// When it was last loaded with success, in seconds since 1970.
        package var lastSuccess = 0
    }

    private struct State {
        var policies = 0
        var compileErrors = 0
        var policyReloads = Reloads()
        var policiesJSON = ByteBuffer(string: "{}\n")
        var certificateReloads = Reloads()
        var notAfter = 0
        var metricsSources: [any MetricsSource] = []
        /// What makes the server unready, by who says so.
        var obstacles: [String: String] = [:]
        /// What is worth knowing and no reason to be unready, by who says so.
        var remarks: [String: String] = [:]
    }

    private let state = Mutex(State())
    let version: String
    private let log: Log?
    private let needsValidCertificate: Bool

    /// - Parameter needsValidCertificate: whether the server counts as unready once its certificate has expired.
    package init(version: String, log: Log? = nil, needsValidCertificate: Bool = false) {
        self.version = version
        self.log = log
        self.needsValidCertificate = needsValidCertificate
    }

    package var policyReloads: Reloads { state.withLock { $0.policyReloads } }
    package var certificateReloads: Reloads { state.withLock { $0.certificateReloads } }
    /// When the certificate expires, in seconds since 1970.
    package var notAfter: Int { state.withLock { $0.notAfter } }

    /// Makes the server unready, or takes that back with nil. Each part of the server speaks for itself.
    package func setObstacle(_ part: String, _ why: String?) { state.withLock { $0.obstacles[part] = why } }

    /// Adds a line to what `/readyz?verbose` says, or takes it back with nil.
    package func setRemark(_ part: String, _ what: String?) { state.withLock { $0.remarks[part] = what } }

    /// Adds metrics of others to `/metrics`.
    package func add(_ source: any MetricsSource) { state.withLock { $0.metricsSources.append(source) } }

    /// A new set of policies is in force; `json` is what `/policies` shows.
    ///
    /// - Parameter errors: of parts that were left out, or kept as they were before.
    package func policiesLoaded(count: Int, json: ByteBuffer, isReload: Bool, now: Int, errors: Int = 0) {
        state.withLock { state in
            state.policies = count
            state.compileErrors = errors
            state.policiesJSON = json
            state.policyReloads.isCurrent = errors == 0
            state.policyReloads.lastSuccess = now
            if isReload {
                if errors == 0 { state.policyReloads.succeeded += 1 } else { state.policyReloads.failed += 1 }
            }
        }
    }

    /// A set was refused, the one before stays.
    package func policiesRefused(errors: Int, json: ByteBuffer) {
        state.withLock { state in
            state.compileErrors = errors
            state.policiesJSON = json
            state.policyReloads.isCurrent = false
            state.policyReloads.failed += 1
        }
    }

    package func certificateLoaded(notAfter: Int, isReload: Bool, now: Int) {
        state.withLock { state in
            state.notAfter = notAfter
            state.certificateReloads.isCurrent = true
            state.certificateReloads.lastSuccess = now
            if isReload { state.certificateReloads.succeeded += 1 }
        }
    }

    package func certificateRefused() {
        state.withLock { state in
            state.certificateReloads.isCurrent = false
            state.certificateReloads.failed += 1
        }
    }

    /// Why the server is not ready, or nil if it is.
    func unreadiness(now: Int) -> String? {
        let (notAfter, obstacles) = state.withLock { ($0.notAfter, $0.obstacles) }
        if let first = obstacles.min(by: { $0.key < $1.key }) { return first.value }
        guard needsValidCertificate, notAfter > 0, now >= notAfter else { return nil }
        return "the certificate has expired"
    }

    /// Lines for a probe that asks for more than a status.
    var remarks: [String] {
        state.withLock { state in
            var remarks: [String] = []
            if !state.policyReloads.isCurrent {
                remarks.append("the last set of policies was refused, the one before it is in force")
            }
            if !state.certificateReloads.isCurrent {
                remarks.append("the last certificate was refused, the one before it is in use")
            }
            return remarks + state.remarks.sorted { $0.key < $1.key }.map(\.value)
        }
    }

    func writePolicies(into output: inout ByteBuffer) {
        output.writeImmutableBuffer(state.withLock { $0.policiesJSON })
    }

    func writeVersion(into output: inout ByteBuffer) {
        output.writeStaticString(#"{"name":"policy-webhook","version":"#)
        output.writeJSONString(version)
        output.writeStaticString("}\n")
    }

    func writeMetrics(into text: inout MetricsText) {
        let state = state.withLock { $0 }
        text.single("guardrail_policies", "gauge", "Policies in force.", state.policies)
        text.single(
            "guardrail_policy_compile_errors", "gauge", "Errors in the last set of policies; 0 once it is in force.",
            state.compileErrors)
        write(state.policyReloads, of: "policy", what: "set of policies", into: &text)
        write(state.certificateReloads, of: "certificate", what: "certificate", into: &text)
        let now = WallClock.now()
        if state.notAfter > 0 {
            text.single(
                "guardrail_certificate_not_after_seconds", "gauge", "When the certificate expires, in Unix time.",
                state.notAfter)
            text.single(
                "guardrail_certificate_expiry_seconds", "gauge", "Seconds until the certificate expires.",
                state.notAfter - now)
        }
        text.single(
            "guardrail_log_lines_dropped_total", "counter", "Log lines over the bounds or not writable.",
            log?.droppedLines ?? 0)
        text.family("guardrail_build_info", "gauge", "The running version.")
        text.sample("guardrail_build_info", [("version", version)], 1)
        for source in state.metricsSources { source.write(into: &text) }
    }

    private func write(_ reloads: Reloads, of name: String, what: String, into text: inout MetricsText) {
        let family = "guardrail_\(name)_reloads_total"
        text.family(family, "counter", "Attempts to load a changed \(what), by result.")
        text.sample(family, [("result", "ok")], reloads.succeeded)
        text.sample(family, [("result", "failed")], reloads.failed)
        text.single(
            "guardrail_\(name)_current", "gauge", "1 while the \(what) in use is what the files say.",
            reloads.isCurrent ? 1 : 0)
        text.single(
            "guardrail_\(name)_last_load_seconds", "gauge", "When a \(what) was last put in use, in Unix time.",
            reloads.lastSuccess)
    }
}
