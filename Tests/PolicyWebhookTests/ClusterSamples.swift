import FakeKubernetesAPI

/// Objects that a cluster under test holds.
enum ClusterSamples {
    /// Denies ConfigMaps in namespaces with the label `guarded: yes` unless `expression` holds.
    static func policy(_ name: String, _ expression: String, labels: String = #"{"guardrail":"yes"}"#) -> String {
        #"""
        {"metadata":{"name":"\#(name)","labels":\#(labels)},"spec":{"failurePolicy":"Fail",
        "matchConstraints":{"namespaceSelector":{"matchLabels":{"guarded":"yes"}},"resourceRules":[{"apiGroups":[""],
        "apiVersions":["v1"],"operations":["CREATE"],"resources":["configmaps"]}]},
        "validations":[{"expression":"\#(expression)","message":"\#(name) says no"}]}}
        """#
    }

    static func binding(_ name: String, labels: String = #"{"guardrail":"yes"}"#) -> String {
        #"""
        {"metadata":{"name":"\#(name)","labels":\#(labels)},"spec":{"policyName":"\#(name)",
        "validationActions":["Deny"]}}
        """#
    }

    /// Denies ConfigMaps named as the params forbid, which are looked for by name.
    static func policyWithParams(_ name: String) -> String {
        #"""
        {"metadata":{"name":"\#(name)","labels":{"guardrail":"yes"}},"spec":{"failurePolicy":"Fail",
        "paramKind":{"apiVersion":"v1","kind":"ConfigMap"},
        "matchConstraints":{"resourceRules":[{"apiGroups":[""],"apiVersions":["v1"],"operations":["CREATE"],
        "resources":["configmaps"]}]},
        "validations":[{"expression":"object.metadata.name != params.data.forbidden","message":"a forbidden name"}]}}
        """#
    }

    static func bindingWithParams(_ name: String) -> String {
        #"""
        {"metadata":{"name":"\#(name)","labels":{"guardrail":"yes"}},"spec":{"policyName":"\#(name)",
        "validationActions":["Deny"],"paramRef":{"name":"settings","namespace":"guardrail-system",
        "parameterNotFoundAction":"Deny"}}}
        """#
    }

    static func namespace(_ name: String, guarded: Bool) -> String {
        #"{"metadata":{"name":"\#(name)","labels":{"guarded":"\#(guarded ? "yes" : "no")"}}}"#
    }

    static func settings(forbidden: String) -> String {
        #"{"metadata":{"name":"settings","namespace":"guardrail-system"},"data":{"forbidden":"\#(forbidden)"}}"#
    }

    /// Excuses everything from one policy.
    static func exception(_ name: String, namespace: String, of policy: String) -> String {
        #"""
        {"metadata":{"name":"\#(name)","namespace":"\#(namespace)"},"spec":{"policyRefs":[{"name":"\#(policy)",
        "kind":"ValidatingAdmissionPolicy"}]}}
        """#
    }
}
