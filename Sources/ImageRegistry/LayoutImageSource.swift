package import ImageVerification

/// Images and signatures in a directory with the OCI image layout.
package struct LayoutImageSource: ImageSource {
    private let layout: NamedLayout

    package init(_ layout: OCILayout) { self.layout = NamedLayout(layout, takesPaths: true) }

    package func digest(
        of reference: ImageReference, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ImageDigest {
        if let digest = reference.digest { return digest }
        let found = try layout.manifest(repository: reference.name, reference: reference.manifestReference)
        guard let found else { throw missing(reference) }
        return found.digest
    }

    package func image(
        _ reference: ImageReference, platform: ImagePlatform?, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ResolvedImage {
        // With the digest in it, whatever name it was found under.
        try ResolvedImage(
            reference.pinned(to: try digest(of: reference, options)), repository: reference.name, platform: platform,
            in: layout)
    }

    package func signatures(
        of image: ImageContent, _ reference: ImageReference, kinds: SignatureKinds, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ImageSignatures {
        let home = options.signatureRepository ?? reference
        return ImageSignatures(of: image, repository: home.name, kinds: kinds, in: layout)
    }

    private func missing(_ reference: ImageReference) -> VerificationError {
        VerificationError(.imageNotFound, "there is no image `\(reference)` in the layout")
    }
}
