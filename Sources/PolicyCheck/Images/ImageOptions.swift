import ArgumentParser
import Documents
import ImageGathering
import ImageVerification
import PolicyEngine

/// Where policies about images find signatures. Without any of it such policies are undecided.
struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "OCI image layout with images and their signatures, for policies about images.", valueName: "directory"),
        completion: .directory)
    var signatures: String?

    @Option(
        help: ArgumentHelp(
            "trusted_root.json of sigstore, for signatures by identity and for log entries.", valueName: "file"),
        completion: .file())
    var trustedRoot: String?

    /// - Throws: status 2 if a file or directory cannot be used.
    func gatherer() throws(RunFailure) -> ImageGatherer? {
        guard let signatures else {
            guard trustedRoot == nil else { throw RunFailure(.input, "--trusted-root needs --signatures") }
            return nil
        }
        do throws(VerificationError) {
            return ImageGatherer(
                source: try LayoutLocator(directory: signatures), trustedRoot: try root(), clock: { SystemClock.now() })
        } catch {
            throw RunFailure(.input, error.detail)
        }
    }

    private func root() throws(VerificationError) -> TrustedRoot? {
        guard let trustedRoot else { return nil }
        return try TrustedRoot(path: trustedRoot)
    }
}
