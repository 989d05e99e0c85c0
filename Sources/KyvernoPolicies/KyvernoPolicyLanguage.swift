import Admission
package import Diagnostics
package import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Kyverno's CEL policies: ValidatingPolicy, ImageValidatingPolicy, MutatingPolicy, the same in a namespace, and
/// PolicyException of
/// policies.kyverno.io, v1, v1beta1 and v1alpha1. Its other kinds are claimed and refused, so that none is passed over in silence.
package struct KyvernoPolicyLanguage: PolicyLanguage {
    /// Whether policies that change objects which exist already are kept; nothing but tests of policies can show them.
    private let changesExisting: Bool

    package init(changesExisting: Bool = false) { self.changesExisting = changesExisting }

    private static let group = "policies.kyverno.io"
    private static let versions = ["v1", "v1beta1", "v1alpha1"]
    private static let kinds = [
        "ValidatingPolicy", "NamespacedValidatingPolicy", "ImageValidatingPolicy", "NamespacedImageValidatingPolicy",
        "MutatingPolicy", "NamespacedMutatingPolicy",
        "PolicyException",
    ]
    /// Kinds of the group that are not supported, with the reason.
    private static let unsupported: [String: String] = [
        "GeneratingPolicy": "it creates objects in a cluster",
        "DeletingPolicy": "it deletes objects from a cluster",
    ]
    private static let key = "policies.kyverno.io"

    private struct Pending: Sendable {
        var exceptions: [PolicyException] = []
        var roots: [PolicyID: Node] = [:]
    }

    package var policyKinds: [PolicyKind] {
        Self.kinds.filter { $0 != "PolicyException" }.map {
            PolicyKind(group: Self.group, versions: Self.versions, kind: $0)
        }
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
        } else if kind == "MutatingPolicy" {
            if let definition = reader.mutatingPolicy(source.root, kind: source.kind) {
                let policy = KyvernoMutatingPolicy(definition, compiler: &compiler)
                let hasErrors = !reader.errors.isEmpty || !compiler.errors.isEmpty
                if isUsable(definition.mode, source, &log), isAtAdmission(definition, source, &log) {
                    if let earlier = pending.roots.updateValue(source.root, forKey: policy.id) {
                        reportDuplicate(policy.id, source, earlier, &log)
                    } else if !hasErrors {
                        set.add(policy)
                    }
                }
            }
        } else if let definition = reader.validatingPolicy(source.root, kind: source.kind) {
            let policy = ValidatingPolicy(definition, reader: &reader, compiler: &compiler)
            definition.images?.warnings.forEach { log.report($0) }
            if !isUsable(definition.mode, source, &log) {
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
            let ids = set.policies.map(\.id) + set.mutatingPolicies.map(\.id)
            let readers =
                set.policies.filter(\.readsAllowances).map(\.id)
                + set.mutatingPolicies.filter(\.readsAllowances).map(\.id)
            let covered = ids.filter { exception.covers($0) }
            for reference in exception.references
            where !ids.contains(where: {
                $0.kind == reference.kind && [$0.name, $0.qualifiedName].contains(reference.name)
            }) {
                let names = ids.filter { $0.kind == reference.kind }.map(\.name)
                log.report(
                    Diagnostic(
                        "exception-no-policy", .warning,
                        "there is no \(reference.kind) `\(reference.name)` for this exception", file: exception.id.file,
                        range: reference.node.position.map { SourceRange(at: $0) },
                        help: closestMatch(to: reference.name, among: names).map { "did you mean `\($0)`?" }))
            }
            if !exception.allowances.isEmpty, !covered.isEmpty, !covered.contains(where: readers.contains) {
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

    /// Whether policies of that mode can be judged; if not that is reported.
    private func isUsable(_ mode: EvaluationMode, _ source: PolicySource, _ log: inout DiagnosticLog) -> Bool {
        guard mode == .envoy || mode == .http else { return true }
        report(
            "kyverno-mode", "evaluation mode `\(mode.rawValue)` is not supported", source,
            at: source.root["spec"]?["evaluation"]?["mode"],
            help: "Kubernetes objects and JSON documents are judged, not requests to other servers", &log)
        return false
    }

    /// Whether a policy changes objects at admission; if not that is reported.
    private func isAtAdmission(
        _ definition: MutatingPolicyDefinition, _ source: PolicySource, _ log: inout DiagnosticLog
    ) -> Bool {
        guard !changesExisting else { return true }
        if let targets = definition.targets {
            report(
                "kyverno-mutate-existing",
                "the policy changes objects that exist already, which happens in a cluster and not at admission",
                source,
                at: targets.node, help: "`policy-check test` shows what it does to a test's `targetResources`", &log)
            return false
        }
        if let node = definition.notAtAdmission {
            report(
                "kyverno-not-at-admission", "the policy changes nothing at admission, so it has no effect here", source,
                at: node, help: "leave `evaluation.admission` out, or set `enabled: true`", &log)
            return false
        }
        return true
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
