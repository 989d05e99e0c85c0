/// A manifest or index as it was stored.
package struct StoredManifest: Sendable {
    package let bytes: [UInt8]
    /// Of the bytes, not what a server claims: SHA-256, unless it was asked for by another digest.
    package let digest: ImageDigest
    package let mediaType: String

    package init(bytes: [UInt8], mediaType: String) {
        self.bytes = bytes
        self.mediaType = mediaType
        digest = ImageDigest(of: bytes)
    }

    /// The same under the digest that it was asked for by; nil if its bytes have another.
    func named(_ digest: ImageDigest) -> StoredManifest? {
        digest.isDigest(of: bytes) ? StoredManifest(bytes: bytes, mediaType: mediaType, digest: digest) : nil
    }

    private init(bytes: [UInt8], mediaType: String, digest: ImageDigest) {
        (self.bytes, self.mediaType, self.digest) = (bytes, mediaType, digest)
    }
}

/// A question to a store.
package enum StoreQuestion: Hashable, Sendable {
    case manifest(repository: String, reference: String)
    case blob(repository: String, digest: ImageDigest, maximumBytes: Int)
    case referrers(repository: String, digest: ImageDigest)
}

/// Where images and their signatures lie: a directory, or what was fetched from a registry before.
package protocol OCIStore: Sendable {
    /// The manifest under a tag or a digest; nil where there is none.
    ///
    /// - Throws: `store-unreadable`, `too-large`, `malformed-manifest`.
    func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest?

    /// A blob's bytes; the caller checks the digest. Nil where there is none.
    func blob(repository: String, digest: ImageDigest, maximumBytes: Int) throws(VerificationError) -> [UInt8]?

    /// Digests of the manifests that name this one as their subject, from the referrers API or the fallback tag.
    ///
    /// Their descriptors say too little to filter by: annotations and types are often wrong there.
    func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest]

    /// Tells what will be asked next, so that a store to which the way is long can be asked several things at once.
    func expect(_ questions: [StoreQuestion])
}

extension OCIStore {
    package func expect(_ questions: [StoreQuestion]) {}

    /// Tells that these blobs will be asked for. A single one need not be told.
    func expectBlobs(_ descriptors: [Descriptor], repository: String) {
        guard descriptors.count > 1 else { return }
        expect(
            descriptors.filter { $0.size <= VerificationLimits.maximumBlobBytes }.map {
                .blob(repository: repository, digest: $0.digest, maximumBytes: Int($0.size))
            })
    }
}

extension OCIStore {
    /// The manifest, if its bytes are what its digest says.
    ///
    /// - Throws: `content-digest-mismatch` and what the store throws.
    package func checkedManifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
        guard let manifest = try manifest(repository: repository, reference: reference) else { return nil }
        guard reference.utf8.contains(UInt8(ascii: ":")) else { return manifest }
        guard let named = manifest.named(try ImageDigest(reference)) else {
            throw VerificationError(.contentDigestMismatch, "the manifest's bytes are not those of `\(reference)`")
        }
        return named
    }

    /// - Throws: `content-digest-mismatch`, `too-large`, `store-unreadable`.
    package func checkedBlob(repository: String, _ descriptor: Descriptor) throws(VerificationError) -> [UInt8] {
        let limit = VerificationLimits.maximumBlobBytes
        guard descriptor.size <= limit else {
            throw VerificationError(.tooLarge, "the blob has \(descriptor.size) bytes; the limit is \(limit)")
        }
        guard
            let bytes = try blob(repository: repository, digest: descriptor.digest, maximumBytes: Int(descriptor.size))
        else {
            throw VerificationError(.storeUnreadable, "the blob \(descriptor.digest) is missing")
        }
        guard bytes.count == descriptor.size, descriptor.digest.isDigest(of: bytes) else {
            throw VerificationError(.contentDigestMismatch, "the blob's bytes are not those of \(descriptor.digest)")
        }
        return bytes
    }
}
