import ArgumentParser
import ImageGathering
import ImageVerification
import PolicyEngine

/// Where policies about images find signatures. Without any of it such policies deny.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "OCI image layout with images and their signatures, for policies about images.", valueName: "directory"))
    var signatures: String?

    @Option(
        help: ArgumentHelp(
            "trusted_root.json of sigstore, for signatures by identity and for log entries.", valueName: "file"))
    var trustedRoot: String?

    func validate() throws {
        guard trustedRoot == nil || signatures != nil else {
            throw ValidationError("--trusted-root needs --signatures")
        }
    }

    var isEmpty: Bool { signatures == nil }

    /// - Throws: what is wrong with the files.
    func gatherer() throws(VerificationError) -> ImageGatherer? {
        guard let signatures else { return nil }
        let root = try trustedRoot.map { (path) throws(VerificationError) in try TrustedRoot(path: path) }
        return ImageGatherer(
            source: try LayoutLocator(directory: signatures), trustedRoot: root, clock: { SystemClock.now() })
    }
}
