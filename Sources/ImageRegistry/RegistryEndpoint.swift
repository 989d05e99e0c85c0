import OutgoingHTTP

/// One place where a repository lies: the registry itself, or a mirror of it.
struct RegistryEndpoint: Hashable, Sendable {
    /// As credentials and messages name it.
    let domain: String
    /// What speaks the registry's protocol, with a port where it has one.
    let host: String
    /// Before the repository's path, without slashes around it.
    let prefix: String

    init(domain: String) {
        self.domain = domain
        host = domain == "docker.io" ? "registry-1.docker.io" : domain
        prefix = ""
    }

    init(_ mirror: RegistryConfiguration.Mirror) {
        domain = mirror.host
        host = mirror.host
        prefix = mirror.prefix
    }

    func repository(_ path: String) -> String { prefix.isEmpty ? path : "\(prefix)/\(path)" }
}

/// One thing that a registry has.
struct RegistryResource: Hashable, Sendable {
    enum Kind: String, Sendable {
        case manifests, blobs, referrers
    }

    let kind: Kind
    /// The repository's path, without a mirror's.
    let repository: String
    /// Tag or digest.
    let reference: String

    /// For messages.
    var description: String {
        switch kind {
        case .manifests: "the manifest `\(reference)` of `\(repository)`"
        case .blobs: "the blob `\(reference)` of `\(repository)`"
        case .referrers: "the referrers of `\(reference)` in `\(repository)`"
        }
    }

    func path(at endpoint: RegistryEndpoint) -> String {
        "/v2/\(endpoint.repository(repository))/\(kind.rawValue)/\(reference)"
    }
}
