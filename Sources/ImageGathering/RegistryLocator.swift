package import ImageRegistry
package import ImageVerification

/// Registries, each asked for its own images.
package struct RegistryLocator: ImageLocator {
    private let client: RegistryClient
    private let credentials: RegistryCredentials

    package init(_ client: RegistryClient, credentials: RegistryCredentials = .none) {
        self.client = client
        self.credentials = credentials
    }

    package var isPartial: Bool { false }

    package func place(of reference: ImageReference, patience: Double) -> ImagePlace {
        var options = ImageFetchOptions()
        options.deadline = .now + .nanoseconds(Int64(patience * 1e9))
        options.credentials = credentials
        return ImagePlace(store: client.session(reference.domain, options), repository: reference.path)
    }

    package func name(of reference: ImageReference) -> String { "registry `\(reference.domain)`" }
}
