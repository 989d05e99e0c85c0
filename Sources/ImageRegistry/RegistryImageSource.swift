package import ImageVerification

/// Images and signatures in registries.
package struct RegistryImageSource: ImageSource {
    private let client: RegistryClient

    package init(_ client: RegistryClient) { self.client = client }

    package func digest(
        of reference: ImageReference, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ImageDigest {
        if let digest = reference.digest { return digest }
        let claimed = try client.session(reference.domain, options).claimedDigest(
            repository: reference.path, reference: reference.manifestReference)
        guard let claimed else { throw missing(reference) }
        return claimed
    }

    package func image(
        _ reference: ImageReference, platform: ImagePlatform?, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ResolvedImage {
        do throws(VerificationError) {
            return try ResolvedImage(
                reference, repository: reference.path, platform: platform,
                in: client.session(reference.domain, options))
        } catch {
            throw error.reason == .imageNotFound ? missing(reference) : error
        }
    }

    package func signatures(
        of image: ImageContent, _ reference: ImageReference, kinds: SignatureKinds, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ImageSignatures {
        let home = options.signatureRepository ?? reference
        return ImageSignatures(
            of: image, repository: home.path, kinds: kinds, in: client.session(home.domain, options))
    }

    private func missing(_ reference: ImageReference) -> VerificationError {
        VerificationError(.imageNotFound, "registry `\(reference.domain)` has no image `\(reference)`")
    }
}
