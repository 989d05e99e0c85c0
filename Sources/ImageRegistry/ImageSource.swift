package import ImageVerification
package import OutgoingHTTP

/// What goes with one look at an image.
package struct ImageFetchOptions: Sendable {
    /// All requests together end by then.
    package var deadline: ContinuousClock.Instant?
    package var cancellation: HTTPCancellation?
    package var credentials = RegistryCredentials.none
    /// Where signatures lie if not beside the image: domain and path.
    package var signatureRepository: ImageReference?

    package init() {}
}

/// Where images and their signatures come from: registries, or a directory.
///
/// All calls block, end by the deadline, and may be made from many threads at once. What is wrong with an image is
/// thrown as its reason; `VerificationReason.isStoreProblem` tells what says nothing of the image.
package protocol ImageSource: Sendable {
    /// The digest that a reference stands for now. One with a digest is not looked up.
    ///
    /// - Throws: `image-not-found`, the reasons for which `isStoreProblem` holds.
    func digest(of reference: ImageReference, _ options: ImageFetchOptions) throws(VerificationError) -> ImageDigest

    /// The image's index, manifest and configuration.
    ///
    /// - Parameter platform: picks the manifest below an index. With nil, only what the reference names is read.
    func image(
        _ reference: ImageReference, platform: ImagePlatform?, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ResolvedImage

    /// All that there is of an image's signatures, of the kinds asked for.
    ///
    /// What could not be had, of the signatures only, is among `problems`.
    func signatures(
        of image: ImageContent, _ reference: ImageReference, kinds: SignatureKinds, _ options: ImageFetchOptions
    ) throws(VerificationError) -> ImageSignatures
}
