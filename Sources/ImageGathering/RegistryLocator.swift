package import ImageRegistry
package import ImageVerification

/// Registries, each asked for its own images.
package struct RegistryLocator: ImageLocator {
    private let client: RegistryClient
    private let credentials: RegistryCredentials
    private let pulls: (any PullCredentials)?

    /// - Parameter pulls: what single requests add, before the credentials for all.
    package init(
        _ client: RegistryClient, credentials: RegistryCredentials = .none, pulls: (any PullCredentials)? = nil
    ) {
        self.client = client
        self.credentials = credentials
        self.pulls = pulls
    }

    package var isPartial: Bool { false }

    package func place(of reference: ImageReference, for access: ImageAccess?, patience: Double) -> ImagePlace {
        var options = ImageFetchOptions()
        options.deadline = .now + .nanoseconds(Int64(patience * 1e9))
        options.credentials = credentials
        if let pulls, let access { options.credentials = pulls.credentials(for: access).merging(credentials) }
        return ImagePlace(store: client.session(reference.domain, options), repository: reference.path)
    }

    package func name(of reference: ImageReference) -> String { "registry `\(reference.domain)`" }
}
