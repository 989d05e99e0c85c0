import Admission
import Documents
import PolicyEngine
import Testing
import Values

@Suite("MatchResourcesTests")
struct MatchResourcesTests {
    private func request(
        _ resource: String, group: String = "", version: String = "v1", sub: String = "", operation: String = "CREATE",
        namespace: String = "prod", name: String = "x", labels: String = "{}"
    ) throws -> AdmissionRequest {
        let text = """
            {"uid":"u","kind":{"group":"\(group)","version":"\(version)","kind":"K"},
            "resource":{"group":"\(group)","version":"\(version)","resource":"\(resource)"},"subResource":"\(sub)",
            "name":"\(name)","namespace":"\(namespace)","operation":"\(operation)","userInfo":{},
            "object":{"metadata":{"labels":\(labels)}}}
            """
        return try AdmissionRequest(JSONParser().parse(Array(text.utf8)).root)
    }

    private func rule(
        _ resources: [String], groups: [String] = ["*"], versions: [String] = ["*"],
        operations: OperationSet = .all, scope: ResourceRule.Scope = .any, names: [String] = []
    ) -> ResourceRule {
        ResourceRule(
            groups: groups, versions: versions, resources: resources, operations: operations, scope: scope,
            resourceNames: names)
    }

    private func matches(_ match: MatchResources, _ request: AdmissionRequest) -> String {
        switch match.match(AdmissionContext(request: request, cluster: ClusterContext())) {
        case .matches: "matches"
        case .differs: "differs"
        case .matchesConverted(let resource): "converted \(resource.version)"
        case .needsNamespace(let name): "needs \(name)"
        case .namespaceNotFound(let name): "not found \(name)"
        }
    }

    @Test(
        "matches resources and subresources",
        arguments: [
            ("pods", "pods", "", true), ("pods", "pods", "status", false), ("pods/status", "pods", "status", true),
            ("pods/*", "pods", "status", true), ("pods/*", "pods", "", true), ("*", "pods", "", true),
            ("*", "pods", "status", false), ("*/scale", "deployments", "scale", true), ("*/*", "pods", "log", true),
            ("services", "pods", "", false),
        ])
    func resources(pattern: String, resource: String, sub: String, expected: Bool) throws {
        let match = MatchResources(resourceRules: [rule([pattern])])
        #expect(matches(match, try request(resource, sub: sub)) == (expected ? "matches" : "differs"))
    }

    @Test("matches operations, scopes, names and exclusions")
    func others() throws {
        let pod = try request("pods")
        let updates = rule(["*"], operations: OperationSet(.update))
        #expect(matches(MatchResources(resourceRules: [updates]), pod) == "differs")
        #expect(matches(MatchResources(resourceRules: [rule(["*"], scope: .namespaced)]), pod) == "matches")
        #expect(matches(MatchResources(resourceRules: [rule(["*"], scope: .cluster)]), pod) == "differs")
        let namespace = try request("namespaces", namespace: "x")
        #expect(matches(MatchResources(resourceRules: [rule(["*"], scope: .cluster)]), namespace) == "matches")
        #expect(matches(MatchResources(resourceRules: [rule(["*"], names: ["y"])]), pod) == "differs")
        #expect(matches(MatchResources(resourceRules: [rule(["*"], names: ["x"])]), pod) == "matches")
        let excluding = MatchResources(resourceRules: [rule(["*"])], excludeResourceRules: [rule(["pods"])])
        #expect(matches(excluding, pod) == "differs")
        #expect(matches(excluding, try request("services")) == "matches")
    }

    @Test("an equivalent resource matches unless the policy is exact")
    func equivalent() throws {
        let rules = [rule(["deployments"], groups: ["apps"], versions: ["v1"])]
        let old = try request("deployments", group: "extensions", version: "v1beta1")
        #expect(matches(MatchResources(resourceRules: rules), old) == "matches")
        #expect(matches(MatchResources(resourceRules: rules, matchPolicy: .exact), old) == "differs")
        let scaler = [rule(["horizontalpodautoscalers"], groups: ["autoscaling"], versions: ["v2"])]
        let first = try request("horizontalpodautoscalers", group: "autoscaling", version: "v1")
        #expect(matches(MatchResources(resourceRules: scaler), first) == "converted v2")
    }

    @Test("selects by labels, and says which namespace it would need")
    func selectors() throws {
        let everything = MatchResources(resourceRules: [rule(["*"])], objectSelector: .everything)
        #expect(matches(everything, try request("pods")) == "matches")
        let selector = try LabelSelector(JSONParser().parse(Array(#"{"matchLabels":{"a":"1"}}"#.utf8)).root)
        let byObject = MatchResources(resourceRules: [rule(["*"])], objectSelector: selector)
        #expect(matches(byObject, try request("pods", labels: #"{"a":"1"}"#)) == "matches")
        #expect(matches(byObject, try request("pods")) == "differs")
        let byNamespace = MatchResources(resourceRules: [rule(["pods", "nodes"])], namespaceSelector: selector)
        #expect(matches(byNamespace, try request("pods")) == "needs prod")
        #expect(matches(byNamespace, try request("services")) == "differs")
        #expect(matches(byNamespace, try request("nodes", namespace: "")) == "matches")
    }
}
