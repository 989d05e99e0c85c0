import ArgumentParser

/// Certificates that the server makes for itself.
struct SelfSignedOptions: ParsableArguments {
    @Flag(
        help: """
            Make and renew the certificate, keep it in the Secret SERVICE-tls, and write its authority into the webhook \
            configurations.
            """)
    var selfSigned = false

    @Option(help: "The Service that API servers call, for --self-signed.")
    var service: String?

    @Option(help: "Its namespace.")
    var namespace: String?

    @Option(
        name: .customLong("webhook-configuration"), parsing: .singleValue,
        help: "The name of the validating and mutating webhook configurations (default: guardrail); may be repeated.")
    var configurations: [String] = []

    func validate() throws {
        guard selfSigned else {
            guard service == nil, namespace == nil, configurations.isEmpty else {
                throw ValidationError("--service, --namespace and --webhook-configuration need --self-signed")
            }
            return
        }
        for (name, value) in [("--service", service), ("--namespace", namespace)] {
            guard let value else { throw ValidationError("--self-signed needs \(name)") }
            guard Self.isLabel(value) else { throw ValidationError("`\(value)` of \(name) is no DNS label") }
        }
        guard configurations.count <= ExecutableLimits.webhookConfigurations else {
            throw ValidationError(
                "--webhook-configuration may be given \(ExecutableLimits.webhookConfigurations) times")
        }
    }

    /// RFC 1123: what Kubernetes takes as the name of a Service or namespace.
    private static func isLabel(_ text: String) -> Bool {
        let isInside = text.utf8.allSatisfy { byte in
            switch byte {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"): true
            default: false
            }
        }
        return isInside && (1...63).contains(text.utf8.count) && !text.hasPrefix("-") && !text.hasSuffix("-")
    }

    /// nil without `--self-signed`.
    var identity: ServiceIdentity? {
        guard selfSigned, let service, let namespace else { return nil }
        return ServiceIdentity(
            service: service, namespace: namespace,
            configurations: configurations.isEmpty ? ["guardrail"] : configurations)
    }
}

/// Under which names API servers call us, and who tells them so.
struct ServiceIdentity: Equatable, Sendable {
    let service: String
    let namespace: String
    /// Names of webhook configurations.
    let configurations: [String]

    var dnsNames: [String] { ["\(service).\(namespace).svc", "\(service).\(namespace).svc.cluster.local"] }
    var secret: String { "\(service)-tls" }
}
