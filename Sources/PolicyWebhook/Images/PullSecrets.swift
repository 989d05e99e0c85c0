import Diagnostics
import Documents
import Glibc
import ImageGathering
import ImageRegistry
import ImageVerification
import KubernetesAPI
import Synchronization
import Values

/// Credentials of registries from Secrets of the cluster: those that a Pod names, those of its ServiceAccount, and those that
/// policies name.
///
/// Each is read by its name, only when an image is looked at, and kept for a short time.
final class PullSecrets: PullCredentials {
    private struct Kept {
        let credentials: RegistryCredentials
        let expiry: ContinuousClock.Instant
    }

    private static let secret = ServedResource(
        group: "", version: "v1", plural: "secrets", kind: "Secret", isNamespaced: true)
    private static let serviceAccount = ServedResource(
        group: "", version: "v1", plural: "serviceaccounts", kind: "ServiceAccount", isNamespaced: true)
    private static let fields = [
        "kubernetes.io/dockerconfigjson": ".dockerconfigjson", "kubernetes.io/dockercfg": ".dockercfg",
    ]

    private let client: KubernetesClient
    /// Where secrets lie that policies name without a namespace; nil if nobody knows.
    private let home: String?
    private let kept = Mutex<[String: Kept]>([:])
    private let accounts = Mutex<[String: (secrets: [String], expiry: ContinuousClock.Instant)]>([:])

    init(_ client: KubernetesClient, home: String?) {
        self.client = client
        self.home = home
    }

    /// The namespace in which this Pod runs.
    static func ownNamespace() -> String? {
        if let name = getenv("POD_NAMESPACE").map({ String(cString: $0) }), !name.isEmpty { return name }
        let path = ClusterConnection.serviceAccountDirectory + "/namespace"
        guard let bytes = try? FileReader.read(path: path, maximumBytes: 256).bytes else { return nil }
        let name = String(decoding: bytes, as: UTF8.self).split(whereSeparator: \.isWhitespace).first.map(String.init)
        return name
    }

    func credentials(for access: ImageAccess) -> RegistryCredentials {
        var names = access.secrets.map { (access.namespace, $0) }
        if names.isEmpty, !access.serviceAccount.isEmpty {
            names = secrets(ofAccount: access.serviceAccount, access.namespace).map { (access.namespace, $0) }
        }
        var found = RegistryCredentials.none
        for name in access.policySecrets {
            let parts = name.split(separator: "/").map(String.init)
            if parts.count == 2 {
                names.append((parts[0], parts[1]))
            } else if let home {
                names.append((home, name))
            } else {
                found = found.noting("the secret `\(name)` has no namespace")
            }
        }
        for (namespace, name) in names.prefix(ExecutableLimits.pullSecrets) {
            found = found.merging(credentials(namespace, name))
        }
        return found
    }

    private func credentials(_ namespace: String, _ name: String) -> RegistryCredentials {
        let key = "\(namespace)/\(name)"
        let now = ContinuousClock.now
        if let found = kept.withLock({ $0[key] }), found.expiry > now { return found.credentials }
        let (credentials, lifetime) = read(namespace, name)
        kept.withLock { kept in
            if kept.count >= ExecutableLimits.keptSecrets { kept = [:] }
            kept[key] = Kept(credentials: credentials, expiry: now.advanced(by: lifetime))
        }
        return credentials
    }

    /// What is wrong with a secret is a remark: kubelet goes on without it, too.
    private func read(_ namespace: String, _ name: String) -> (RegistryCredentials, lifetime: Duration) {
        func missing(_ problem: String) -> (RegistryCredentials, Duration) {
            (.none.noting("the secret `\(namespace)/\(name)` \(problem)"), ExecutableLimits.missingSecretLifetime)
        }
        let object: Node
        do throws(APIFailure) {
            object = try client.get(Self.secret, namespace: namespace, name: name).object
        } catch {
            switch error.kind {
            case .notFound: return missing("does not exist")
            case .forbidden: return missing("may not be read by the webhook's ServiceAccount")
            default: return missing("cannot be read: \(error.message)")
            }
        }
        let type = object["type"]?.string ?? ""
        guard let field = Self.fields[type] else {
            return missing("is of the type `\(type)`, not one with credentials")
        }
        guard let text = object["data"]?[field]?.string, let bytes = BinaryText.decodeBase64(text.utf8) else {
            return missing("has no `\(field)`")
        }
        do throws(VerificationError) {
            // Whoever writes a secret must not start programs here.
            return (try RegistryCredentials(json: bytes).withoutHelpers, ExecutableLimits.secretLifetime)
        } catch {
            return missing("has no credentials that can be read")
        }
    }

    /// Names of an account's `imagePullSecrets`; none where it cannot be read.
    private func secrets(ofAccount name: String, _ namespace: String) -> [String] {
        let key = "\(namespace)/\(name)"
        let now = ContinuousClock.now
        if let found = accounts.withLock({ $0[key] }), found.expiry > now { return found.secrets }
        let object = try? client.get(Self.serviceAccount, namespace: namespace, name: name).object
        let secrets = Self.names(object?["imagePullSecrets"])
        accounts.withLock { accounts in
            if accounts.count >= ExecutableLimits.keptSecrets { accounts = [:] }
            let lifetime = object == nil ? ExecutableLimits.missingSecretLifetime : ExecutableLimits.secretLifetime
            accounts[key] = (secrets, now.advanced(by: lifetime))
        }
        return secrets
    }

    /// Names in a list of references.
    static func names(_ list: Node?) -> [String] {
        guard let list, list.isList else { return [] }
        let names = list.elements.compactMap { $0["name"]?.string }
        // Paths and keys are made of them.
        return Array(names.filter(isName).prefix(ExecutableLimits.pullSecrets))
    }

    static func isName(_ text: String) -> Bool {
        !text.isEmpty && text.utf8.count <= 253
            && text.utf8.allSatisfy {
                (0x61...0x7A).contains($0) || (0x30...0x39).contains($0) || $0 == UInt8(ascii: "-")
                    || $0 == UInt8(ascii: ".")
            }
    }
}
