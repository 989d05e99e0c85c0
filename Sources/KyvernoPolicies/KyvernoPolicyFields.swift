import Admission
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// `spec.evaluation.mode`.
enum EvaluationMode: String, CaseIterable {
    case kubernetes = "Kubernetes"
    case json = "JSON"
    case envoy = "Envoy"
    case http = "HTTP"
}

/// Fields that several kinds of Kyverno's policies have.
extension FieldReader {
    /// The namespace of a namespaced policy; empty for the others.
    mutating func namespace(_ root: Node, kind: String) -> String {
        guard kind.hasPrefix("Namespaced"), let metadata = root["metadata"] else { return "" }
        let namespace = string("namespace", in: metadata, "metadata")?.string ?? ""
        return namespace.isEmpty ? "default" : namespace
    }

    /// - Parameter fields: what `spec.evaluation` may have.
    mutating func evaluationMode(_ spec: Node, _ fields: [String]) -> EvaluationMode {
        let path = "spec.evaluation"
        guard let node = map("evaluation", in: spec, "spec") else { return .kubernetes }
        allow(fields, in: node, path)
        return choice("mode", in: node, path, EvaluationMode.self) ?? .kubernetes
    }

    /// Where the policy says that it is not about admission (`evaluation.admission.enabled: false`).
    mutating func notAtAdmission(_ spec: Node) -> Node? {
        guard let admission = spec["evaluation"].flatMap({ map("admission", in: $0, "spec.evaluation") }),
            flag("enabled", in: admission, "spec.evaluation.admission") == false
        else { return nil }
        return admission
    }

    /// A truth value; nil if it is absent, or no truth value, which is reported.
    mutating func flag(_ name: String, in node: Node, _ path: String) -> Bool? {
        guard let value = node[name], !value.isNull else { return nil }
        if value.bool == nil { report(.typeInvalid, "\(path).\(name)", "must be true or false", at: value) }
        return value.bool
    }

    /// The workloads that a policy on Pods covers too.
    ///
    /// As in Kyverno a policy has generated rules only if it is about Pods and nothing else, without any selector.
    ///
    /// - Parameter generated: the other field that `spec.autogen` may have.
    mutating func podControllers(
        _ spec: Node, _ match: MatchResources, _ constraints: Node?, _ generated: String
    ) -> [String] {
        var wanted = Autogen.resources
        if let node = map("autogen", in: spec, "spec") {
            allow(["podControllers", generated], in: node, "spec.autogen")
            if let controllers = map("podControllers", in: node, "spec.autogen") {
                allow(["controllers"], in: controllers, "spec.autogen.podControllers")
                if let list = controllers["controllers"], !list.isNull {
                    // A name that is no resource (`Deployment` instead of `deployments`) generates nothing there.
                    let names = strings("controllers", in: controllers, "spec.autogen.podControllers").map(\.text)
                    wanted = Autogen.resources.filter(names.contains)
                }
            }
        }
        guard match.namespaceSelector.isEmpty, match.objectSelector.isEmpty, match.excludeResourceRules.isEmpty,
            match.resourceRules.count == 1, let rule = match.resourceRules.first,
            let node = constraints?["resourceRules"]?.element(at: 0), node["resourceNames"]?.count ?? 0 == 0,
            rule.groups == [""], rule.resources == ["pods"],
            node["apiVersions"]?.elements.map({ $0.string ?? "" }) == ["v1"]
        else { return [] }
        return wanted
    }
}
