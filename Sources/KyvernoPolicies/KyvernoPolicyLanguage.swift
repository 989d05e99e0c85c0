import Admission
package import Diagnostics
package import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Kyverno's CEL policies: ValidatingPolicy, ImageValidatingPolicy, MutatingPolicy, the same in a namespace, and
/// PolicyException of
/// policies.kyverno.io, v1, v1beta1 and v1alpha1. Its other kinds are claimed and refused, so that none is passed over in silence.
package struct KyvernoPolicyLanguage: PolicyLanguage {
    /// Whether it is for tests of policies, which can show more than what happens at admission: policies that change
    /// objects which exist already, and policies about requests to other servers.
    private let isForTests: Bool

    package init(forTests isForTests: Bool = false) { self.isForTests = isForTests }

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
        private var roots: [PolicyID: Node] = [:]

        /// Whether no policy of that kind and name came before; if one did that is reported.
        mutating func isFirst(_ id: PolicyID, _ source: PolicySource, _ log: inout DiagnosticLog) -> Bool {
            guard let earlier = roots.updateValue(source.root, forKey: id) else { return true }
            log.reportDuplicate(
                "kyverno-duplicate-name", "\(id.kind) named `\(id.qualifiedName)`", source.root, earlier: earlier)
            return false
        }
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
            return log.report(
                "kyverno-kind", "`\(source.kind)` is not supported: \(reason)", in: source, at: source.root["kind"])
        }
        guard Self.versions.contains(source.version) else {
            return log.report(
                "kyverno-version", "unsupported apiVersion `\(source.apiVersion)`", in: source,
                at: source.root["apiVersion"], help: "use `\(Self.group)/v1`")
        }
        var pending = set.pending.removeValue(forKey: Self.key) as? Pending ?? Pending()
        defer { set.pending[Self.key] = pending }
        var reader = FieldReader()
        var compiler = ExpressionCompiler()
        if source.kind == "PolicyException" {
            let exception = reader.policyException(source.root, compiler: &compiler)
            if let exception, reader.errors.isEmpty, compiler.errors.isEmpty {
                if pending.exceptions.count >= KyvernoLimits.maximumExceptions {
                    log.report(
                        "exception-too-many", "more than \(KyvernoLimits.maximumExceptions) exceptions", in: source,
                        at: nil)
                } else {
                    pending.exceptions.append(exception)
                }
            }
        } else if kind == "MutatingPolicy" {
            if let definition = reader.mutatingPolicy(source.root, kind: source.kind) {
                let policy = KyvernoMutatingPolicy(definition, compiler: &compiler)
                let hasErrors = !reader.errors.isEmpty || !compiler.errors.isEmpty
                if isUsable(definition.mode, source, &log), isAtAdmission(definition, source, &log),
                    pending.isFirst(policy.id, source, &log), !hasErrors
                {
                    set.add(policy)
                }
            }
        } else if let definition = reader.validatingPolicy(source.root, kind: source.kind) {
            if definition.images == nil, definition.mode == .envoy || definition.mode == .http {
                let policy = RequestPolicy(definition, compiler: &compiler)
                if pending.isFirst(policy.id, source, &log), reader.errors.isEmpty, compiler.errors.isEmpty {
                    set.add(policy)
                    if !isForTests { warnOfRequests(definition.mode, source, &log) }
                }
            } else {
                let policy = ValidatingPolicy(definition, reader: &reader, compiler: &compiler)
                definition.images?.warnings.forEach { log.report($0) }
                if isUsable(definition.mode, source, &log), pending.isFirst(policy.id, source, &log),
                    reader.errors.isEmpty, compiler.errors.isEmpty
                {
                    set.add(policy)
                    if let node = definition.notAtAdmission {
                        if !isForTests {
                            log.report(
                                "kyverno-not-at-admission",
                                "the policy is not for admission: what it finds is noted and denies nothing",
                                severity: .warning, in: source, at: node,
                                help: "leave `evaluation.admission` out, or set `enabled: true`")
                        }
                    } else if let pinning = DigestPinning(policy) {
                        set.add(pinning)
                    }
                }
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
        log.report(
            "kyverno-mode", "evaluation mode `\(mode.rawValue)` is not for policies of this kind", in: source,
            at: source.root["spec"]?["evaluation"]?["mode"], help: "only a ValidatingPolicy answers such requests")
        return false
    }

    /// Says that a policy judges nothing here, so that it does not pass for one that does.
    private func warnOfRequests(_ mode: EvaluationMode, _ source: PolicySource, _ log: inout DiagnosticLog) {
        log.report(
            "kyverno-mode",
            "the policy answers \(mode.rawValue) requests and judges no Kubernetes object, so it has no effect here",
            severity: .warning, in: source, at: source.root["spec"]?["evaluation"]?["mode"],
            help: "`policy-check test` judges the requests in a test's `\(mode.rawValue.lowercased())Payloads`")
    }

    /// Whether a policy changes objects at admission; if not that is reported.
    private func isAtAdmission(
        _ definition: MutatingPolicyDefinition, _ source: PolicySource, _ log: inout DiagnosticLog
    ) -> Bool {
        guard !isForTests else { return true }
        if let targets = definition.targets {
            log.report(
                "kyverno-mutate-existing",
                "the policy changes objects that exist already, which happens in a cluster and not at admission",
                in: source, at: targets.node,
                help: "`policy-check test` shows what it does to a test's `targetResources`")
            return false
        }
        if let node = definition.notAtAdmission {
            log.report(
                "kyverno-not-at-admission", "the policy changes nothing at admission, so it has no effect here",
                in: source, at: node, help: "leave `evaluation.admission` out, or set `enabled: true`")
            return false
        }
        return true
    }
}
