import Admission
import Diagnostics
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// A ConstraintTemplate whose code is CEL, compiled.
final class ConstraintTemplate: Sendable {
    let id: PolicyID
    /// The kind of its constraints.
    let kind: String
    let root: Node
    let policy: PolicyTemplate
    /// Operations that it is for.
    let operations: OperationSet
    /// `spec.crd.spec.validation.openAPIV3Schema`: of the constraints' parameters.
    let parameters: Node?

    init(
        id: PolicyID, kind: String, root: Node, policy: PolicyTemplate, operations: OperationSet, parameters: Node?
    ) {
        self.id = id
        self.kind = kind
        self.root = root
        self.policy = policy
        self.operations = operations
        self.parameters = parameters
    }
}

/// What could be read of a template.
enum TemplateReading {
    case cel(ConstraintTemplate)
    /// A template that is not usable; its constraints are not to be reported again.
    case broken(kind: String?)
}

extension FieldReader {
    static let celEngine = "K8sNativeValidation"
    private static let target = "admission.k8s.gatekeeper.sh"
    /// Names that Gatekeeper gives to variables of its own.
    private static let reserved = ["params", "anyObject"]
    private static let reservedPrefix = "gatekeeper_internal_"

    /// - Parameter allOperations: whether it is for all operations where it does not say.
    mutating func template(
        _ root: Node, allOperations: Bool, compiler: inout ExpressionCompiler
    ) -> TemplateReading {
        allow(["apiVersion", "kind", "metadata", "spec", "status"], in: root, "")
        guard let name = objectName(root), let spec = specification(root) else { return .broken(kind: nil) }
        allow(["crd", "targets"], in: spec, "spec")
        let crd = map("crd", in: spec, "spec").flatMap { map("spec", in: $0, "spec.crd") }
        let names = crd.flatMap { map("names", in: $0, "spec.crd.spec") }
        guard let kindNode = names.flatMap({ string("kind", in: $0, "spec.crd.spec.names") }),
            let kind = kindNode.string, !kind.isEmpty
        else {
            report(.required, "spec.crd.spec.names.kind", at: names ?? crd ?? spec)
            return .broken(kind: nil)
        }
        if name != kind.lowercased() {
            report(
                .invalid, "metadata.name", "must be the kind in lower case, `\(kind.lowercased())`",
                at: root["metadata"]?["name"] ?? root)
        }
        let validation = crd.flatMap { map("validation", in: $0, "spec.crd.spec") }
        let parameters = validation.flatMap { map("openAPIV3Schema", in: $0, "spec.crd.spec.validation") }
        let targets = objects("targets", in: spec, "spec")
        guard let target = targets.first, targets.count == 1 else {
            report(.invalid, "spec.targets", "must have exactly one item", at: spec["targets"] ?? spec)
            return .broken(kind: kind)
        }
        allow(["target", "rego", "libs", "code", "operations"], in: target.node, target.path)
        if string("target", in: target.node, target.path)?.string != Self.target {
            report(
                .notSupported, "\(target.path).target", "supported values: \"\(Self.target)\"",
                at: target.node["target"] ?? target.node)
        }
        let operations = operations(target.node, target.path, allOperations)
        guard let (source, path) = celSource(target.node, target.path) else { return .broken(kind: kind) }
        let policy = self.source(source, path, &compiler)
        return .cel(
            ConstraintTemplate(
                id: PolicyID(
                    kind: "ConstraintTemplate", name: name, file: root.document.source, position: root.position),
                kind: kind, root: root, policy: policy, operations: operations, parameters: parameters))
    }

    private mutating func operations(_ target: Node, _ path: String, _ all: Bool) -> OperationSet {
        let list = strings("operations", in: target, path)
        // Gatekeeper's webhook is not asked about others unless it is set up to be.
        guard !list.isEmpty else { return all ? .all : [OperationSet(.create), OperationSet(.update)] }
        var operations: OperationSet = []
        for (index, entry) in list.enumerated() {
            var text = entry.text
            if text == "*" {
                operations = .all
            } else if let known = text.withUTF8({ Operation(utf8: $0) }) {
                operations.insert(OperationSet(known))
            } else {
                reportNotSupported(
                    "\(path).operations[\(index)]", entry.text, ["*"] + Operation.allCases.map(\.name.description),
                    at: entry.node)
            }
        }
        return operations
    }

    /// The source for the engine that evaluates CEL; Gatekeeper too prefers it where there are several.
    private mutating func celSource(_ target: Node, _ path: String) -> (node: Node, path: String)? {
        let code = objects("code", in: target, path)
        for entry in code where entry.node["engine"]?.string == Self.celEngine {
            allow(["engine", "source"], in: entry.node, entry.path)
            guard let source = map("source", in: entry.node, entry.path) else {
                report(.required, "\(entry.path).source", at: entry.node)
                return nil
            }
            return (source, "\(entry.path).source")
        }
        let others = code.compactMap { $0.node["engine"] }
        if let rego = target["rego"] ?? others.first(where: { $0.string == "Rego" }) {
            let field = target["rego"] == nil ? "\(path).code" : "\(path).rego"
            var error = FieldError(.notSupported, field, "", at: rego)
            error.issues = [
                Diagnostic(
                    "gatekeeper-rego", .error, "`\(field)`: policies in Rego are not supported yet",
                    file: rego.document.source, range: rego.position.map { SourceRange(at: $0) },
                    help: "a template can also carry its rules in CEL, as `code` for the engine `\(Self.celEngine)`")
            ]
            report(error)
        } else if let other = others.first {
            reportNotSupported("\(path).code[0].engine", other.string ?? "", [Self.celEngine], at: other)
        } else {
            report(.required, "\(path).code", at: target["code"] ?? target)
        }
        return nil
    }

    private mutating func source(_ source: Node, _ path: String, _ compiler: inout ExpressionCompiler) -> PolicyTemplate
    {
        if let wrong = source.entries.first(where: { $0.key.string == "matchConditions" })?.key {
            report(
                .unknown, "\(path).matchConditions", "Gatekeeper passes over this field", at: wrong,
                help: "its name is `matchCondition`")
        }
        allow(
            ["validations", "variables", "matchCondition", "matchConditions", "failurePolicy", "generateVAP"],
            in: source,
            path)
        if let node = source["generateVAP"], !node.isNull, node.bool == nil {
            report(.typeInvalid, "\(path).generateVAP", "must be a bool", at: node)
        }
        let own = variables(source, path)
        for variable in own where Self.reserved.contains(variable.name) || variable.name.hasPrefix(Self.reservedPrefix)
        {
            report(
                .forbidden, variable.expression.field, "`\(variable.name)` is reserved", at: variable.expression.node)
        }
        let conditions = matchConditions(source, "matchCondition", path: path)
        for condition in conditions where condition.name.hasPrefix(Self.reservedPrefix) {
            report(
                .forbidden, condition.expression.field, "`\(condition.name)` is reserved", at: condition.expression.node
            )
        }
        var validations = objects("validations", in: source, path).compactMap { validation($0.node, $0.path) }
        if validations.isEmpty, source["validations"]?.count ?? 0 == 0 {
            report(.required, "\(path).validations", at: source["validations"] ?? source)
        }
        for index in validations.indices { validations[index].reason = .forbidden }
        return PolicyTemplate(
            failurePolicy: choice("failurePolicy", in: source, path, FailurePolicy.self) ?? .fail,
            variables: Self.givenVariables + own, matchConditions: conditions, validations: validations,
            compiler: &compiler)
    }

    /// What Gatekeeper puts in front of a template's own variables.
    private static let givenVariables: [PolicyDefinition.Named] = [
        given("anyObject", "request.operation == 'DELETE' && object == null ? oldObject : object"),
        given("params", "has(params.spec) && has(params.spec.parameters) ? params.spec.parameters : null"),
    ]

    private static func given(_ name: String, _ text: String) -> PolicyDefinition.Named {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.append(text)
        let finished = builder
        return PolicyDefinition.Named(
            name: name,
            expression: ExpressionText(node: finished.finish().root, field: "variables.\(name)", text: text))
    }
}
