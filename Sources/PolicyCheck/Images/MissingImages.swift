import PolicyEngine

/// What to do about checks of images that nobody could see.
enum MissingImages {
    /// - Parameter looks: whether images were looked for at all.
    /// - Returns: nil for what is no such check.
    static func help(_ missing: MissingContext?, looks: Bool) -> String? {
        guard case .data(let what)? = missing else { return nil }
        let isAboutImages = ["the signatures of the image", "metadata of the image"].contains { what.hasPrefix($0) }
        guard isAboutImages else { return nil }
        return looks
            ? "copy the image with its signatures into the directory of --signatures, or ask its registry with --registries"
            : "give an OCI image layout that holds the image with --signatures, or let its registry be asked with --registries"
    }
}
