import Diagnostics
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

extension FieldReader {
    /// Reads `spec.credentials`: names of secrets, which count where the webhook may read them.
    ///
    /// Everything else about credentials belongs to whoever asks the registry, which is not the policy: the webhook and
    /// `policy-check` have options for it.
    mutating func credentials(
        _ spec: Node, namespace: String, _ warnings: inout [Diagnostic]
    ) -> [String] {
        guard let node = map("credentials", in: spec, "spec") else { return [] }
        allow(["allowInsecureRegistry", "providers", "secrets"], in: node, "spec.credentials")
        if boolean("allowInsecureRegistry", in: node, "spec.credentials") == true {
            report(
                .forbidden, "spec.credentials.allowInsecureRegistry", "a policy cannot turn encryption off", at: node,
                help: "name the registry where it is asked, with --plain-http, and remove this")
        }
        for provider in strings("providers", in: node, "spec.credentials") where provider.text != "default" {
            warnings.append(
                warning(
                    "`\(provider.text)` in `spec.credentials.providers` has no effect: no cloud is asked for credentials",
                    help:
                        "name a credential helper in the file of --registry-config, and allow it with --credential-helpers",
                    at: provider.node))
        }
        let secrets = strings("secrets", in: node, "spec.credentials")
        if let first = secrets.first {
            warnings.append(
                warning(
                    "`spec.credentials.secrets` counts only in a webhook that may read secrets",
                    help:
                        "allow it with --image-pull-secrets; policy-check asks with the credentials of --registry-config",
                    at: first.node))
        }
        var names: [String] = []
        for secret in secrets {
            if !Self.isSecretName(secret.text, namespace) {
                report(
                    .invalid, "spec.credentials.secrets",
                    namespace.isEmpty
                        ? "must be the name of a secret, with its namespace before it or without"
                        : "must be the name of a secret in the policy's namespace", at: secret.node)
            } else {
                names.append(Self.secret(secret.text, namespace))
            }
        }
        return names
    }

    /// With the namespace of a policy that has one.
    static func secret(_ name: String, _ namespace: String) -> String {
        namespace.isEmpty ? name : "\(namespace)/\(name)"
    }

    /// A policy of one namespace may not reach into another one.
    private static func isSecretName(_ text: String, _ namespace: String) -> Bool {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 1 || (parts.count == 2 && namespace.isEmpty) else { return false }
        return parts.allSatisfy(isSecretName)
    }

    static func isSecretName(_ text: some StringProtocol) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
    }

    private func warning(_ message: String, help: String, at node: Node) -> Diagnostic {
        Diagnostic(
            "image-credentials", .warning, message, file: node.document.source,
            range: node.position.map { SourceRange(at: $0) }, help: help)
    }
}
