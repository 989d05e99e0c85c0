import Admission
import Diagnostics
import Documents
import Foundation
import KubernetesSchemas
import PolicyEngine
import PolicyLanguages
import Testing
import ValidatingAdmissionPolicies
import Values

@Suite("ValidatingAdmissionPolicy against recorded answers of Kubernetes", .enabled(if: SharedData.isThere))
struct ConformanceTests {
    static let files = [
        "audit", "authorizer", "bindings", "cost", "limits", "matchCondition", "messageExpression", "mode",
        "namespaceObject", "params", "real", "request", "typecheck", "validation", "variables",
    ]

    @Test("decides, words and annotates as Kubernetes does", arguments: files)
    func cases(file: String) throws {
        let data = try SharedData.read("conformance/vap/\(file).json")
        var passed = 0
        for testCase in try #require(data.root["cases"]).elements {
            let id = testCase.text("id")
            let outcome = try run(testCase)
            passed += outcome.differences.isEmpty ? 1 : 0
            #expect(outcome.differences.isEmpty, "\(id)\n\(outcome.differences.joined(separator: "\n"))")
        }
        #expect(passed > 0)
    }

    private func run(_ testCase: Node) throws -> CaseOutcome {
        let set = Self.load(testCase)
        let request = Self.decoded(try AdmissionRequest(try #require(testCase["request"])), testCase.text("id"))
        let verdict = set.review(request, explains: true)
        let expected = try #require(testCase["expected"])
        var outcome = CaseOutcome()
        compare(verdict, expected, &outcome)
        compareFieldErrors(testCase, expected, &outcome)
        return outcome
    }

    /// Some cases are about the object as an API server has decoded it, or decoded it and filled in its defaults.
    private static func decoded(_ request: AdmissionRequest, _ id: String) -> AdmissionRequest {
        guard id.hasPrefix("mode-typed-") || id.hasPrefix("mode-defaulted-"), let object = request.objectNode else {
            return request
        }
        var options = AdmittedView.Options()
        options.appliesDefaults = id.hasPrefix("mode-defaulted-")
        options.appliesPlugins = false
        options.serviceAddress = nil
        return AdmittedView(of: object, in: .builtIn, options: options).map { request.with(object: $0.root) } ?? request
    }

    static func load(_ testCase: Node) -> PolicySet {
        var loader = PolicyLoader(
            languages: [
                ValidatingAdmissionPolicyLanguage(admitsInvalid: true, allowsUnbound: true),
                MutatingAdmissionPolicyLanguage(admitsInvalid: true, allowsUnbound: true),
            ])
        for key in ["policies", "bindings"] {
            for node in testCase[key]?.elements ?? NodeElements(testCase) { loader.add(policy: node) }
        }
        for node in testCase["namespaces"]?.elements ?? NodeElements(testCase) { loader.add(context: node) }
        loader.declare { cluster in
            cluster.knowsAllNamespaces = true
            cluster.authorization = (testCase["authz"]?.elements).map(Array.init).map { $0.map(Self.rule) } ?? []
            if testCase["unknownParamKind"]?.bool == true { return }
            let isNamespaced = testCase.text("paramScope") != "Cluster"
            for policy in testCase["policies"]?.elements ?? NodeElements(testCase) {
                guard let kind = policy["spec"]?["paramKind"] else { continue }
                cluster.declare(
                    paramKind: GroupVersionKind(apiVersion: kind.text("apiVersion"), kind: kind.text("kind")),
                    isNamespaced: isNamespaced)
            }
            for node in testCase["params"]?.elements ?? NodeElements(testCase) {
                cluster.add(param: node, isNamespaced: isNamespaced)
            }
        }
        return loader.finishAnyway()
    }

    private static func rule(_ node: Node) -> AuthorizationRule {
        var rule = AuthorizationRule()
        rule.user = node.text("user")
        rule.verb = node.text("verb")
        rule.group = node.text("group")
        rule.resource = node.text("resource")
        rule.subresource = node.text("subresource")
        rule.namespace = node.text("namespace")
        rule.name = node.text("name")
        rule.path = node.text("path")
        rule.decision = AuthorizationRule.Decision(rawValue: node.text("decision")) ?? .noOpinion
        rule.reason = node.text("reason")
        rule.error = node.text("error")
        return rule
    }
}

/// Compares what is wrong with the case's policies and bindings as objects.
func compareFieldErrors(_ testCase: Node, _ expected: Node, _ outcome: inout CaseOutcome) {
    for (key, objects) in [("policyValidation", "policies"), ("bindingValidation", "bindings")] {
        for object in testCase[objects]?.elements ?? NodeElements(testCase) {
            let name = object["metadata"]?.text("name") ?? ""
            let errors = fieldErrors(object).map { error in
                "\(error.field) \(typeName(error.kind)) \(CaseOutcome.comparable(error.detail))"
            }
            let wanted = (expected[key]?[name]?.elements).map(Array.init) ?? []
            outcome.expect(
                "\(key) \(name)", errors.sorted().joined(separator: "|"),
                wanted.map { "\($0.text("field")) \($0.text("type")) \(CaseOutcome.comparable($0.text("detail")))" }
                    .sorted().joined(separator: "|"))
        }
    }
}

private func fieldErrors(_ object: Node) -> [FieldError] {
    object.text("kind").hasPrefix("Mutating")
        ? MutatingAdmissionPolicyLanguage.fieldErrors(object) : ValidatingAdmissionPolicyLanguage.fieldErrors(object)
}

private func typeName(_ kind: FieldError.Kind) -> String {
    switch kind {
    case .required: "FieldValueRequired"
    case .invalid: "FieldValueInvalid"
    case .notSupported: "FieldValueNotSupported"
    case .duplicate: "FieldValueDuplicate"
    case .forbidden: "FieldValueForbidden"
    case .tooMany: "FieldValueTooMany"
    case .tooLong: "FieldValueTooLong"
    case .typeInvalid: "FieldValueTypeInvalid"
    case .unknown: "unknown"
    }
}

func compareStatus(_ actual: Verdict.Status?, _ expected: Node, _ outcome: inout CaseOutcome) {
    outcome.expect("allowed", "\(actual == nil)", "\(expected["allowed"]?.bool ?? false)")
    let status = expected["status"]
    outcome.expect("message", actual?.message ?? "", status?.text("message") ?? "")
    outcome.expect("reason", actual?.reason.rawValue ?? "", status?.text("reason") ?? "")
    outcome.expect("code", "\(actual?.code ?? 0)", "\(status?["code"]?.int ?? 0)")
}

/// Compares a verdict with the recorded one; used for the recorded requests too.
func compare(_ verdict: Verdict, _ expected: Node, _ outcome: inout CaseOutcome) {
    compareStatus(verdict.status, expected, &outcome)
    outcome.expect(
        "warnings", verdict.warnings.joined(separator: "|"),
        (expected["warnings"]?.elements).map { $0.compactMap(\.string).joined(separator: "|") } ?? "")
    outcome.expect(
        "audit", verdict.auditAnnotations.map { "\($0.key)=\($0.value)" }.sorted().joined(separator: "|"),
        (expected["auditAnnotations"]?.entries).map { entries in
            entries.map { "\($0.key.string ?? "")=\($0.value.string ?? "")" }.sorted().joined(separator: "|")
        } ?? "")
    let evaluations = verdict.evaluations.filter { !$0.isConfigurationError }
    let wanted = (expected["evaluations"]?.elements).map(Array.init) ?? []
    outcome.expect("evaluations", "\(evaluations.count)", "\(wanted.count)")
    for (evaluation, node) in zip(evaluations, wanted) {
        outcome.expect("policy", evaluation.policy.name, node.text("policy"))
        outcome.expect("param", evaluation.param ?? "", node.text("param"))
        let decisions = (node["decisions"]?.elements).map(Array.init) ?? []
        outcome.expect("decisions", "\(evaluation.decisions.count)", "\(decisions.count)")
        for (decision, entry) in zip(evaluation.decisions, decisions) {
            outcome.expect("action", decision.action.rawValue, entry.text("action"))
            outcome.expect("evaluation", decision.evaluation.rawValue, entry.text("evaluation"))
            outcome.expect("decision message", decision.message, entry.text("message"))
            outcome.expect("decision reason", decision.reason?.rawValue ?? "", entry.text("reason"))
        }
        let annotations = (node["auditAnnotations"]?.elements).map(Array.init) ?? []
        outcome.expect("annotations", "\(evaluation.auditAnnotations.count)", "\(annotations.count)")
        for (annotation, entry) in zip(evaluation.auditAnnotations, annotations) {
            outcome.expect("annotation", annotation.action.rawValue, entry.text("action"))
            outcome.expect("key", annotation.key, entry.text("key"))
            outcome.expect("value", annotation.value, entry.text("value") + entry.text("error"))
        }
    }
}
