import Admission
import Diagnostics
import PolicyEngine
import Testing
import Values

@Suite("Gatekeeper constraints") struct ConstraintTests {
    @Test("judge by the template's rules with their own parameters")
    func judges() throws {
        let (set, log) = GatekeeperFixture.load(
            GatekeeperFixture.constraint(), GatekeeperFixture.template(),
            GatekeeperFixture.constraint("parameters: {labels: [app]}", name: "app"))
        #expect(log.diagnostics.isEmpty, "\(log.diagnostics.map(\.message))")
        let verdict = try #require(set).review(try GatekeeperFixture.request(GatekeeperFixture.pod))
        #expect(verdict.status?.code == 403)
        #expect(
            verdict.status?.message
                == "pods \"web-1\" is forbidden: RequiredLabels 'team' denied request: labels are missing")
        #expect(verdict.evaluations.map(\.policy.name) == ["team", "app"])
        let decision = try #require(verdict.evaluations.first?.decisions.first)
        #expect(decision.check?.field == "spec.targets[0].code[0].source.validations[0].expression")
    }

    static let matches: [(match: String, object: String, isMatch: Bool)] = [
        ("", GatekeeperFixture.pod, true),
        ("kinds: [{apiGroups: [''], kinds: [Pod]}]", GatekeeperFixture.pod, true),
        ("kinds: [{apiGroups: ['*'], kinds: ['*']}]", GatekeeperFixture.pod, true),
        ("kinds: [{kinds: [Pod]}]", GatekeeperFixture.pod, true),
        ("kinds: [{apiGroups: [apps]}]", GatekeeperFixture.pod, false),
        (
            "kinds: [{apiGroups: [apps], kinds: [Pod]}, {apiGroups: [''], kinds: [Service]}]", GatekeeperFixture.pod,
            false
        ),
        ("namespaces: [shop]", GatekeeperFixture.pod, true),
        ("namespaces: [sh*]", GatekeeperFixture.pod, true),
        ("namespaces: ['*op']", GatekeeperFixture.pod, true),
        ("namespaces: [shop-*, sho]", GatekeeperFixture.pod, false),
        ("excludedNamespaces: [kube-*]", GatekeeperFixture.pod, true),
        ("excludedNamespaces: ['*ho*']", GatekeeperFixture.pod, false),
        ("namespaces: [shop], excludedNamespaces: [shop]", GatekeeperFixture.pod, false),
        ("scope: Namespaced", GatekeeperFixture.pod, true),
        ("scope: Cluster", GatekeeperFixture.pod, false),
        ("labelSelector: {matchLabels: {app: web}}", GatekeeperFixture.pod, true),
        (
            "labelSelector: {matchExpressions: [{key: app, operator: NotIn, values: [web]}]}", GatekeeperFixture.pod,
            false
        ),
        ("name: web-1", GatekeeperFixture.pod, true),
        ("name: web-*", GatekeeperFixture.pod, true),
        ("name: '*-2'", GatekeeperFixture.pod, false),
        ("name: web-*", "{apiVersion: v1, kind: Pod, metadata: {generateName: web-}}", true),
        ("name: web-", "{apiVersion: v1, kind: Pod, metadata: {generateName: web-}}", false),
        ("source: Original", GatekeeperFixture.pod, true),
        ("source: Generated", GatekeeperFixture.pod, false),
        ("namespaces: [shop]", "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", true),
        ("namespaces: [else]", "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", false),
        ("scope: Cluster", "{apiVersion: v1, kind: Namespace, metadata: {name: shop}}", true),
        ("namespaces: [else]", "{apiVersion: v1, kind: Node, metadata: {name: n}}", true),
        ("namespaceSelector: {matchLabels: {env: prod}}", GatekeeperFixture.pod, true),
        ("namespaceSelector: {matchLabels: {env: test}}", GatekeeperFixture.pod, false),
        ("namespaceSelector: {matchLabels: {env: x}}", "{apiVersion: v1, kind: Node, metadata: {name: n}}", true),
        (
            "namespaceSelector: {matchLabels: {env: x}}",
            "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: x}}}", true
        ),
    ]

    @Test("match by kind, namespace, labels, name, scope and source", arguments: matches)
    func match(match: String, object: String, isMatch: Bool) throws {
        let (loaded, log) = GatekeeperFixture.load(
            GatekeeperFixture.template("validations: [{expression: 'false'}]"),
            GatekeeperFixture.constraint("match: {\(match)}, parameters: {labels: []}"))
        #expect(log.diagnostics.isEmpty, "\(log.diagnostics.map(\.message))")
        let set = try #require(loaded)
        var cluster = set.cluster
        cluster.add(
            namespace: try GatekeeperFixture.node(
                "{apiVersion: v1, kind: Namespace, metadata: {name: shop, labels: {env: prod}}}"))
        let complete = set.with(cluster)
        let request = try GatekeeperFixture.request(object)
        #expect(complete.review(request).isAllowed == !isMatch)
        let policy = try #require(set.policies.first as? any ExplainablePolicy)
        let clauses = policy.matchClauses(AdmissionContext(request: request, cluster: cluster))
        #expect(clauses.allSatisfy { $0.holds == true } == isMatch, "\(clauses)")
    }

    @Test("an object matches as it is or as it was")
    func oldObject() throws {
        let (loaded, _) = GatekeeperFixture.load(
            GatekeeperFixture.template("validations: [{expression: 'false'}]"),
            GatekeeperFixture.constraint(
                "match: {labelSelector: {matchLabels: {old: 'yes'}}}, parameters: {labels: []}"))
        var options = ManifestRequestOptions()
        options.operation = .update
        options.oldObject = try GatekeeperFixture.node("{metadata: {name: web-1, labels: {old: 'yes'}}}")
        let request = try AdmissionRequest(
            manifest: try GatekeeperFixture.node(GatekeeperFixture.pod), options: options)
        #expect(try !#require(loaded).review(request).isAllowed)
    }

    @Test("a selector on an unknown namespace is not decided")
    func unknownNamespace() throws {
        let (loaded, _) = GatekeeperFixture.load(
            GatekeeperFixture.template(),
            GatekeeperFixture.constraint("match: {namespaceSelector: {matchLabels: {a: b}}}, parameters: {labels: []}"))
        let verdict = try #require(loaded).review(try GatekeeperFixture.request(GatekeeperFixture.pod))
        #expect(verdict.decisions.contains { $0.missing == .namespace("shop") })
        #expect(!verdict.isAllowed)
    }

    static let actions: [(spec: String, allowed: Bool, warnings: Int, annotations: Int)] = [
        ("enforcementAction: deny", false, 0, 0),
        ("enforcementAction: warn", true, 1, 0),
        ("enforcementAction: dryrun", true, 0, 1),
        (
            "enforcementAction: scoped, scopedEnforcementActions: [{action: warn, enforcementPoints: "
                + "[{name: validation.gatekeeper.sh}]}, {action: deny, enforcementPoints: [{name: audit.gatekeeper.sh}]}]",
            true, 1, 0
        ),
        (
            "enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: [{name: '*'}]}]",
            false, 0, 0
        ),
    ]

    @Test("deny, warn or only note", arguments: actions)
    func action(spec: String, allowed: Bool, warnings: Int, annotations: Int) throws {
        let (set, _) = GatekeeperFixture.load(
            GatekeeperFixture.template(), GatekeeperFixture.constraint("\(spec), parameters: {labels: [team]}"))
        let verdict = try #require(set).review(try GatekeeperFixture.request(GatekeeperFixture.pod))
        #expect(verdict.isAllowed == allowed)
        #expect(verdict.warnings.count == warnings)
        #expect(verdict.auditAnnotations.count == annotations)
    }

    @Test("one that is not enforced here says so")
    func notEnforced() {
        let (set, log) = GatekeeperFixture.load(
            GatekeeperFixture.template(),
            GatekeeperFixture.constraint(
                "enforcementAction: scoped, scopedEnforcementActions: [{action: deny, enforcementPoints: "
                    + "[{name: audit.gatekeeper.sh}]}], parameters: {labels: []}"))
        #expect(set?.policies.isEmpty == true)
        #expect(log.diagnostics.map(\.id) == ["gatekeeper-not-enforced"])
    }

    @Test("are about CREATE and UPDATE unless the template names operations")
    func operations() throws {
        let source = "validations: [{expression: 'variables.anyObject.metadata.name != \"web-1\"'}]"
        for (target, isDenied) in [("", false), ("operations: [DELETE]", true), ("operations: ['*']", true)] {
            let (set, log) = GatekeeperFixture.load(
                GatekeeperFixture.template(source, target: target),
                GatekeeperFixture.constraint("parameters: {labels: []}"))
            #expect(log.diagnostics.isEmpty)
            let request = try GatekeeperFixture.request(GatekeeperFixture.pod, operation: .delete)
            // `anyObject` is the object that is deleted.
            #expect(try #require(set).review(request).isAllowed == !isDenied, "\(target)")
        }
    }

    @Test("errors deny unless failurePolicy is Ignore; conditions may use variables")
    func failurePolicy() throws {
        let broken = "validations: [{expression: 'variables.params.nope == 1'}]"
        for (source, isDenied) in [
            (broken, true), ("\(broken), failurePolicy: Ignore", false),
            ("\(broken), matchCondition: [{name: c, expression: 'variables.anyObject.kind == \"Service\"'}]", false),
        ] {
            let (set, log) = GatekeeperFixture.load(
                GatekeeperFixture.template(source), GatekeeperFixture.constraint("parameters: {labels: []}"))
            #expect(log.diagnostics.isEmpty, "\(log.diagnostics.map(\.message))")
            let verdict = try #require(set).review(try GatekeeperFixture.request(GatekeeperFixture.pod))
            #expect(verdict.isAllowed == !isDenied, "\(source)")
        }
    }

    @Test("a workload's Pod is judged too, unless the constraint is about originals only")
    func workloads() throws {
        let deployment = """
            apiVersion: apps/v1
            kind: Deployment
            metadata: {name: web, namespace: shop}
            spec: {template: {metadata: {labels: {app: web}}, spec: {containers: []}}}
            """
        let kinds = "kinds: [{apiGroups: [''], kinds: [Pod]}]"
        for (match, isJudged) in [(kinds, true), ("\(kinds), source: Original", false), ("source: Generated", true)] {
            let (set, _) = GatekeeperFixture.load(
                GatekeeperFixture.template(),
                GatekeeperFixture.constraint("match: {\(match)}, parameters: {labels: [team]}"))
            let judged = try #require(set).reviewPod(of: try GatekeeperFixture.request(deployment))
            #expect((judged?.verdict.isAllowed == false) == isJudged, "\(match)")
        }
    }
}
