import Admission
import Diagnostics
import KubernetesCEL
import PolicyEngine
import Values

/// A kind of policy of the API group that is put into force by a binding.
protocol BoundDefinition: Sendable {
    /// `ValidatingAdmissionPolicy`.
    static var kind: String { get }
    static var versions: [String] { get }
    /// How the ids of diagnostics begin: `vap`.
    static var prefix: String { get }

    var head: PolicyHead { get }

    /// - Returns: nil if there is no name or no spec.
    static func read(policy root: Node, _ reader: inout FieldReader) -> Self?
    static func read(binding root: Node, _ reader: inout FieldReader) -> BindingDefinition?

    /// Compiles the policy and adds it, unless its expressions have errors and `admitsInvalid` is false.
    func compile(
        _ bindings: [BindingDefinition], version: KubernetesVersion, admitsInvalid: Bool,
        into set: inout PolicySet.Builder
    ) -> [FieldError]
}

extension BoundDefinition {
    static var bindingKind: String { "\(kind)Binding" }
}

/// Reads policies and bindings of one kind and joins them when all are in.
struct PolicyPairing<Definition: BoundDefinition>: PolicyLanguage {
    /// Whose functions expressions may use.
    let version: KubernetesVersion
    /// Whether policies that the API server would refuse on write are used all the same, as if they were stored
    /// already: their broken expressions then fail at evaluation. What is wrong is reported in either case.
    let admitsInvalid: Bool
    /// Whether a policy without a binding is acceptable; without a binding it has no effect.
    let allowsUnbound: Bool
    /// Whether a policy without a binding is in force as if one bound it everywhere, to deny.
    let bindsUnbound: Bool

    private var group: String { "admissionregistration.k8s.io" }

    /// What has been read and waits for its counterpart.
    private struct Pending: Sendable {
        var policies: [Definition] = []
        var bindings: [BindingDefinition] = []
        /// By name, to find duplicates.
        var policyRoots: [String: Node] = [:]
        var bindingRoots: [String: Node] = [:]
        /// Bindings that could not be read have a policy all the same.
        var brokenBindings = 0
        var brokenPolicies: Set<String> = []

        /// Whether a document is the policy or binding that was read last.
        func isLatest(_ root: Node) -> Bool {
            [policies.last?.head.root, bindings.last?.root].contains { last in
                last.map { $0.document === root.document && $0.index == root.index } ?? false
            }
        }
    }

    var policyKinds: [PolicyKind] {
        [Definition.kind, Definition.bindingKind].map {
            PolicyKind(group: group, versions: Definition.versions, kind: $0)
        }
    }

    func claims(_ source: PolicySource) -> Bool {
        source.group == group && [Definition.kind, Definition.bindingKind].contains(source.kind)
    }

    func compile(_ source: PolicySource, into set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        guard Definition.versions.contains(source.version) else {
            log.report(
                Diagnostic(
                    "\(Definition.prefix)-version", .error, "unsupported apiVersion `\(source.apiVersion)`",
                    file: source.file,
                    range: range(source.root["apiVersion"] ?? source.root),
                    help: "use `\(group)/v1`"))
            return
        }
        // Taken out while it changes, so that its lists are not copied.
        var pending = set.pending.removeValue(forKey: Definition.kind) as? Pending ?? Pending()
        defer { set.pending[Definition.kind] = pending }
        guard pending.policies.count + pending.bindings.count < PolicyLimits.maximumDefinitions else {
            log.report(
                Diagnostic(
                    "\(Definition.prefix)-too-many", .error,
                    "more than \(PolicyLimits.maximumDefinitions) policies and bindings",
                    file: source.file, range: range(source.root)))
            return
        }
        var reader = FieldReader()
        if source.kind == Definition.kind {
            if let policy = Definition.read(policy: source.root, &reader) {
                let earlier = pending.policyRoots.updateValue(policy.head.root, forKey: policy.head.name)
                if let earlier {
                    log.reportDuplicate(
                        "\(Definition.prefix)-duplicate-name", "policy named `\(policy.head.name)`", policy.head.root,
                        earlier: earlier)
                } else if reader.errors.isEmpty || admitsInvalid {
                    pending.policies.append(policy)
                } else {
                    pending.brokenPolicies.insert(policy.head.name)
                }
            }
        } else if var binding = Definition.read(binding: source.root, &reader) {
            if bindsUnbound, binding.actionNames.isEmpty { (binding.actions, binding.actionNames) = (.deny, ["Deny"]) }
            if let earlier = pending.bindingRoots.updateValue(binding.root, forKey: binding.name) {
                log.reportDuplicate(
                    "\(Definition.prefix)-duplicate-name", "binding named `\(binding.name)`", binding.root,
                    earlier: earlier)
            } else {
                // Kept also if broken, so that its policy does not seem to have none.
                pending.bindings.append(binding)
            }
        } else {
            pending.brokenBindings += 1
        }
        // One that could be read is used whatever is wrong with it.
        let isStored = admitsInvalid && pending.isLatest(source.root)
        for error in reader.errors {
            let isOptional = bindsUnbound && error.kind == .required && optionalInTests.contains(error.field)
            for var diagnostic in error.diagnostics {
                if isOptional || isStored { diagnostic.severity = .warning }
                log.report(diagnostic)
            }
        }
    }

    func finish(_ set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        guard let pending = set.pending.removeValue(forKey: Definition.kind) as? Pending else { return }
        let byPolicy = Dictionary(grouping: pending.bindings, by: \.policyName)
        for policy in pending.policies {
            var bindings = byPolicy[policy.head.name] ?? []
            if bindings.isEmpty, bindsUnbound {
                let (root, name) = (policy.head.root, policy.head.name)
                bindings.append(
                    BindingDefinition(
                        root: root, name: name, policyName: name, policyNameNode: root, actions: .deny,
                        actionNames: ["Deny"]))
            }
            if bindings.isEmpty, pending.brokenBindings == 0, !allowsUnbound { reportUnbound(policy.head, &log) }
            let errors = policy.compile(bindings, version: version, admitsInvalid: admitsInvalid, into: &set)
            for var diagnostic in errors.flatMap(\.diagnostics) {
                if admitsInvalid { diagnostic.severity = .warning }
                log.report(diagnostic)
            }
        }
        let known = Set(pending.policies.map(\.head.name)).union(pending.brokenPolicies)
        for binding in pending.bindings where !known.contains(binding.policyName) {
            let names = known.sorted()
            log.report(
                Diagnostic(
                    "\(Definition.prefix)-no-policy", .warning,
                    "there is no policy `\(binding.policyName)` for this binding",
                    file: binding.root.document.source, range: range(binding.policyNameNode),
                    help: closestMatch(to: binding.policyName, among: names).map { "did you mean `\($0)`?" }))
        }
    }

    /// What the API server would refuse a policy or binding for on write, with its field paths.
    static func fieldErrors(_ root: Node) -> [FieldError] {
        var reader = FieldReader()
        guard root["kind"]?.string == Definition.kind else {
            _ = Definition.read(binding: root, &reader)
            return reader.errors
        }
        guard let policy = Definition.read(policy: root, &reader) else { return reader.errors }
        var ignored = PolicySet.Builder()
        return reader.errors + policy.compile([], version: .latest, admitsInvalid: false, into: &ignored)
    }

    // MARK: Diagnostics

    private func range(_ node: Node) -> SourceRange? { node.position.map { SourceRange(at: $0) } }

    private func reportUnbound(_ policy: PolicyHead, _ log: inout DiagnosticLog) {
        let node = policy.root["metadata"]?["name"] ?? policy.root
        log.report(
            Diagnostic(
                "\(Definition.prefix)-no-binding", .error,
                "policy `\(policy.name)` has no binding, so it has no effect",
                file: policy.root.document.source, range: range(node),
                help: "add a \(Definition.bindingKind) with `policyName: \(policy.name)`"))
    }
}

/// What the runners of policy tests let a binding leave out, unlike the API server: it then denies.
private let optionalInTests: Set<String> = ["spec.validationActions", "spec.paramRef.parameterNotFoundAction"]
