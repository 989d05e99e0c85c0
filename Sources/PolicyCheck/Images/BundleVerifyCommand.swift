import ArgumentParser
import Documents
import Glibc
import ImageVerification
import Reporting

/// Verifies a sigstore bundle for a file or a digest, with the options of sigstore's conformance suite.
struct BundleVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "bundle-verify",
        abstract: "Verify a sigstore bundle for a file or a digest.",
        discussion: """
            The bundle must hold a log entry, and with an identity the proof of a time, as sigstore's clients want it. Of \
            several bundles in the file, one a line or as npm and GitHub answer, one that verifies is enough. Exit code 1 means that it does not verify, 2 that a file cannot be read.
            """,
        aliases: ["verify-bundle"])

    @Option(help: ArgumentHelp("The bundle.", valueName: "file"), completion: .file())
    var bundle: String

    @OptionGroup(title: "Signers") var signer: SignerOptions

    @Argument(
        help: "The file that was signed, or its digest: `sha256:` or `sha512:` and hexadecimal digits.",
        completion: .file())
    var artifact: String

    @Option(name: .shortAndLong, help: "Output format.")
    var output = VerificationOutput.text

    func validate() throws {
        if signer.isEmpty { throw ValidationError("say who must have signed: --key or --certificate-identity") }
        if signer.trustedRoot == nil {
            throw ValidationError("a bundle needs --trusted-root, which says whose logs and authorities count")
        }
    }

    func run() throws {
        let policy = SignaturePolicy(signer: try signer.signer(), trustedRoot: try signer.root())
        let bytes = try SignerOptions.read(bundle).bytes
        let result = try Self.result(bytes, try subject(), policy)
        let file = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        switch output {
        case .text: try file.append(text(result))
        case .json: file.buffer += json(result)
        }
        try file.flush()
        if case .failure = result { throw RunFailure(.violations, "") }
    }

    /// That of the first bundle that verifies, else of the first.
    private static func result(
        _ text: [UInt8], _ subject: BundleSubject, _ policy: SignaturePolicy
    ) throws(RunFailure) -> Result<VerifiedSignature, VerificationError> {
        var failure: VerificationError?
        do throws(VerificationError) {
            for bundle in try SigstoreBundle.all(in: text) {
                do throws(VerificationError) {
                    return .success(try bundle.get().verify(subject, policy))
                } catch {
                    failure = failure ?? error
                }
            }
        } catch {
            failure = error
        }
        return .failure(failure ?? VerificationError(.malformedBundle, "there is no bundle in it"))
    }

    /// A digest, unless there is a file of that name.
    private func subject() throws(RunFailure) -> BundleSubject {
        if !FileReader.exists(artifact), let digest = try? ImageDigest(artifact) {
            return .artifact(digest: digest, bytes: nil)
        }
        let bytes = try SignerOptions.read(artifact).bytes
        return .artifact(digest: ImageDigest(of: bytes), bytes: bytes)
    }

    private func text(_ result: Result<VerifiedSignature, VerificationError>) -> String {
        switch result {
        case .failure(let error): return "`\(bundle)` does not verify: \(error.detail) [\(error.id)]\n"
        case .success(let signature):
            let who = signature.claims.map { " by `\($0.subject)`" } ?? ""
            let times = signature.times.map { ", existed at \($0.internetText)" }.joined()
            return "`\(bundle)` verifies\(who)\(times)\n"
        }
    }

    private func json(_ result: Result<VerifiedSignature, VerificationError>) -> [UInt8] {
        let tree = makeMap { map in
            map.field("schemaVersion", 1)
            switch result {
            case .failure(let error):
                map.field("verified", false)
                ImageReport.write(error, to: &map)
            case .success(let signature):
                map.field("verified", true)
                ImageReport.write(signature, to: &map)
            }
        }
        return JSONWriter(indent: 2).write(tree) + [UInt8(ascii: "\n")]
    }
}
