import Admission
package import Diagnostics
package import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Kyverno's CEL policies: ValidatingPolicy, ImageValidatingPolicy, both also namespaced, and PolicyException of
/// policies.kyverno.io, v1, v1beta1 and v1alpha1. Its other kinds are claimed and refused, so that none is passed over in silence.
package struct KyvernoPolicyLanguage: PolicyLanguage {
    package init() {}

    private static let group = "policies.kyverno.io"
    private static let versions = ["v1", "v1beta1", "v1alpha1"]
    private static let kinds = [
        "ValidatingPolicy", "NamespacedValidatingPolicy", "ImageValidatingPolicy", "NamespacedImageValidatingPolicy",
        "PolicyException",
    ]
    /// Kinds of the group that are not supported, with the reason.
    private static let unsupported: [String: String] = [
        "MutatingPolicy": "mutation is not supported yet",
        "GeneratingPolicy": "it creates objects in a cluster",
        "DeletingPolicy": "it deletes objects from a cluster",
    ]
    private static let key = "policies.kyverno.io"

    private struct Pending: Sendable {
        var exceptions: [PolicyException] = []
        var roots: [PolicyID: Node] = [:]
    }

    package func claims(_ source: PolicySource) -> Bool {
        guard source.group == Self.group else { return false }
        let kind = source.kind.hasPrefix("Namespaced") ? String(source.kind.dropFirst(10)) : source.kind
        return Self.kinds.contains(source.kind) || Self.unsupported[kind] != nil
    }

    package func compile(_ source: PolicySource, into set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        let kind = source.kind.hasPrefix("Namespaced") ? String(source.kind.dropFirst(10)) : source.kind
        if let reason = Self.unsupported[kind] {
            return report(
                "kyverno-kind", "`\(source.kind)` is not supported: \(reason)", source, at: source.root["kind"], &log)
        }
        guard Self.versions.contains(source.version) else {
            return report(
                "kyverno-version", "unsupported apiVersion `\(source.apiVersion)`", source,
                at: source.root["apiVersion"], help: "use `\(Self.group)/v1`", &log)
        }
        var pending = set.pending.removeValue(forKey: Self.key) as? Pending ?? Pending()
        defer { set.pending[Self.key] = pending }
        var reader = FieldReader()
        var compiler = ExpressionCompiler()
        if source.kind == "PolicyException" {
            let exception = reader.policyException(source.root, compiler: &compiler)
            if let exception, reader.errors.isEmpty, compiler.errors.isEmpty {
                if pending.exceptions.count >= KyvernoLimits.maximumExceptions {
                    report(
                        "exception-too-many", "more than \(KyvernoLimits.maximumExceptions) exceptions", source,
                        at: source.root, &log)
                } else {
                    pending.exceptions.append(exception)
                }
            }
        } else if let definition = reader.validatingPolicy(source.root, kind: source.kind) {
            let policy = ValidatingPolicy(definition, reader: &reader, compiler: &compiler)
            definition.images?.warnings.forEach { log.report($0) }
            if definition.mode == .envoy || definition.mode == .http {
                report(
                    "kyverno-mode", "evaluation mode `\(definition.mode.rawValue)` is not supported", source,
                    at: source.root["spec"]?["evaluation"]?["mode"],
                    help: "Kubernetes objects and JSON documents are judged, not requests to other servers", &log)
            } else if let earlier = pending.roots.updateValue(source.root, forKey: policy.id) {
                reportDuplicate(policy.id, source, earlier, &log)
            } else if reader.errors.isEmpty, compiler.errors.isEmpty {
                set.add(policy)
                if let pinning = DigestPinning(policy) { set.add(pinning) }
            }
        }
        for error in reader.errors + compiler.errors { error.diagnostics.forEach { log.report($0) } }
    }

    package func finish(_ set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        guard let pending = set.pending.removeValue(forKey: Self.key) as? Pending else { return }
        for exception in pending.exceptions {
            let covered = set.policies.filter { exception.covers($0.id) }
            for reference in exception.references
            where !set.policies.contains(where: {
                $0.id.kind == reference.kind && [$0.id.name, $0.id.qualifiedName].contains(reference.name)
            }) {
                let names = set.policies.filter { $0.id.kind == reference.kind }.map(\.id.name)
                log.report(
                    Diagnostic(
                        "exception-no-policy", .warning,
                        "there is no \(reference.kind) `\(reference.name)` for this exception", file: exception.id.file,
                        range: reference.node.position.map { SourceRange(at: $0) },
                        help: closestMatch(to: reference.name, among: names).map { "did you mean `\($0)`?" }))
            }
            if !exception.allowances.isEmpty, !covered.isEmpty, !covered.contains(where: \.readsAllowances) {
                log.report(
                    Diagnostic(
                        "exception-allowances", .warning,
                        "`images` and `allowedValues` have no meaning for the policies of this exception, so it excuses "
                            + "nothing", file: exception.id.file,
                        range: exception.id.position.map { SourceRange(at: $0) },
                        help: "only policies that look at `exceptions` honour them"))
            }
            set.add(exception: exception)
        }
    }

    // MARK: Diagnostics

    private func report(
        _ id: String, _ message: String, _ source: PolicySource, at node: Node?, help: String? = nil,
        _ log: inout DiagnosticLog
    ) {
        let range = (node ?? source.root).position.map { SourceRange(at: $0) }
        log.report(Diagnostic(id, .error, message, file: source.file, range: range, help: help))
    }

    private func reportDuplicate(_ id: PolicyID, _ source: PolicySource, _ earlier: Node, _ log: inout DiagnosticLog) {
        func place(_ root: Node) -> SourceRange? {
            (root["metadata"]?["name"] ?? root).position.map { SourceRange(at: $0) }
        }
        log.report(
            Diagnostic(
                "kyverno-duplicate-name", .error, "a \(id.kind) named `\(id.qualifiedName)` exists already",
                file: source.file, range: place(source.root),
                notes: [
                    Diagnostic.Note("the first is here", file: earlier.document.source, range: place(earlier))
                ]))
    }
}
