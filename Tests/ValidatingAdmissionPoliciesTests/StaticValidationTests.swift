import Diagnostics
import PolicyEngine
import PolicyLanguages
import Testing

/// What API servers refuse policies and bindings for, one rule after the other.
///
/// Expected fields, kinds and words come from `validation.go` of `pkg/apis/admissionregistration/validation` and what it
/// calls (`ValidateLabelSelector`, `IsLabelKey`, `IsPathSegmentName`, `IsDNS1035Label`), read at Kubernetes 1.36.
@Suite struct StaticValidationTests {
    struct Rule: CustomTestStringConvertible, Sendable {
        enum Object: Sendable { case policy, binding, mutation, mutationBinding }

        let object: Object
        /// Lines of the object's `spec`.
        let spec: String
        /// `id field detail`; more are joined by line ends.
        let expected: String
        /// Where the first one is.
        let place: String

        init(_ object: Object, _ spec: String, _ place: String, _ expected: String) {
            self.object = object
            self.spec = spec
            self.expected = expected
            self.place = place
        }

        var testDescription: String { expected }
    }

    private static let check = "validations: [{expression: 'true'}]"
    private static let rule = "{apiGroups: [''], apiVersions: [v1], operations: [CREATE], resources: [pods]}"
    private static let constraints = "matchConstraints: {resourceRules: [\(rule)]}\n"
    private static let step =
        "mutations: [{patchType: JSONPatch, jsonPatch: {expression: '[JSONPatch{op: \"test\", path: \"\"}]'}}]"
    private static let actions = "policyName: p\nvalidationActions: [Deny]\n"

    private static let key =
        "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric "
        + "character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is "
        + "'([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')"
    private static let subdomain =
        "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start "
        + "and end with an alphanumeric character (e.g. 'example.com', regex used for validation is "
        + #"'[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*')"#
    private static let oldLabel =
        "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic "
        + "character, and end with an alphanumeric character (e.g. 'my-name',  or 'abc-123', regex used for validation "
        + "is '[a-z]([-a-z0-9]*[a-z0-9])?')"

    private static func rules(_ rule: String) -> String { "matchConstraints:\n  resourceRules:\n  - \(rule)\n" + check }

    static let policies: [Rule] = [
        Rule(.policy, check, "5:3", "field-required spec.matchConstraints"),
        Rule(
            .policy, "matchConstraints: {resourceRules: []}\n" + check, "5:21",
            "field-required spec.matchConstraints.resourceRules"),
        Rule(
            .policy, constraints, "5:3",
            """
            field-required spec.validations: validations or auditAnnotations must contain at least one item
            field-required spec.auditAnnotations: validations or auditAnnotations must contain at least one item
            """),
        Rule(
            .policy, constraints + "failurePolicy: ''\n" + check, "6:18",
            "field-not-supported spec.failurePolicy: supported values: \"Fail\", \"Ignore\""),
        Rule(
            .policy, "matchConstraints: {matchPolicy: Same, resourceRules: [\(rule)]}\n" + check, "5:35",
            "field-not-supported spec.matchConstraints.matchPolicy: supported values: \"Equivalent\", \"Exact\""),
        // paramKind
        Rule(
            .policy, constraints + "paramKind: {kind: A}\n" + check, "6:14", "field-required spec.paramKind.apiVersion"),
        Rule(
            .policy, constraints + "paramKind: {apiVersion: a/b/c, kind: A}\n" + check, "6:27",
            "field-invalid spec.paramKind.apiVersion: unexpected GroupVersion string: a/b/c"),
        Rule(
            .policy, constraints + "paramKind: {apiVersion: a/, kind: A}\n" + check, "6:27",
            "field-invalid spec.paramKind.apiVersion: version must be specified"),
        Rule(
            .policy, constraints + "paramKind: {apiVersion: A/v1, kind: A}\n" + check, "6:27",
            "field-invalid spec.paramKind.apiVersion: \(subdomain)"),
        Rule(
            .policy, constraints + "paramKind: {apiVersion: 1v, kind: A}\n" + check, "6:27",
            "field-invalid spec.paramKind.apiVersion: \(oldLabel)"),
        Rule(
            .policy, constraints + "paramKind: {apiVersion: v1}\n" + check, "6:14", "field-required spec.paramKind.kind"
        ),
        Rule(
            .policy, constraints + "paramKind: {apiVersion: v1, kind: A_B}\n" + check, "6:37",
            "field-invalid spec.paramKind.kind: may have mixed case, but should otherwise match: \(oldLabel)"),
        // matchConditions
        Rule(
            .policy, constraints + "matchConditions: [{expression: 'true'}]\n" + check, "6:21",
            "field-required spec.matchConditions[0].name"),
        Rule(
            .policy, constraints + "matchConditions: [{name: a, expression: ' '}]\n" + check, "6:43",
            "field-required spec.matchConditions[0].expression"),
        Rule(
            .policy, constraints + "matchConditions: [{name: a b, expression: 'true'}]\n" + check, "6:28",
            "field-invalid spec.matchConditions[0].name: name part \(key)"),
        Rule(
            .policy, constraints + "matchConditions: [{name: /a, expression: 'true'}]\n" + check, "6:28",
            "field-invalid spec.matchConditions[0].name: prefix part must be non-empty"),
        Rule(
            .policy, constraints + "matchConditions: [{name: a/b/c, expression: 'true'}]\n" + check, "6:28",
            "field-invalid spec.matchConditions[0].name: a valid label key \(key) with an optional DNS subdomain prefix "
                + "and '/' (e.g. 'example.com/MyName')"),
        Rule(
            .policy,
            constraints + "matchConditions: [{name: \(String(repeating: "a", count: 64)), expression: 'true'}]\n"
                + check, "6:28", "field-invalid spec.matchConditions[0].name: name part must be no more than 63 bytes"),
        // variables
        Rule(
            .policy, constraints + "variables: [{name: ' ', expression: '1'}]\n" + check, "6:22",
            "field-required spec.variables[0].name: name is not specified"),
        Rule(
            .policy, constraints + "variables: [{name: a-b, expression: '1'}]\n" + check, "6:22",
            "field-invalid spec.variables[0].name: must be a valid CEL identifier"),
        Rule(
            .policy, constraints + "variables: [{name: a}]\n" + check, "6:15",
            "field-required spec.variables[0].expression: expression is not specified"),
        // validations
        Rule(
            .policy, constraints + "validations: [{expression: ''}]", "6:30",
            "field-required spec.validations[0].expression: expression is not specified"),
        Rule(
            .policy, constraints + "validations: [{expression: 'true', message: ' '}]", "6:47",
            "field-invalid spec.validations[0].message: must be non-empty if specified"),
        Rule(
            .policy, constraints + "validations: [{expression: 'true', message: \"a\\rb\"}]", "6:47",
            "field-invalid spec.validations[0].message: must not contain line breaks"),
        Rule(
            .policy, constraints + "validations: [{expression: 'true', messageExpression: ' '}]", "6:57",
            "field-invalid spec.validations[0].messageExpression: must be non-empty if specified"),
        Rule(
            .policy, constraints + "validations: [{expression: 'true', reason: Unauthorized}]", "6:46",
            "field-not-supported spec.validations[0].reason: supported values: \"Forbidden\", \"Invalid\", "
                + "\"RequestEntityTooLarge\""),
        // auditAnnotations
        Rule(
            .policy, constraints + "auditAnnotations: [{valueExpression: \"'x'\"}]", "6:22",
            """
            field-invalid spec.auditAnnotations[0].key: name part must be non-empty
            field-invalid spec.auditAnnotations[0].key: name part \(key)
            """),
        Rule(
            .policy, constraints + "auditAnnotations: [{key: a/b, valueExpression: \"'x'\"}]", "6:28",
            "field-invalid spec.auditAnnotations[0].key: a valid label key \(key) with an optional DNS subdomain prefix "
                + "and '/' (e.g. 'example.com/MyName')"),
        Rule(
            .policy, constraints + "auditAnnotations: [{key: a}]", "6:22",
            "field-required spec.auditAnnotations[0].valueExpression: valueExpression is not specified"),
        Rule(
            .policy,
            constraints + "auditAnnotations: [{key: a, valueExpression: \"'x'\"}, {key: a, valueExpression: \"'x'\"}]",
            "6:62", "field-duplicate spec.auditAnnotations[1].key: duplicate value"),
    ]

    static let matching: [Rule] = [
        Rule(
            .policy, rules("{apiVersions: [v1], operations: ['*'], resources: ['*']}"), "7:7",
            "field-required spec.matchConstraints.resourceRules[0].apiGroups"),
        Rule(
            .policy, rules("{apiGroups: ['*', apps], apiVersions: [v1], operations: ['*'], resources: ['*']}"), "7:20",
            "field-invalid spec.matchConstraints.resourceRules[0].apiGroups: if '*' is present, must not specify other "
                + "API groups"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1, '*'], operations: ['*'], resources: ['*']}"), "7:43",
            "field-invalid spec.matchConstraints.resourceRules[0].apiVersions: if '*' is present, must not specify other "
                + "API versions"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [''], operations: ['*'], resources: ['*']}"), "7:39",
            "field-required spec.matchConstraints.resourceRules[0].apiVersions[0]"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: [], resources: ['*']}"), "7:56",
            "field-required spec.matchConstraints.resourceRules[0].operations"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: [CREATE, '*'], resources: ['*']}"), "7:65",
            "field-invalid spec.matchConstraints.resourceRules[0].operations: if '*' is present, must not specify other "
                + "operations"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: [PATCH], resources: ['*']}"), "7:57",
            "field-not-supported spec.matchConstraints.resourceRules[0].operations[0]: supported values: \"*\", "
                + "\"CONNECT\", \"CREATE\", \"DELETE\", \"UPDATE\""),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: ['']}"), "7:75",
            "field-required spec.matchConstraints.resourceRules[0].resources[0]"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: ['*', pods]}"), "7:75",
            "field-invalid spec.matchConstraints.resourceRules[0].resources: if '*' is present, must not specify other "
                + "resources without subresources"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: ['*/*', pods]}"), "7:75",
            "field-invalid spec.matchConstraints.resourceRules[0].resources: if '*/*' is present, must not specify other "
                + "resources"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [pods/*, pods/exec]}"),
            "7:83",
            "field-invalid spec.matchConstraints.resourceRules[0].resources[1]: if 'pods/*' is present, must not specify "
                + "pods/exec"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: ['*/scale', a/scale]}"),
            "7:86",
            "field-invalid spec.matchConstraints.resourceRules[0].resources[1]: if '*/scale' is present, must not specify "
                + "a/scale"),
        Rule(
            .policy, rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: ['*'], scope: all}"),
            "7:88",
            "field-not-supported spec.matchConstraints.resourceRules[0].scope: supported values: \"*\", \"Cluster\", "
                + "\"Namespaced\""),
        Rule(
            .policy,
            rules(
                "{resourceNames: [a, a, b/c, '..'], apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: ['*']}"
            ),
            "7:27",
            """
            field-duplicate spec.matchConstraints.resourceRules[0].resourceNames[1]: duplicate value
            field-invalid spec.matchConstraints.resourceRules[0].resourceNames[2]: may not contain '/'
            field-invalid spec.matchConstraints.resourceRules[0].resourceNames[3]: may not be '..'
            """),
        Rule(
            .policy,
            "matchConstraints:\n  resourceRules: [\(rule)]\n  excludeResourceRules: [{apiGroups: [''], apiVersions: [v1], "
                + "operations: ['*']}]\n" + check, "7:28",
            "field-required spec.matchConstraints.excludeResourceRules[0].resources"),
        // Selectors
        Rule(
            .policy,
            "matchConstraints:\n  resourceRules: [\(rule)]\n  objectSelector: {matchLabels: {a b: c d}}\n" + check,
            "7:36",
            """
            field-invalid spec.matchConstraints.objectSelector.matchLabels: name part \(key)
            field-invalid spec.matchConstraints.objectSelector.matchLabels: a valid label must be an empty string or \
            consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character \
            (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is \
            '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')
            """),
        Rule(
            .policy,
            "matchConstraints:\n  resourceRules: [\(rule)]\n  namespaceSelector: {matchExpressions: [{key: a, "
                + "operator: In}]}\n" + check, "7:44",
            "field-required spec.matchConstraints.namespaceSelector.matchExpressions[0].values: must be specified when "
                + "`operator` is 'In' or 'NotIn'"),
        Rule(
            .policy,
            "matchConstraints:\n  resourceRules: [\(rule)]\n  namespaceSelector: {matchExpressions: [{key: a, "
                + "operator: Exists, values: [b]}]}\n" + check, "7:79",
            "field-forbidden spec.matchConstraints.namespaceSelector.matchExpressions[0].values: may not be specified when "
                + "`operator` is 'Exists' or 'DoesNotExist'"),
        Rule(
            .policy,
            "matchConstraints:\n  resourceRules: [\(rule)]\n  namespaceSelector: {matchExpressions: [{key: '', "
                + "operator: Has}]}\n" + check, "7:64",
            """
            field-invalid spec.matchConstraints.namespaceSelector.matchExpressions[0].operator: not a valid selector \
            operator
            field-invalid spec.matchConstraints.namespaceSelector.matchExpressions[0].key: name part must be non-empty
            field-invalid spec.matchConstraints.namespaceSelector.matchExpressions[0].key: name part \(key)
            """),
    ]

    static let bindings: [Rule] = [
        Rule(.binding, "validationActions: [Deny]", "5:3", "field-required spec.policyName"),
        Rule(
            .binding, "policyName: P\nvalidationActions: [Deny]", "5:15", "field-invalid spec.policyName: \(subdomain)"),
        Rule(
            .binding, "policyName: p\nvalidationActions: []", "6:22",
            "field-required spec.validationActions: at least one validation action is required"),
        Rule(
            .binding, "policyName: p\nvalidationActions: [Deny, Warn]", "6:22",
            "field-invalid spec.validationActions: must not contain both Deny and Warn (repeating the same validation "
                + "failure information in the API response and headers serves no purpose)"),
        Rule(
            .binding, "policyName: p\nvalidationActions: [deny, Audit, Audit]", "6:23",
            """
            field-not-supported spec.validationActions[0]: supported values: "Audit", "Deny", "Warn"
            field-duplicate spec.validationActions[2]: duplicate value
            """),
        Rule(
            .binding, actions + "paramRef: {parameterNotFoundAction: Deny}", "7:13",
            "field-required spec.paramRef: one of name or selector must be specified"),
        Rule(
            .binding, actions + "paramRef: {name: a/b, parameterNotFoundAction: Deny}", "7:20",
            "field-invalid spec.paramRef.name: may not contain '/'"),
        Rule(
            .binding, actions + "paramRef: {name: a, selector: {}, parameterNotFoundAction: Deny}", "7:20",
            """
            field-forbidden spec.paramRef.name: name and selector are mutually exclusive
            field-forbidden spec.paramRef.selector: name and selector are mutually exclusive
            """),
        Rule(
            .binding, actions + "paramRef: {name: a}", "7:13", "field-required spec.paramRef.parameterNotFoundAction"),
        Rule(
            .binding, actions + "paramRef: {name: a, parameterNotFoundAction: ''}", "7:48",
            "field-required spec.paramRef.parameterNotFoundAction"),
        Rule(
            .binding, actions + "paramRef: {name: a, parameterNotFoundAction: Ignore}", "7:48",
            "field-not-supported spec.paramRef.parameterNotFoundAction: supported values: \"Deny\", \"Allow\""),
        Rule(
            .binding, actions + "matchResources: {matchPolicy: ''}", "7:33",
            "field-not-supported spec.matchResources.matchPolicy: supported values: \"Equivalent\", \"Exact\""),
    ]

    static let mutations: [Rule] = [
        Rule(
            .mutation, constraints + step + "\nreinvocationPolicy: ''", "5:3", "field-required spec.reinvocationPolicy"),
        Rule(
            .mutation, constraints + "reinvocationPolicy: Never\nmutations: [{patchType: ''}]", "7:15",
            "field-required spec.mutations[0].patchType"),
        Rule(
            .mutation, constraints + "reinvocationPolicy: Never\nmutations: [{patchType: Merge}]", "7:27",
            "field-not-supported spec.mutations[0].patchType: supported values: \"ApplyConfiguration\", \"JSONPatch\""),
        Rule(
            .mutation, constraints + "reinvocationPolicy: Never\nmutations: [{patchType: JSONPatch}]", "7:15",
            "field-required spec.mutations[0].jsonPatch: must be specified when patchType is JSONPatch"),
        Rule(
            .mutation,
            constraints + "reinvocationPolicy: Never\nmutations: [{patchType: JSONPatch, jsonPatch: {expression: ''}, "
                + "applyConfiguration: {expression: ''}}]", "7:87",
            """
            field-invalid spec.mutations[0].applyConfiguration: must not be specified when patchType is JSONPatch
            field-required spec.mutations[0].jsonPatch.expression
            """),
        Rule(
            .mutation,
            "matchConstraints: {resourceRules: [{apiGroups: [''], apiVersions: [v1], operations: [UPDATE, DELETE], "
                + "resources: [pods]}]}\nreinvocationPolicy: Never\n" + step, "5:96",
            "field-not-supported spec.matchConstraints.resourceRules.operations: supported values: \"*\", \"CONNECT\", "
                + "\"CREATE\", \"UPDATE\""),
        // Only mutations know what they make.
        Rule(
            .mutation,
            constraints
                + "reinvocationPolicy: Never\nvariables: [{name: key, expression: jsonpatch.escapeKey('a/b')}]\n"
                + step, "7:39", "cel-undeclared-reference spec.variables[0].expression"),
        Rule(
            .mutationBinding, "paramRef: {name: a, parameterNotFoundAction: Deny}", "5:3",
            "field-required spec.policyName"),
    ]

    @Test(
        "refuses what an API server refuses, at the field, in its words, with the place",
        arguments: policies + matching + bindings + mutations)
    func refuses(rule: Rule) {
        let found = Self.load(rule).filter { $0.severity == .error && !$0.id.contains("-no-") }
        let start = found.first?.range?.start
        #expect(start.map { "\($0.line):\($0.column)" } == rule.place, "\(found.map(\.message))")
        let texts = found.map { diagnostic in
            let text = diagnostic.message.replacing("`", with: "", maxReplacements: 2)
                .replacing(": required", with: "")
            return "\(diagnostic.id) \(text)"
        }
        if rule.expected.hasPrefix("cel-") {
            #expect(texts.count == 1 && texts[0].hasPrefix(rule.expected), "\(texts)")
        } else {
            #expect(texts.joined(separator: "\n") == rule.expected)
        }
    }

    private static func load(_ rule: Rule) -> [Diagnostic] {
        let kinds: [Rule.Object: String] = [
            .policy: "ValidatingAdmissionPolicy", .binding: "ValidatingAdmissionPolicyBinding",
            .mutation: "MutatingAdmissionPolicy", .mutationBinding: "MutatingAdmissionPolicyBinding",
        ]
        var loader = PolicyLoader()
        loader.load(
            policies: SourceFile(
                name: "p.yaml",
                text: """
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: \(kinds[rule.object] ?? "")
                    metadata: {name: p}
                    spec:
                      \(rule.spec.replacing("\n", with: "\n  "))
                    """))
        _ = loader.finish()
        return loader.log.diagnostics
    }

    @Test("takes what an API server takes")
    func accepts() {
        let specs = [
            // Two variables of one name: the last one counts.
            Self.constraints + "variables: [{name: a, expression: '1'}, {name: a, expression: '2'}]\n" + Self.check,
            // A wildcard that comes after what it covers is not noticed.
            Self.rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [pods/exec, pods/*]}"),
            // Only the last name without a subresource is looked at.
            Self.rules("{apiGroups: [''], apiVersions: [v1], operations: ['*'], resources: [pods, '*']}"),
            Self.constraints + "auditAnnotations: [{key: a.b_c-D, valueExpression: 'null'}]",
            "matchConstraints:\n  resourceRules: [\(Self.rule)]\n  objectSelector: {matchLabels: {a.b/c: ''}}\n"
                + Self.check,
        ]
        for spec in specs {
            let found = Self.load(Rule(.policy, spec, "", "")).filter { !$0.id.contains("-no-") }
            #expect(found.isEmpty, "\(found.map(\.message))")
        }
    }

    @Test("checks the metadata of policies, which are in no namespace")
    func metadata() {
        var loader = PolicyLoader()
        loader.load(
            policies: SourceFile(
                name: "p.yaml",
                text: """
                    apiVersion: admissionregistration.k8s.io/v1
                    kind: ValidatingAdmissionPolicyBinding
                    metadata: {name: p, namespace: x, labels: {a b: c}, annotations: {A/B/C: c, Upper.Case/x: y}}
                    spec: {policyName: p, validationActions: [Deny]}
                    """))
        _ = loader.finish()
        let found = loader.log.diagnostics.filter { $0.severity == .error }
        #expect(
            found.map { "\($0.id) \($0.message.prefix(40)) \($0.range?.start.column ?? 0)" } == [
                "field-forbidden `metadata.namespace`: not allowed on thi 32",
                "field-invalid `metadata.labels`: name part must consis 44",
                "field-invalid `metadata.annotations`: a valid label ke 67",
            ])
    }
}
