/// An image as a store has it: the digest that signatures are for, and the manifest and configuration of one platform.
package struct ResolvedImage: Sendable {
    /// The reference, pinned to `digest`.
    package let reference: ImageReference
    /// Of what the reference names: the index, where it is one.
    package let digest: ImageDigest
    /// What the reference names, by its bytes.
    package let content: ImageContent
    /// The index, where the reference names one.
    package let index: StoredManifest?
    /// The platform's manifest; nil where an index has none for the platform.
    package let manifest: StoredManifest?
    /// The configuration's bytes; nil where there is no manifest, or no configuration in it.
    package let configuration: [UInt8]?

    /// Reads an image from a store.
    ///
    /// - Parameter platform: picks the manifest below an index. With nil, neither it nor the configuration is read.
    /// - Throws: `image-not-found`, `content-digest-mismatch`, `malformed-manifest` and what the store throws.
    package init(
        _ reference: ImageReference, repository: String, platform: ImagePlatform?, in store: some OCIStore
    ) throws(VerificationError) {
        guard let named = try store.checkedManifest(repository: repository, reference: reference.manifestReference)
        else {
            throw VerificationError(.imageNotFound, "there is no image `\(reference)`")
        }
        // With a digest in the reference, it has been compared; its algorithm may be another than ours.
        digest = reference.digest ?? named.digest
        self.reference = reference.pinned(to: digest)
        content = ImageContent(named)
        let parsed = try Manifest(named.bytes)
        let isIndex = ImageMediaType.isIndex(named.mediaType) || (named.mediaType.isEmpty && !parsed.manifests.isEmpty)
        index = isIndex ? named : nil
        guard let platform else {
            manifest = isIndex ? nil : named
            configuration = nil
            return
        }
        var chosen = named
        if isIndex {
            let entry = parsed.manifests.first { $0.platform?.satisfies(platform) == true }
            guard let entry else {
                manifest = nil
                configuration = nil
                return
            }
            guard
                let found = try store.checkedManifest(repository: repository, reference: entry.digest.description)
            else {
                throw VerificationError(
                    .imageNotFound,
                    "the manifest \(entry.digest) for \(platform), which `\(reference)` names, is missing")
            }
            chosen = found
        }
        manifest = chosen
        guard let config = (isIndex ? try Manifest(chosen.bytes) : parsed).config else {
            configuration = nil
            return
        }
        guard config.size <= VerificationLimits.maximumManifestBytes else {
            throw VerificationError(
                .tooLarge,
                "the configuration of `\(reference)` has \(config.size) bytes; the limit is \(VerificationLimits.maximumManifestBytes)"
            )
        }
        configuration = try store.checkedBlob(repository: repository, config)
    }
}

/// Media types of manifests.
package enum ImageMediaType {
    package static let ociIndex = "application/vnd.oci.image.index.v1+json"
    package static let ociManifest = "application/vnd.oci.image.manifest.v1+json"
    package static let dockerList = "application/vnd.docker.distribution.manifest.list.v2+json"
    package static let dockerManifest = "application/vnd.docker.distribution.manifest.v2+json"
    package static let ociArtifact = "application/vnd.oci.artifact.manifest.v1+json"

    /// All that a registry may be asked for.
    package static let all = [ociIndex, ociManifest, dockerList, dockerManifest, ociArtifact]

    package static func isIndex(_ type: String) -> Bool { type == ociIndex || type == dockerList }
}
