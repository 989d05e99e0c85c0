/// A kind that a fake API server serves.
package struct FakeResource: Hashable, Sendable {
    package let group: String
    package let version: String
    package let plural: String
    package let kind: String
    package let isNamespaced: Bool

    package init(_ group: String, _ version: String, _ plural: String, _ kind: String, isNamespaced: Bool) {
        self.group = group
        self.version = version
        self.plural = plural
        self.kind = kind
        self.isNamespaced = isNamespaced
    }

    var apiVersion: String { group.isEmpty ? version : "\(group)/\(version)" }
    var root: String { group.isEmpty ? "/api/\(version)" : "/apis/\(group)/\(version)" }

    package static let namespaces = FakeResource("", "v1", "namespaces", "Namespace", isNamespaced: false)
    package static let configMaps = FakeResource("", "v1", "configmaps", "ConfigMap", isNamespaced: true)
    package static let secrets = FakeResource("", "v1", "secrets", "Secret", isNamespaced: true)
    package static let serviceAccounts = FakeResource("", "v1", "serviceaccounts", "ServiceAccount", isNamespaced: true)
    package static let policies = FakeResource(
        "admissionregistration.k8s.io", "v1", "validatingadmissionpolicies", "ValidatingAdmissionPolicy",
        isNamespaced: false)
    package static let bindings = FakeResource(
        "admissionregistration.k8s.io", "v1", "validatingadmissionpolicybindings", "ValidatingAdmissionPolicyBinding",
        isNamespaced: false)
    package static let validatingConfigurations = FakeResource(
        "admissionregistration.k8s.io", "v1", "validatingwebhookconfigurations", "ValidatingWebhookConfiguration",
        isNamespaced: false)
    package static let mutatingConfigurations = FakeResource(
        "admissionregistration.k8s.io", "v1", "mutatingwebhookconfigurations", "MutatingWebhookConfiguration",
        isNamespaced: false)
    package static let exceptions = FakeResource(
        "policies.kyverno.io", "v1", "policyexceptions", "PolicyException", isNamespaced: true)

    package static let usual = [
        namespaces, configMaps, secrets, policies, bindings, validatingConfigurations, mutatingConfigurations,
        exceptions,
    ]
}
