import ArgumentParser
import ImageVerification

extension NotationPolicy.Level: ExpressibleByArgument {}

/// A Notary Project trust policy.
struct NotationOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Look for Notary Project signatures, with the certificates (PEM) of this trust store; repeat for several.",
            valueName: "file"),
        completion: .file())
    var notationCertificate: [String] = []

    @Option(
        help: ArgumentHelp(
            "Whose those must be: `x509.subject: C=…, O=…`, or `*` for anybody in the trust store (the default).",
            valueName: "text"))
    var notationIdentity: [String] = []

    @Option(
        help: ArgumentHelp("Certificates (PEM) of timestamp authorities that count.", valueName: "file"),
        completion: .file())
    var notationTimestampCertificate: [String] = []

    @Option(
        help: "What only warns: nothing (strict), expiry and timestamps (permissive), or authenticity, too (audit).")
    var notationLevel = NotationPolicy.Level.strict

    var isEmpty: Bool { notationCertificate.isEmpty }

    func validate() throws {
        for identity in notationIdentity where !NotationPolicy.isIdentity(identity) {
            throw ValidationError(
                "`\(identity)` is neither `*` nor `x509.subject:` and a name such as `C=US, O=Example`")
        }
        guard isEmpty else { return }
        if !notationIdentity.isEmpty || !notationTimestampCertificate.isEmpty {
            throw ValidationError("Notary Project signatures need --notation-certificate, which says whose count")
        }
    }

    func policy() throws(RunFailure) -> NotationPolicy {
        NotationPolicy(
            level: notationLevel, trustedCertificates: try Self.certificates(notationCertificate),
            trustedIdentities: notationIdentity.isEmpty ? ["*"] : notationIdentity,
            timestampCertificates: try Self.certificates(notationTimestampCertificate))
    }

    private static func certificates(_ paths: [String]) throws(RunFailure) -> [Certificate] {
        var found: [Certificate] = []
        for path in paths {
            let file = try SignerOptions.read(path)
            found += try SignerOptions.parsed(path) { () throws(VerificationError) in
                try Certificate.all(pem: file.text)
            }
        }
        return found
    }
}
