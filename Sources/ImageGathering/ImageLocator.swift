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
    private let layout: OCILayout
    private let directory: String

    /// - Throws: `store-unreadable`, `malformed-json`, `malformed-manifest`.
    package init(directory: String) throws(VerificationError) {
        layout = try OCILayout(directory: directory)
        self.directory = directory
    }

    package var isPartial: Bool { true }

    package func place(of reference: ImageReference, for access: ImageAccess?, patience: Double) -> ImagePlace {
        ImagePlace(store: NamedLayout(layout: layout), repository: reference.name)
    }

    package func name(of reference: ImageReference) -> String { "the signature store `\(directory)`" }
}

/// A layout whose tags count only for the repository that they are written with: a bare `v1` says nothing about whose
/// `v1` it is. cosign's own tags name a digest and may be bare.
private struct NamedLayout: OCIStore {
    let layout: OCILayout

    func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
        if reference.utf8.contains(UInt8(ascii: ":")) {
            return try layout.manifest(repository: repository, reference: reference)
        }
        var names = [repository]
        let hub = "docker.io/"
        if repository.hasPrefix(hub) {
            let path = repository.dropFirst(hub.count)
            names.append(String(path))
            if path.hasPrefix("library/") { names.append(String(path.dropFirst(8))) }
        }
        for name in names {
            if let found = try layout.manifest(named: "\(name):\(reference)") { return found }
        }
        let isBoundToDigest = reference.hasPrefix("sha256-") || reference.hasPrefix("sha512-")
        return isBoundToDigest ? try layout.manifest(named: reference) : nil
    }

    func blob(
        repository: String, digest: ImageDigest, maximumBytes: Int
    ) throws(VerificationError) -> [UInt8]? {
        try layout.blob(repository: repository, digest: digest, maximumBytes: maximumBytes)
    }

    func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest] {
        try layout.referrers(repository: repository, digest: digest)
    }
}
