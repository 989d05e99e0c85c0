import Admission
package import Diagnostics
package import KubernetesCEL
package import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Gatekeeper's ConstraintTemplates with rules in CEL, and their constraints. Templates in Rego are refused, and so are
/// Gatekeeper's other objects that would change what is judged: none is passed over in silence.
package struct GatekeeperPolicyLanguage: PolicyLanguage {
    private let version: KubernetesVersion
    private let point: EnforcementPoint
    /// Whether templates are for all operations and subresources where they do not say; Gatekeeper's tests judge what
    /// they are given, its webhook is asked about CREATE and UPDATE.
    private let judgesAll: Bool

    package init(version: KubernetesVersion = .latest, point: EnforcementPoint = .webhook, judgesAll: Bool = false) {
        self.version = version
        self.point = point
        self.judgesAll = judgesAll
    }

    private static let templates = "templates.gatekeeper.sh"
    private static let templateVersions = ["v1", "v1beta1", "v1alpha1"]
    /// Groups of objects that are not supported, with what they do.
    private static let unsupported: [String: String] = [
        "mutations.gatekeeper.sh": "it changes objects",
        "expansion.gatekeeper.sh": "workloads are judged by their Pod templates without it",
        "config.gatekeeper.sh": "it exempts namespaces from being judged",
        "externaldata.gatekeeper.sh": "nothing is fetched during evaluation",
        "syncset.gatekeeper.sh": "policies in CEL have no inventory",
    ]

    private struct Pending: Sendable {
        var templates: [ConstraintTemplate] = []
        /// Kinds of templates that are there but cannot be used.
        var broken: Set<String> = []
        var hasUnnamedTemplate = false
        var constraints: [Constraint] = []
        var roots: [String: Node] = [:]
    }

    package func claims(_ source: PolicySource) -> Bool {
        source.group == Self.templates || source.group == ParameterSchemas.group
            || Self.unsupported[source.group] != nil
    }

    package func compile(_ source: PolicySource, into set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        if let reason = Self.unsupported[source.group] {
            return log.report(
                "gatekeeper-kind", "`\(source.kind)` is not supported: \(reason)", in: source, at: source.root["kind"])
        }
        let isTemplate = source.group == Self.templates
        let versions = isTemplate ? Self.templateVersions : ["v1beta1", "v1alpha1"]
        guard versions.contains(source.version) else {
            return log.report(
                "gatekeeper-version", "unsupported apiVersion `\(source.apiVersion)`", in: source,
                at: source.root["apiVersion"], help: "use `\(source.group)/\(versions[0])`")
        }
        if isTemplate, source.kind != "ConstraintTemplate" {
            return log.report(
                "gatekeeper-kind", "`\(source.kind)` is no kind of `\(source.group)`", in: source,
                at: source.root["kind"])
        }
        var pending = set.pending.removeValue(forKey: Self.templates) as? Pending ?? Pending()
        defer { set.pending[Self.templates] = pending }
        guard pending.roots.count < GatekeeperLimits.maximumObjects else {
            return log.report(
                "gatekeeper-too-many", "more than \(GatekeeperLimits.maximumObjects) templates and constraints",
                in: source, at: nil)
        }
        let name = source.root["metadata"]?["name"]?.string ?? ""
        if let earlier = pending.roots.updateValue(source.root, forKey: "\(source.kind)/\(name)") {
            return log.reportDuplicate(
                "gatekeeper-duplicate-name", "\(source.kind) named `\(name)`", source.root, earlier: earlier)
        }
        var reader = FieldReader()
        var compiler = ExpressionCompiler(version: version)
        if isTemplate {
            let reading = reader.template(source.root, allOperations: judgesAll, compiler: &compiler)
            if case .cel(let template) = reading {
                if reader.errors.isEmpty, compiler.errors.isEmpty {
                    pending.templates.append(template)
                } else {
                    pending.broken.insert(template.kind)
                }
            } else if case .broken(let kind?) = reading {
                pending.broken.insert(kind)
            } else {
                pending.hasUnnamedTemplate = true
            }
        } else if let constraint = reader.constraint(source.root, kind: source.kind, at: point), reader.errors.isEmpty {
            pending.constraints.append(constraint)
        }
        for error in reader.errors + compiler.errors { error.diagnostics.forEach { log.report($0) } }
    }

    package func finish(_ set: inout PolicySet.Builder, log: inout DiagnosticLog) {
        guard let pending = set.pending.removeValue(forKey: Self.templates) as? Pending else { return }
        let templates = Dictionary(pending.templates.map { ($0.kind, $0) }) { first, _ in first }
        let schemas = ParameterSchemas(pending.templates)
        var used: Set<String> = []
        for constraint in pending.constraints {
            guard let template = templates[constraint.kind] else {
                if !pending.broken.contains(constraint.kind), !pending.hasUnnamedTemplate {
                    reportUnknown(constraint, Array(templates.keys), &log)
                }
                continue
            }
            used.insert(constraint.kind)
            let problems = schemas.check(constraint)
            problems.forEach { log.report($0) }
            guard !problems.contains(where: { $0.severity == .error }) else { continue }
            if constraint.actions.isEmpty {
                reportUnenforced(constraint, &log)
            } else {
                set.add(ConstraintPolicy(constraint, template, allOperations: judgesAll))
            }
        }
        for template in pending.templates where !used.contains(template.kind) {
            log.report(
                Diagnostic(
                    "gatekeeper-no-constraint", .warning,
                    "the template `\(template.id.name)` has no constraint, so it has no effect", file: template.id.file,
                    range: (template.root["metadata"]?["name"] ?? template.root).position.map { SourceRange(at: $0) },
                    help: "add a \(template.kind) of `\(ParameterSchemas.group)/\(ParameterSchemas.version)`"))
        }
    }

    // MARK: Diagnostics

    private func reportUnknown(_ constraint: Constraint, _ kinds: [String], _ log: inout DiagnosticLog) {
        log.report(
            Diagnostic(
                "gatekeeper-no-template", .error, "there is no ConstraintTemplate for `\(constraint.kind)`",
                file: constraint.root.document.source,
                range: (constraint.root["kind"] ?? constraint.root).position.map { SourceRange(at: $0) },
                help: closestMatch(to: constraint.kind, among: kinds.sorted()).map { "did you mean `\($0)`?" }))
    }

    private func reportUnenforced(_ constraint: Constraint, _ log: inout DiagnosticLog) {
        log.report(
            Diagnostic(
                "gatekeeper-not-enforced", .warning,
                "the constraint `\(constraint.name)` has no action at `\(point.rawValue)`, so it has no effect here",
                file: constraint.root.document.source,
                range: constraint.root["spec"]?["scopedEnforcementActions"]?.position.map { SourceRange(at: $0) }))
    }
}
