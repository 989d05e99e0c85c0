import Diagnostics
import PolicyEngine
import PolicyLanguages
import Webhook

/// Loads the policies and makes what answers with them.
///
/// - Throws: `StartFailure` with all diagnostics if anything is wrong: a server with half of its policies is worse than
///   none. Unreadable paths are the caller's mistake (2), everything else a policy's (3).
func makeResponder(policyPaths: [String]) throws -> any AdmissionResponder {
    var loader = PolicyLoader()
    for path in policyPaths { loader.load(policyPath: path) }
    let policies = loader.finish().policies
    let renderer = DiagnosticRenderer()
    let text = loader.log.diagnostics.map { renderer.render($0) }.joined()
    guard let policies else {
        let isUnreadable = loader.log.diagnostics.contains { $0.severity == .error && $0.id.hasPrefix("file-") }
        throw StartFailure(exitCode: isUnreadable ? 2 : 3, text: text + "error: the policies cannot be used\n")
    }
    for diagnostic in loader.log.diagnostics {
        var line = LogLine(.warning, diagnostic.message)
        line.add("id", diagnostic.id)
        line.add("file", diagnostic.file?.name ?? "")
        line.add("line", Int(diagnostic.range?.start.line ?? 0))
        line.write()
    }
    return EngineResponder(policies)
}
