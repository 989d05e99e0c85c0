import Admission
package import Diagnostics
package import PolicyEngine
package import Values

/// Kubernetes' own policies: ValidatingAdmissionPolicy and ValidatingAdmissionPolicyBinding, v1 and v1beta1.
package struct ValidatingAdmissionPolicyLanguage: PolicyLanguage {
    /// Whether policies that the API server would refuse on write are used all the same, as if they were stored
    /// already: their broken expressions then fail at evaluation. What is wrong is reported in either case.
    private let admitsInvalid: Bool
    /// Whether a policy without a binding is acceptable; without a binding it has no effect.
    private let allowsUnbound: Bool

    /// Whether a policy without a binding is in force as if one bound it everywhere, to deny.
    private let bindsUnbound: Bool

    package init(admitsInvalid: Bool = false, allowsUnbound: Bool = false, bindsUnbound: Bool = false) {
        self.admitsInvalid = admitsInvalid
        self.allowsUnbound = allowsUnbound || bindsUnbound
        self.bindsUnbound = bindsUnbound
    }

    private static let group = "admissionregistration.k8s.io"
    private static let versions = ["v1", "v1beta1"]
    private static let policyKind = "ValidatingAdmissionPolicy"
    private static let bindingKind = "ValidatingAdmissionPolicyBinding"
    private static let key = "ValidatingAdmissionPolicy"

    /// What has been read and waits for its counterpart.
    private struct Pending: Sendable {
        var policies: [PolicyDefinition] = []
        var bindings: [BindingDefinition] = []
        /// By name, to find duplicates.
        var policyRoots: [String: Node] = [:]
        var bindingRoots: [String: Node] = [:]
        /// Bindings that could not be read have a policy all the same.
        var brokenBindings = 0
        var brokenPolicies: Set<String> = []
    }

    package func claims(_ source: PolicySource) -> Bool {
        source.group == Self.group && [Self.policyKind, Self.bindingKind].contains(source.kind)
    }

    package func compile(_ source: PolicySource, into set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        guard Self.versions.contains(source.version) else {
            log.report(
                Diagnostic(
                    "vap-version", .error, "unsupported apiVersion `\(source.apiVersion)`", file: source.file,
                    range: range(source.root["apiVersion"] ?? source.root),
                    help: "use `\(Self.group)/v1`"))
            return
        }
        // Taken out while it changes, so that its lists are not copied.
        var pending = set.pending.removeValue(forKey: Self.key) as? Pending ?? Pending()
        defer { set.pending[Self.key] = pending }
        guard pending.policies.count + pending.bindings.count < PolicyLimits.maximumDefinitions else {
            log.report(
                Diagnostic(
                    "vap-too-many", .error, "more than \(PolicyLimits.maximumDefinitions) policies and bindings",
                    file: source.file, range: range(source.root)))
            return
        }
        var reader = FieldReader()
        if source.kind == Self.policyKind {
            if let policy = reader.policy(source.root) {
                let earlier = pending.policyRoots.updateValue(policy.root, forKey: policy.name)
                if let earlier {
                    reportDuplicate(policy.name, policy.root, earlier, "policy", &log)
                } else if reader.errors.isEmpty || admitsInvalid {
                    pending.policies.append(policy)
                } else {
                    pending.brokenPolicies.insert(policy.name)
                }
            }
        } else if var binding = reader.binding(source.root) {
            if bindsUnbound, binding.actionNames.isEmpty { (binding.actions, binding.actionNames) = (.deny, ["Deny"]) }
            if let earlier = pending.bindingRoots.updateValue(binding.root, forKey: binding.name) {
                reportDuplicate(binding.name, binding.root, earlier, "binding", &log)
            } else {
                // Kept also if broken, so that its policy does not seem to have none.
                pending.bindings.append(binding)
            }
        } else {
            pending.brokenBindings += 1
        }
        for error in reader.errors {
            let isOptional = bindsUnbound && error.kind == .required && Self.optionalInTests.contains(error.field)
            for var diagnostic in error.diagnostics {
                if isOptional { diagnostic.severity = .warning }
                log.report(diagnostic)
            }
        }
    }

    /// What the runners of policy tests let a binding leave out, unlike the API server: it then denies.
    private static let optionalInTests: Set<String> = [
        "spec.validationActions", "spec.paramRef.parameterNotFoundAction",
    ]

    package func finish(_ set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        guard let pending = set.pending.removeValue(forKey: Self.key) as? Pending else { return }
        let byPolicy = Dictionary(grouping: pending.bindings, by: \.policyName)
        for policy in pending.policies {
            var bindings = byPolicy[policy.name] ?? []
            if bindings.isEmpty, bindsUnbound {
                bindings.append(
                    BindingDefinition(
                        root: policy.root, name: policy.name, policyName: policy.name, policyNameNode: policy.root,
                        actions: .deny, actionNames: ["Deny"]))
            }
            if bindings.isEmpty, pending.brokenBindings == 0, !allowsUnbound { reportUnbound(policy, pending, &log) }
            var compiler = ExpressionCompiler()
            let compiled = AdmissionPolicy(policy, bindings: bindings, compiler: &compiler)
            for error in compiler.errors { error.diagnostics.forEach { log.report($0) } }
            if compiler.errors.isEmpty || admitsInvalid { set.add(compiled) }
        }
        let known = Set(pending.policies.map(\.name)).union(pending.brokenPolicies)
        for binding in pending.bindings where !known.contains(binding.policyName) {
            let names = known.sorted()
            log.report(
                Diagnostic(
                    "vap-no-policy", .warning, "there is no policy `\(binding.policyName)` for this binding",
                    file: binding.root.document.source, range: range(binding.policyNameNode),
                    help: closestMatch(to: binding.policyName, among: names).map { "did you mean `\($0)`?" }))
        }
    }

    /// What the API server would refuse a policy or binding for on write, with its field paths.
    package static func fieldErrors(_ root: Node) -> [FieldError] {
        var reader = FieldReader()
        guard root["kind"]?.string == policyKind else {
            _ = reader.binding(root)
            return reader.errors
        }
        guard let policy = reader.policy(root) else { return reader.errors }
        var compiler = ExpressionCompiler()
        _ = AdmissionPolicy(policy, bindings: [], compiler: &compiler)
        return reader.errors + compiler.errors
    }

    // MARK: Diagnostics

    private func range(_ node: Node) -> SourceRange? { node.position.map { SourceRange(at: $0) } }

    private func reportUnbound(_ policy: PolicyDefinition, _ pending: Pending, _ log: inout DiagnosticLog) {
        let node = policy.root["metadata"]?["name"] ?? policy.root
        log.report(
            Diagnostic(
                "vap-no-binding", .error, "policy `\(policy.name)` has no binding, so it has no effect",
                file: policy.root.document.source, range: range(node),
                help: "add a ValidatingAdmissionPolicyBinding with `policyName: \(policy.name)`"))
    }

    private func reportDuplicate(
        _ name: String, _ root: Node, _ earlier: Node, _ what: String, _ log: inout DiagnosticLog
    ) {
        let first = earlier["metadata"]?["name"] ?? earlier
        log.report(
            Diagnostic(
                "vap-duplicate-name", .error, "a \(what) named `\(name)` exists already",
                file: root.document.source, range: range(root["metadata"]?["name"] ?? root),
                notes: [
                    Diagnostic.Note("the first is here", file: first.document.source, range: range(first))
                ]))
    }
}
