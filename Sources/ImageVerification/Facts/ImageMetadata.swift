import Diagnostics
package import Values

/// An image's manifest and configuration, as policies may ask for them.
package struct ImageMetadata: Sendable {
    /// Of the platform, where the image has several.
    package let manifest: Node
    package let config: Node
    /// The index, where the image is one.
    package let index: Node?
    let bytes: Int

    /// Of an index the entry for linux/amd64 is taken, as Kyverno does.
    ///
    /// - Throws: `image-not-found`, `malformed-manifest`, and what the store throws.
    package init(
        _ image: ImageContent, repository: String, in store: some OCIStore
    ) throws(VerificationError) {
        let top = try JSONObject.read(
            image.manifest, maximumBytes: VerificationLimits.maximumManifestBytes, what: "manifest",
            reason: .malformedManifest)
        var total = image.manifest.count
        var manifest = top
        if top.has("manifests") {
            let entries = try top.objects("manifests", limit: 4_096)
            var chosen: JSONObject?
            for entry in entries {
                guard chosen == nil else { break }
                if try Self.isDefaultPlatform(entry) { chosen = entry }
            }
            guard let chosen else {
                throw VerificationError(.imageNotFound, "the index has no image for linux/amd64")
            }
            let digest = try chosen.string("digest")
            guard let stored = try store.checkedManifest(repository: repository, reference: digest) else {
                throw VerificationError(.imageNotFound, "there is no manifest `\(digest)`, which the index names")
            }
            total += stored.bytes.count
            manifest = try JSONObject.read(
                stored.bytes, maximumBytes: VerificationLimits.maximumManifestBytes, what: "manifest",
                reason: .malformedManifest)
            index = top.node
        } else {
            index = nil
        }
        let blob = try store.checkedBlob(repository: repository, try Descriptor(try manifest.object("config")))
        let config = try JSONObject.read(blob, what: "configuration", reason: .malformedManifest)
        self.manifest = manifest.node
        self.config = config.node
        bytes = total + blob.count
    }

    private static func isDefaultPlatform(_ entry: JSONObject) throws(VerificationError) -> Bool {
        guard let platform = try entry.optionalObject("platform") else { return false }
        let (system, architecture) = (try platform.optionalString("os"), try platform.optionalString("architecture"))
        return system == "linux" && architecture == "amd64"
    }
}

extension ImageCheckResult {
    /// Roughly what it holds on to.
    var payloadBytes: Int { payload.map { $0.document.source?.bytes.count ?? 0 } ?? 0 }
}
