import Diagnostics
import Documents
package import ImageVerification
import Values

/// What proves to a registry who asks.
package enum RegistryCredential: Hashable, Sendable {
    case basic(user: String, password: String)
    /// A refresh token, which a token service exchanges.
    case identityToken(String)
    /// A token that is sent as it is.
    case registryToken(String)
}

/// Credentials by registry: a Docker `config.json`, or a Kubernetes secret of the type `kubernetes.io/dockerconfigjson`
/// or `kubernetes.io/dockercfg`.
///
/// Helper programs (`credHelpers`, `credsStore`) are run only where `RegistryConfiguration` allows it: a configuration that
/// comes from a cluster's tenant must not start programs. That they are named is remembered, so that a refusal can say it.
package struct RegistryCredentials: Hashable, Sendable {
    private struct Entry: Hashable, Sendable {
        /// Labels of the host, where `*` stands within one label, and its port.
        let host: String
        let path: String
        let credential: RegistryCredential
    }

    /// Longest first.
    private var entries: [Entry] = []
    /// Names of programs that hold credentials.
    package private(set) var helpers: Set<String> = []
    /// Those that are for one registry, by its canonical host.
    private var hostHelpers: [String: String] = [:]
    /// The one for all others.
    private var store: String?
    /// Why there may be too few: what a refusal says besides.
    package private(set) var notes: [String] = []

    /// Nothing; registries are asked as anybody may.
    package static let none = RegistryCredentials()

    private init() {}

    package init(host: String, _ credential: RegistryCredential) {
        let (host, path) = Self.normalised(host)
        entries = [Entry(host: host, path: path, credential: credential)]
    }

    /// Reads a `config.json`, or the older form without `auths`.
    ///
    /// - Throws: `registry-credentials`, without anything of what the text holds but names of registries.
    package init(json bytes: [UInt8]) throws(VerificationError) {
        let object: JSONObject
        do throws(VerificationError) {
            object = try JSONObject.read(
                bytes, maximumBytes: RegistryLimits.maximumCredentialFileBytes, what: "registry credentials",
                reason: .registryCredentials)
        } catch {
            throw VerificationError(.registryCredentials, "the registry credentials cannot be read: \(error.detail)")
        }
        if let store = try object.optionalString("credsStore"), !store.isEmpty {
            helpers.insert(store)
            self.store = store
        }
        if let named = try object.optionalObject("credHelpers") {
            for entry in named.node.entries.prefix(RegistryLimits.maximumCredentialEntries) {
                guard let host = entry.key.string, let helper = entry.value.string, !helper.isEmpty else { continue }
                helpers.insert(helper)
                hostHelpers[Self.normalised(host).host] = helper
            }
        }
        let isCurrent = object.has("auths") || object.has("credHelpers") || object.has("credsStore")
        let isOther = ["HttpHeaders", "psFormat", "currentContext"].contains { object.has($0) }
        guard let auths = isCurrent || isOther ? try object.optionalObject("auths") : object else { return }
        guard auths.node.count <= RegistryLimits.maximumCredentialEntries else {
            throw VerificationError(
                .registryCredentials,
                "the credentials are for \(auths.node.count) registries; the limit is \(RegistryLimits.maximumCredentialEntries)"
            )
        }
        for entry in auths.node.entries {
            guard let name = entry.key.string, let auth = try auths.optionalObject(name) else { continue }
            guard let credential = try Self.credential(auth, registry: name) else { continue }
            let (host, path) = Self.normalised(name)
            entries.append(Entry(host: host, path: path, credential: credential))
        }
        sort()
    }

    /// What these have comes before what others have for the same registry.
    package func merging(_ others: RegistryCredentials) -> RegistryCredentials {
        var merged = self
        merged.entries += others.entries
        merged.helpers.formUnion(others.helpers)
        merged.hostHelpers.merge(others.hostHelpers) { mine, _ in mine }
        merged.store = store ?? others.store
        merged.notes += others.notes
        merged.sort()
        return merged
    }

    package var isEmpty: Bool { entries.isEmpty }

    /// The program that is to be asked for a registry's credentials.
    func helper(domain: String) -> String? { hostHelpers[Self.canonical(domain.lowercased())] ?? store }

    /// These without any program to ask: what a tenant of the cluster gives must not start one.
    package var withoutHelpers: RegistryCredentials {
        var others = self
        (others.hostHelpers, others.store) = ([:], nil)
        return others
    }

    /// With one more, which comes before all others.
    func with(_ credential: RegistryCredential?, of domain: String) -> RegistryCredentials {
        guard let credential else { return self }
        var others = self
        others.entries.insert(
            Entry(host: Self.canonical(domain.lowercased()), path: "", credential: credential), at: 0)
        return others
    }

    func noting(_ note: HelperNote) -> RegistryCredentials {
        var others = self
        others.notes.append(note.text)
        return others
    }

    /// With a remark on why something is missing, for refusals.
    package func noting(_ text: String) -> RegistryCredentials { noting(HelperNote(text)) }

    /// What may be tried for a repository, the most particular first.
    ///
    /// - Parameters:
    ///   - domain: as in references: `docker.io` for Docker Hub.
    package func candidates(domain: String, path: String) -> [RegistryCredential] {
        let host = Self.canonical(domain.lowercased())
        var found: [RegistryCredential] = []
        for entry in entries where Self.matches(host, entry.host) && Self.isBelow(path, entry.path) {
            if !found.contains(entry.credential) { found.append(entry.credential) }
        }
        return Array(found.prefix(RegistryLimits.maximumCredentialTries))
    }

    /// The longest first, names before patterns; what came first stays first among equals.
    private mutating func sort() {
        func rank(_ entry: Entry) -> (Int, Int) {
            (entry.host.utf8.count + entry.path.utf8.count, -entry.host.utf8.count { $0 == UInt8(ascii: "*") })
        }
        entries = entries.enumerated().sorted { left, right in
            let (a, b) = (rank(left.element), rank(right.element))
            return a == b ? left.offset < right.offset : a > b
        }.map(\.element)
    }

    private static func credential(_ auth: JSONObject, registry: String) throws(VerificationError)
        -> RegistryCredential?
    {
        if let token = try auth.optionalString("registrytoken"), !token.isEmpty { return .registryToken(token) }
        if let token = try auth.optionalString("identitytoken"), !token.isEmpty { return .identityToken(token) }
        if let packed = try auth.optionalString("auth"), !packed.isEmpty {
            guard let bytes = BinaryText.decodeBase64(packed.utf8, .protobuf) else {
                throw VerificationError(
                    .registryCredentials, "`auth` for the registry `\(registry)` is not valid base64")
            }
            guard let colon = bytes.firstIndex(of: UInt8(ascii: ":")) else {
                throw VerificationError(
                    .registryCredentials, "`auth` for the registry `\(registry)` has no colon between user and password"
                )
            }
            var password = bytes[(colon + 1)...]
            // Old clients padded with zero bytes.
            while password.last == 0 { password.removeLast() }
            let (user, secret) = (
                String(decoding: bytes[..<colon], as: UTF8.self), String(decoding: password, as: UTF8.self)
            )
            return user == "<token>" ? .identityToken(secret) : .basic(user: user, password: secret)
        }
        guard let user = try auth.optionalString("username"), !user.isEmpty else { return nil }
        return .basic(user: user, password: try auth.optionalString("password") ?? "")
    }

    /// Host and path of a key: scheme and the path of an API's version do not count.
    private static func normalised(_ key: String) -> (host: String, path: String) {
        var text = key[...]
        for scheme in ["https://", "http://"] where text.hasPrefix(scheme) { text = text.dropFirst(scheme.utf8.count) }
        let parts = text.split(separator: "/").map(String.init)
        var path = parts.dropFirst()
        if path.count == 1, path.first == "v1" || path.first == "v2" { path = [] }
        return (canonical((parts.first ?? "").lowercased()), path.joined(separator: "/"))
    }

    /// Docker Hub has many names.
    private static func canonical(_ host: String) -> String {
        ["index.docker.io", "registry-1.docker.io", "registry.hub.docker.com"].contains(host) ? "docker.io" : host
    }

    /// Label by label, as kubelet matches: `*.example.com` is not `a.b.example.com`, and ports are the same.
    private static func matches(_ host: String, _ pattern: String) -> Bool {
        guard pattern.utf8.contains(UInt8(ascii: "*")) else { return host == pattern }
        func parts(_ text: String) -> (labels: [Substring], port: Substring?) {
            let pieces = text.split(separator: ":", maxSplits: 1, omittingEmptySubsequences: false)
            let labels = pieces[0].split(separator: ".", omittingEmptySubsequences: false)
            return (labels, pieces.count > 1 ? pieces[1] : nil)
        }
        let (wanted, found) = (parts(pattern), parts(host))
        return wanted.port == found.port && wanted.labels.count == found.labels.count
            && zip(wanted.labels, found.labels).allSatisfy { isLike(Array($1.utf8)[...], Array($0.utf8)[...]) }
    }

    /// A label, where `*` stands for any bytes.
    private static func isLike(_ text: ArraySlice<UInt8>, _ pattern: ArraySlice<UInt8>) -> Bool {
        let pieces = pattern.split(separator: UInt8(ascii: "*"), omittingEmptySubsequences: false)
        guard pieces.count > 1, let first = pieces.first, let last = pieces.last else {
            return text.elementsEqual(pattern)
        }
        guard text.count >= first.count + last.count, text.starts(with: first), text.suffix(last.count) == last else {
            return false
        }
        var rest = text.dropFirst(first.count).dropLast(last.count)
        for piece in pieces.dropFirst().dropLast() where !piece.isEmpty {
            let place = rest.indices.first { rest[$0...].starts(with: piece) }
            guard let place else { return false }
            rest = rest[(place + piece.count)...]
        }
        return true
    }

    private static func isBelow(_ path: String, _ prefix: String) -> Bool {
        prefix.isEmpty || path == prefix || path.hasPrefix(prefix + "/")
    }
}

extension RegistryCredentials {
    /// Reads a `config.json`.
    ///
    /// - Throws: `registry-credentials`.
    package init(path: String) throws(VerificationError) {
        let bytes: [UInt8]
        do throws(DocumentError) {
            bytes = try FileReader.read(path: path, maximumBytes: RegistryLimits.maximumCredentialFileBytes).bytes
        } catch {
            throw VerificationError(.registryCredentials, error.message)
        }
        try self.init(json: bytes)
    }
}
