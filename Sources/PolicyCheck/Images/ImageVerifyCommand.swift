import ArgumentParser
import Glibc
import ImageRegistry
import ImageVerification
import Values

/// What a command prints of images and bundles.
enum VerificationOutput: String, CaseIterable, ExpressibleByArgument {
    case text, json
}

/// Says of images whether they are signed, and why not.
struct ImageVerifyCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "verify",
        abstract: "Say of images whether they are signed, with what was found and checked.",
        discussion: """
            What counts is a cosign signature or a sigstore bundle by the key or the identity, or a Notary Project \
            signature under --notation-certificate. Transparency logs and certificates are judged by --trusted-root; with \
            a key and without that option, logs do not count.

            Exit code 1 means that an image is not signed by whom it should be, 2 that there is no such image, 3 that \
            its registry did not give what is needed.
            """)

    @Argument(help: "Images, as in a Pod: [registry/]repository[:tag][@digest].")
    var images: [String]

    @OptionGroup(title: "Signers") var signer: SignerOptions
    @OptionGroup(title: "Notary Project") var notation: NotationOptions

    @Option(
        help: ArgumentHelp(
            "Look for an attestation of this predicate type instead of a signature.", valueName: "type"))
    var attestation: String?

    @Option(
        name: .customLong("annotation"),
        help: ArgumentHelp("Annotation that the signed text must have; repeat for several.", valueName: "key=value"))
    var annotations: [String] = []

    @OptionGroup(title: "Sources") var source: ImageSourceOptions

    @Option(name: .shortAndLong, help: "Output format.")
    var output = VerificationOutput.text

    func validate() throws {
        guard signer.isEmpty != notation.isEmpty else {
            throw ValidationError(
                "say whose signatures count: --key, --certificate-identity, or --notation-certificate")
        }
        if !notation.isEmpty, attestation != nil || !annotations.isEmpty {
            throw ValidationError("--attestation and --annotation are not for Notary Project signatures")
        }
        for annotation in annotations where !annotation.utf8.contains(UInt8(ascii: "=")) {
            throw ValidationError("`\(annotation)` is not of the form key=value")
        }
    }

    func run() throws {
        let criterion = try criterion()
        let credentials = try source.credentials()
        let source = try self.source.source()
        var reports: [ImageReport] = []
        for image in images {
            reports.append(
                ImageReport(of: image, criterion, in: source, self.source.fetchOptions(credentials)))
        }
        let file = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        switch output {
        case .text: for report in reports { try file.append(report.text) }
        case .json: file.buffer += ImageReport.json(reports)
        }
        try file.flush()
        let status = reports.map(\.status).max() ?? .clean
        if status != .clean { throw RunFailure(status, "") }
    }

    private func criterion() throws(RunFailure) -> ImageCriterion {
        if !notation.isEmpty {
            return .notation(try notation.policy(), now: Timestamp(seconds: Int64(time(nil)), nanoseconds: 0))
        }
        let root = try signer.root()
        let who = try signer.signer()
        var policy = SignaturePolicy(signer: who, trustedRoot: root)
        if case .key = who { policy.requiresLogEntry = root != nil }
        for annotation in annotations {
            let parts = annotation.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            policy.annotations[String(parts[0])] = String(parts[1])
        }
        return attestation.map { .attestation(policy, type: $0) } ?? .signature(policy)
    }
}

/// What an image must have.
enum ImageCriterion {
    case signature(SignaturePolicy)
    case attestation(SignaturePolicy, type: String)
    case notation(NotationPolicy, now: Timestamp)

    func outcome(_ found: ImageSignatures) -> VerificationOutcome {
        switch self {
        case .signature(let policy): found.verifySignatures(policy)
        case .attestation(let policy, let type): found.verifyAttestations(policy, predicateType: type)
        case .notation(let policy, let now): found.verifyNotations(policy, now: now)
        }
    }

    /// Of what is looked for, for sentences.
    var noun: String {
        switch self {
        case .signature, .notation: "signature"
        case .attestation: "attestation"
        }
    }
}
