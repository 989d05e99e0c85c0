package import ImageVerification

/// Images and signatures in a directory with the OCI image layout.
///
/// Tags are found by the whole name (`docker.io/library/alpine:3`), the path (`library/alpine:3`) and, for Docker Hub's
/// own images, the short name. A bare tag in the layout belongs to no repository and is not found: any image could
/// claim it.
package struct LayoutImageSource: ImageSource {
    private let layout: OCILayout

    package init(_ layout: OCILayout) { self.layout = layout }

    package func digest(
        of reference: ImageReference, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ImageDigest {
        if let digest = reference.digest { return digest }
        let tag = reference.tag ?? "latest"
        for name in names(reference) {
            if let digest = layout.digest(named: "\(name):\(tag)") { return digest }
        }
        throw VerificationError(.imageNotFound, "there is no image `\(reference)` in the layout")
    }

    package func image(
        _ reference: ImageReference, platform: ImagePlatform?, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ResolvedImage {
        let digest = try digest(of: reference, options)
        return try ResolvedImage(
            reference.pinned(to: digest), repository: reference.path, platform: platform, in: layout)
    }

    package func signatures(
        of image: ImageContent, _ reference: ImageReference, kinds: SignatureKinds, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ImageSignatures {
        let home = options.signatureRepository ?? reference
        // The names under which the tags of signatures lie carry the repository; the digest is what counts.
        var found = ImageSignatures(of: image, repository: home.path, kinds: kinds, in: layout)
        for name in names(home) where found.isEmpty && name != home.path {
            found = ImageSignatures(of: image, repository: name, kinds: kinds, in: layout)
        }
        return found
    }

    private func names(_ reference: ImageReference) -> [String] {
        var names = [reference.name, reference.path]
        if reference.domain == "docker.io", reference.path.hasPrefix("library/") {
            names.append(String(reference.path.dropFirst("library/".count)))
        }
        return names
    }
}
