/// An image by digest: what signatures are compared with.
package struct ImageContent: Sendable {
    package let digest: ImageDigest
    package let mediaType: String
    package let size: Int
    /// The manifest's or index's bytes.
    package let manifest: [UInt8]

    package init(_ manifest: StoredManifest) {
        digest = manifest.digest
        mediaType = manifest.mediaType
        size = manifest.bytes.count
        self.manifest = manifest.bytes
    }
}

/// All that was found of one image's signatures: plain data, gathered before anything is decided.
///
/// An index is signed by its own digest. Its platforms' manifests have signatures of their own or none.
package struct ImageSignatures: Sendable {
    package let image: ImageContent
    /// Layers of the `.sig` manifest.
    package var signatures: [CosignLayer] = []
    /// Layers of the `.att` manifest.
    package var attestations: [CosignLayer] = []
    /// Sigstore bundles among the referrers: bytes, or why there are none.
    package var bundles: [Result<[UInt8], VerificationError>] = []
    /// Notary Project signatures among the referrers.
    package var notations: [NotationLayer] = []
    /// Artifacts among the referrers of the types that were asked for.
    package var artifacts: [ReferrerArtifact] = []
    /// What went wrong on the way and belongs to no single signature.
    package var problems: [VerificationError] = []

    package init(image: ImageContent) {
        self.image = image
    }
}

/// A Notary Project signature envelope as it was stored.
package struct NotationLayer: Sendable {
    package let mediaType: String
    package let content: Result<[UInt8], VerificationError>

    package init(mediaType: String, content: Result<[UInt8], VerificationError>) {
        self.mediaType = mediaType
        self.content = content
    }
}

/// What to look for. What is not asked for is not fetched.
package struct SignatureKinds: OptionSet, Sendable, Hashable {
    package let rawValue: Int

    package init(rawValue: Int) { self.rawValue = rawValue }

    /// cosign's `.sig` tag.
    package static let cosignSignatures = SignatureKinds(rawValue: 1)
    /// cosign's `.att` tag.
    package static let cosignAttestations = SignatureKinds(rawValue: 2)
    /// Sigstore bundles, of signatures and of attestations, and Notary Project signatures.
    package static let referrers = SignatureKinds(rawValue: 4)

    package static let all: SignatureKinds = [.cosignSignatures, .cosignAttestations, .referrers]
}

/// What to collect of an image; less is quicker.
package struct SignatureParts: Sendable, Hashable {
    package var kinds = SignatureKinds.all
    /// Artifact types of referrers whose content is wanted, each with its own signatures.
    package var artifactTypes: Set<String> = []
    /// Stands before the names of cosign's tags.
    package var tagPrefix = ""
    /// Whether referrers are looked at first. What is found does not depend on it, only what may be left out.
    package var startsWithReferrers = false

    package init() {}

    /// The kinds one by one.
    package var order: [SignatureKinds] {
        let tags = [SignatureKinds.cosignSignatures, .cosignAttestations].filter(kinds.contains)
        guard kinds.contains(.referrers) else { return tags }
        return startsWithReferrers ? [.referrers] + tags : tags + [.referrers]
    }
}

/// An artifact that refers to an image, such as an SBOM: its content and what signs it.
package struct ReferrerArtifact: Sendable {
    package let type: String
    package let signatures: ImageSignatures
    /// The only layer.
    package let content: Result<[UInt8], VerificationError>
}

extension ImageSignatures {
    /// Collects what a store has on an image that is known already. One bad signature does not hide the others.
    ///
    /// - Parameters:
    ///   - repository: where the signatures lie, which need not be where the image is.
    ///   - isEnough: asked after each kind that something was found of; what has not been looked for by then is left
    ///     out. nil where everything must be seen.
    package init(
        of image: ImageContent, repository: String, in store: some OCIStore, parts: SignatureParts,
        isEnough: ((_ found: ImageSignatures, _ kind: SignatureKinds) -> Bool)? = nil
    ) {
        self.init(image: image)
        let kinds = parts.order
        if isEnough == nil, kinds.count > 1 {
            store.expect(kinds.map { Self.question($0, image.digest, repository, prefix: parts.tagPrefix) })
        }
        for kind in kinds {
            let isNew: Bool
            switch kind {
            case .cosignSignatures:
                signatures = gatherLayers(".sig", repository, store, prefix: parts.tagPrefix)
                isNew = !signatures.isEmpty
            case .cosignAttestations:
                attestations = gatherLayers(".att", repository, store, prefix: parts.tagPrefix)
                isNew = !attestations.isEmpty
            default:
                gatherReferrers(repository, store, artifactTypes: parts.artifactTypes)
                isNew = !(bundles.isEmpty && notations.isEmpty && artifacts.isEmpty)
            }
            if let isEnough, isNew, kind != kinds.last, isEnough(self, kind) { return }
        }
    }

    /// The first question about signatures of a kind.
    ///
    /// - Parameter prefix: stands before the names of cosign's tags.
    package static func question(
        _ kind: SignatureKinds, _ digest: ImageDigest, _ repository: String, prefix: String
    ) -> StoreQuestion {
        switch kind {
        case .cosignSignatures: .manifest(repository: repository, reference: prefix + digest.tag + ".sig")
        case .cosignAttestations: .manifest(repository: repository, reference: prefix + digest.tag + ".att")
        default: .referrers(repository: repository, digest: digest)
        }
    }

    /// Collects everything that a store has on an image. One bad signature does not hide the others.
    ///
    /// - Parameter reference: tag or digest.
    /// - Throws: `image-not-found` and what the store throws for the image itself.
    package init(
        of reference: String, repository: String, kinds: SignatureKinds = .all, in store: some OCIStore
    ) throws(VerificationError) {
        guard let manifest = try store.checkedManifest(repository: repository, reference: reference) else {
            throw VerificationError(.imageNotFound, "there is no image `\(reference)` in `\(repository)`")
        }
        self.init(of: ImageContent(manifest), repository: repository, kinds: kinds, in: store)
    }

    /// Collects everything that a store has on an image that is known already.
    ///
    /// - Parameter repository: where the signatures lie, the image's repository or another.
    package init(
        of image: ImageContent, repository: String, kinds: SignatureKinds = .all, in store: some OCIStore
    ) {
        var parts = SignatureParts()
        parts.kinds = kinds
        self.init(of: image, repository: repository, in: store, parts: parts)
    }

    private mutating func gatherLayers(
        _ suffix: String, _ repository: String, _ store: some OCIStore, prefix: String
    ) -> [CosignLayer] {
        do throws(VerificationError) {
            guard let tag = image.digest.cosignTag(suffix, prefix: prefix),
                let manifest = try store.checkedManifest(repository: repository, reference: tag)
            else { return [] }
            let layers = try Manifest(manifest.bytes).layers
            guard layers.count <= VerificationLimits.maximumSignatures else {
                throw VerificationError(
                    .tooMany,
                    "`\(tag)` has \(layers.count) layers; the limit is \(VerificationLimits.maximumSignatures)")
            }
            store.expectBlobs(layers, repository: repository)
            return layers.map { layer in
                CosignLayer(
                    mediaType: layer.mediaType, annotations: layer.annotations,
                    content: Self.result { () throws(VerificationError) in
                        try store.checkedBlob(repository: repository, layer)
                    })
            }
        } catch {
            problems.append(error)
            return []
        }
    }

    private mutating func gatherReferrers(_ repository: String, _ store: some OCIStore, artifactTypes: Set<String>) {
        let referrers: [ImageDigest]
        do throws(VerificationError) {
            referrers = try store.referrers(repository: repository, digest: image.digest)
        } catch {
            problems.append(error)
            return
        }
        if referrers.count > VerificationLimits.maximumSignatures {
            problems.append(
                VerificationError(
                    .tooMany,
                    "the image has \(referrers.count) referrers; \(VerificationLimits.maximumSignatures) are looked at")
            )
        }
        let wanted = referrers.prefix(VerificationLimits.maximumSignatures)
        if wanted.count > 1 {
            store.expect(wanted.map { .manifest(repository: repository, reference: $0.description) })
        }
        var found: [Referrer] = []
        for digest in wanted {
            do throws(VerificationError) {
                if let referrer = try look(at: digest, repository, store, artifactTypes) { found.append(referrer) }
            } catch {
                problems.append(error)
            }
        }
        store.expectBlobs(found.map(\.layer), repository: repository)
        for referrer in found { gather(referrer, repository, store) }
    }

    /// A manifest that refers to the image and holds what was asked for.
    private struct Referrer {
        enum Kind {
            case bundle, notation
            case artifact(type: String)
        }

        let kind: Kind
        let manifest: StoredManifest
        let layer: Descriptor
    }

    /// - Returns: nil for what nobody asked for.
    private func look(
        at referrer: ImageDigest, _ repository: String, _ store: some OCIStore, _ artifactTypes: Set<String>
    ) throws(VerificationError) -> Referrer? {
        guard let stored = try store.checkedManifest(repository: repository, reference: referrer.description) else {
            return nil
        }
        let manifest = try Manifest(stored.bytes)
        let isBundle = manifest.artifactType.hasPrefix("application/vnd.dev.sigstore.bundle")
        let notation = "application/vnd.cncf.notary.signature"
        let isNotation = manifest.artifactType == notation || manifest.configMediaType == notation
        let isArtifact = artifactTypes.contains(manifest.artifactType)
        guard isBundle || isNotation || isArtifact else { return nil }
        guard manifest.subject == image.digest else {
            throw VerificationError(.otherSubject, "the referrer \(referrer) is about another image")
        }
        guard let layer = manifest.layers.first, manifest.layers.count == 1 else {
            throw VerificationError(
                .layerCount, "the signature manifest \(referrer) has \(manifest.layers.count) layers instead of one")
        }
        let kind: Referrer.Kind =
            isArtifact ? .artifact(type: manifest.artifactType) : isBundle ? .bundle : .notation
        return Referrer(kind: kind, manifest: stored, layer: layer)
    }

    private mutating func gather(_ referrer: Referrer, _ repository: String, _ store: some OCIStore) {
        let content = Self.result { () throws(VerificationError) in
            try store.checkedBlob(repository: repository, referrer.layer)
        }
        switch referrer.kind {
        case .artifact(let type):
            // What signs the artifact refers to it, not to the image; artifacts of artifacts are nobody's business.
            let signatures = ImageSignatures(
                of: ImageContent(referrer.manifest), repository: repository, in: store, parts: Self.artifactParts)
            artifacts.append(ReferrerArtifact(type: type, signatures: signatures, content: content))
        case .bundle: bundles.append(content)
        case .notation: notations.append(NotationLayer(mediaType: referrer.layer.mediaType, content: content))
        }
    }

    private static let artifactParts: SignatureParts = {
        var parts = SignatureParts()
        parts.kinds = .referrers
        return parts
    }()

    private static func result(
        _ body: () throws(VerificationError) -> [UInt8]
    ) -> Result<[UInt8], VerificationError> {
        do throws(VerificationError) {
            return .success(try body())
        } catch {
            return .failure(error)
        }
    }
}

extension ImageSignatures {
    /// Whether nothing was found, not even a problem.
    package var isEmpty: Bool {
        signatures.isEmpty && attestations.isEmpty && bundles.isEmpty && notations.isEmpty && problems.isEmpty
    }
}
