import ImageRegistry
package import ImageVerification

/// Where an image is to be looked for.
package struct ImagePlace: Sendable {
    package let store: any OCIStore
    /// The image's repository as the store knows it.
    package let repository: String

    package init(store: any OCIStore, repository: String) {
        self.store = store
        self.repository = repository
    }
}

/// What images and their signatures come from: a directory, or registries.
package protocol ImageLocator: Sendable {
    /// - Parameters:
    ///   - access: whose secrets count besides.
    ///   - patience: seconds that all questions to the place may take together.
    /// - Throws: `store-unreadable` where nobody may be asked.
    func place(
        of reference: ImageReference, for access: ImageAccess?, patience: Double
    ) throws(VerificationError) -> ImagePlace

    /// Whether an image that is not there may be somewhere else: then nothing is known of it. A registry knows what it has.
    var isPartial: Bool { get }

    /// For messages: `the registry \`ghcr.io\``.
    func name(of reference: ImageReference) -> String
}

/// A directory with an OCI image layout: images by their full names, or by digest.
package struct LayoutLocator: ImageLocator {
    private let layout: NamedLayout
    private let directory: String

    /// - Throws: `store-unreadable`, `malformed-json`, `malformed-manifest`.
    package init(directory: String) throws(VerificationError) {
        layout = NamedLayout(try OCILayout(directory: directory))
        self.directory = directory
    }

    package var isPartial: Bool { true }

    package func place(of reference: ImageReference, for access: ImageAccess?, patience: Double) -> ImagePlace {
        ImagePlace(store: layout, repository: reference.name)
    }

    package func name(of reference: ImageReference) -> String { "the signature store `\(directory)`" }
}
