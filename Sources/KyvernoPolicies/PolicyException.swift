import Admission
import CEL
package import PolicyEngine
import ValidatingAdmissionPolicies
package import Values

/// A PolicyException of policies.kyverno.io, compiled. It is about Kubernetes' own policies as well.
package final class PolicyException: CompiledException {
    package struct Reference: Sendable {
        let name: String
        let kind: String
        let node: Node
    }

    package let id: PolicyID
    package let expiresAt: Timestamp?
    package let allowances: ExceptionAllowances
    package let reportsPass: Bool
    let references: [Reference]
    private let conditions: [CompiledExpression]

    init(
        id: PolicyID, expiresAt: Timestamp?, allowances: ExceptionAllowances, reportsPass: Bool,
        references: [Reference],
        conditions: [CompiledExpression]
    ) {
        self.id = id
        self.expiresAt = expiresAt
        self.allowances = allowances
        self.reportsPass = reportsPass
        self.references = references
        self.conditions = conditions
    }

    package func covers(_ policy: PolicyID) -> Bool {
        references.contains { $0.kind == policy.kind && ($0.name == policy.name || $0.name == policy.qualifiedName) }
    }

    package func matches(_ context: AdmissionContext) -> ExceptionMatch {
        guard !conditions.isEmpty else { return .matches }
        let request = context.request
        let activation = Activation(
            KyvernoEnvironment.values(
                context, object: request.object, oldObject: request.oldObject, namespace: nil, ExceptionAllowances()))
        var failure: String?
        for condition in conditions {
            guard case .success(let program) = condition.program else { return .failed(condition.compileMessage) }
            var budget = CostBudget(limit: KyvernoLimits.costPerExpression)
            do throws(EvaluationError) {
                if try program.evaluate(activation, budget: &budget).boolValue == false { return .differs }
            } catch {
                failure = failure ?? error.message
            }
        }
        return failure.map { .failed($0) } ?? .matches
    }
}

/// `spec.reportResult`.
private enum ReportResult: String, CaseIterable {
    case skip, pass
}

extension FieldReader {
    /// Reads and compiles a PolicyException.
    mutating func policyException(_ root: Node, compiler: inout ExpressionCompiler) -> PolicyException? {
        allow(["apiVersion", "kind", "metadata", "spec"], in: root, "")
        guard let name = objectName(root), let spec = specification(root) else { return nil }
        allow(
            ["policyRefs", "matchConditions", "images", "allowedValues", "reportResult", "expiresAt", "properties"],
            in: spec, "spec")
        let references = policyReferences(spec)
        let conditions = matchConditions(spec).enumerated().map { index, condition in
            compiler.compile(condition.expression, index: index, wanted: .bool, in: KyvernoEnvironment.cluster)
        }
        var expiry: Timestamp?
        if let node = string("expiresAt", in: spec, "spec"), let text = node.string {
            expiry = Timestamps.parse(text)
            if expiry == nil {
                report(
                    .invalid, "spec.expiresAt", "must be a time like `2026-12-31T00:00:00Z`", at: node,
                    help: "with date, time and zone, as RFC 3339 has it")
            }
        }
        let allowances = ExceptionAllowances(
            images: strings("images", in: spec, "spec").map(\.text),
            values: strings("allowedValues", in: spec, "spec").map(\.text))
        let namespace = root["metadata"]?["namespace"]?.string ?? ""
        let id = PolicyID(
            kind: "PolicyException", namespace: namespace, name: name, file: root.document.source,
            position: root.position)
        return PolicyException(
            id: id, expiresAt: expiry, allowances: allowances,
            reportsPass: choice("reportResult", in: spec, "spec", ReportResult.self) == .pass, references: references,
            conditions: conditions)
    }

    private mutating func policyReferences(_ spec: Node) -> [PolicyException.Reference] {
        let list = objects("policyRefs", in: spec, "spec")
        if list.isEmpty { report(.required, "spec.policyRefs", at: spec["policyRefs"] ?? spec) }
        if list.count > KyvernoLimits.maximumPolicyRefs {
            report(
                .tooMany, "spec.policyRefs", "must have at most \(KyvernoLimits.maximumPolicyRefs) items", at: spec)
            return []
        }
        return list.compactMap { node, path in
            allow(["name", "kind"], in: node, path)
            let name = string("name", in: node, path)?.string ?? ""
            let kind = string("kind", in: node, path)?.string ?? ""
            if name.isEmpty { report(.required, "\(path).name", at: node) }
            if kind.isEmpty { report(.required, "\(path).kind", at: node) }
            return name.isEmpty || kind.isEmpty ? nil : PolicyException.Reference(name: name, kind: kind, node: node)
        }
    }
}
