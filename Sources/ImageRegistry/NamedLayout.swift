package import ImageVerification

/// A directory with the OCI image layout whose tags count only for the repository that they are written with: a bare
/// `v1` says nothing about whose `v1` it is, and any image could claim it. cosign's own tags name a digest and may be bare.
package struct NamedLayout: OCIStore {
    private let layout: OCILayout
    private let takesPaths: Bool

    /// - Parameter takesPaths: whether `me/app:v1` in the layout is an image of whatever registry is asked for, and not
    ///   of Docker Hub only. For callers who name the image and the layout in one breath.
    package init(_ layout: OCILayout, takesPaths: Bool = false) {
        self.layout = layout
        self.takesPaths = takesPaths
    }

    /// - Parameter repository: with its registry, as `ImageReference.name`.
    package func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
        if reference.utf8.contains(UInt8(ascii: ":")) {
            return try layout.manifest(repository: repository, reference: reference)
        }
        for name in names(repository) {
            if let found = try layout.manifest(named: "\(name):\(reference)") { return found }
        }
        let isBoundToDigest = reference.hasPrefix("sha256-") || reference.hasPrefix("sha512-")
        return isBoundToDigest ? try layout.manifest(named: reference) : nil
    }

    package func blob(
        repository: String, digest: ImageDigest, maximumBytes: Int
    ) throws(VerificationError) -> [UInt8]? {
        try layout.blob(repository: repository, digest: digest, maximumBytes: maximumBytes)
    }

    /// The fallback tag may be written with any of the repository's names.
    package func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest] {
        var found: [ImageDigest] = []
        for name in names(repository) {
            for referrer in try layout.referrers(repository: name, digest: digest) where !found.contains(referrer) {
                found.append(referrer)
            }
        }
        return found
    }

    private func names(_ repository: String) -> [String] {
        var names = [repository]
        guard let slash = repository.firstIndex(of: "/") else { return names }
        let isHub = repository[..<slash] == "docker.io"
        guard isHub || takesPaths else { return names }
        let path = String(repository[repository.index(after: slash)...])
        names.append(path)
        if isHub, path.hasPrefix("library/") { names.append(String(path.dropFirst("library/".count))) }
        return names
    }
}
