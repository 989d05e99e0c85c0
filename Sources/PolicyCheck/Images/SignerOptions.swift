import ArgumentParser
import Diagnostics
import Documents
import ImageVerification

/// Who must have signed: a key, or an identity with its issuer.
struct SignerOptions: ParsableArguments {
    @Option(help: ArgumentHelp("Public key (PEM) that must have signed.", valueName: "file"), completion: .file())
    var key: String?

    @Option(help: ArgumentHelp("Identity that the certificate must name.", valueName: "text"))
    var certificateIdentity: String?

    @Option(
        help: ArgumentHelp("The same as a pattern (RE2), which must match the whole identity.", valueName: "pattern"))
    var certificateIdentityRegexp: String?

    @Option(help: ArgumentHelp("Issuer that the certificate must name.", valueName: "url"))
    var certificateOidcIssuer: String?

    @Option(help: ArgumentHelp("The same as a pattern (RE2), which must match the whole issuer.", valueName: "pattern"))
    var certificateOidcIssuerRegexp: String?

    @Option(
        help: ArgumentHelp(
            "trusted_root.json with the authorities and logs that count; nothing is fetched in its place.",
            valueName: "file"),
        completion: .file())
    var trustedRoot: String?

    private var namesIdentity: Bool {
        certificateIdentity != nil || certificateIdentityRegexp != nil || certificateOidcIssuer != nil
            || certificateOidcIssuerRegexp != nil
    }

    /// Whether anyone is named.
    var isEmpty: Bool { key == nil && !namesIdentity }

    func validate() throws {
        if key != nil, namesIdentity {
            throw ValidationError("--key and --certificate-identity exclude each other: an image is signed by either")
        }
        guard namesIdentity else { return }
        if certificateIdentity != nil, certificateIdentityRegexp != nil {
            throw ValidationError("--certificate-identity and --certificate-identity-regexp exclude each other")
        }
        if certificateOidcIssuer != nil, certificateOidcIssuerRegexp != nil {
            throw ValidationError("--certificate-oidc-issuer and --certificate-oidc-issuer-regexp exclude each other")
        }
        guard certificateIdentity != nil || certificateIdentityRegexp != nil else {
            throw ValidationError("an issuer alone stands for all of its users: give --certificate-identity, too")
        }
        guard certificateOidcIssuer != nil || certificateOidcIssuerRegexp != nil else {
            throw ValidationError("an identity means nothing without its issuer: give --certificate-oidc-issuer, too")
        }
        guard trustedRoot != nil else {
            throw ValidationError("an identity needs --trusted-root, which says whose certificates count")
        }
    }

    /// INVARIANT: `validate` has run, and `isEmpty` is false.
    func signer() throws(RunFailure) -> SignaturePolicy.Signer {
        if let key {
            if let refusal = KeyReference.refusal(key) { throw RunFailure(.input, "--key: \(refusal.detail)") }
            let file = try Self.read(key)
            return .key(try Self.parsed(key) { () throws(VerificationError) in try PublicKey(pem: file.text) })
        }
        func match(_ exact: String?, _ pattern: String?) throws(RunFailure) -> TextMatch {
            guard let pattern else { return .exact(exact ?? "") }
            do throws(VerificationError) {
                return try .pattern(pattern)
            } catch {
                throw RunFailure(.input, error.detail)
            }
        }
        return .keyless(
            CertificateIdentity(
                issuer: try match(certificateOidcIssuer, certificateOidcIssuerRegexp),
                subject: try match(certificateIdentity, certificateIdentityRegexp)))
    }

    func root() throws(RunFailure) -> TrustedRoot? {
        guard let trustedRoot else { return nil }
        guard !trustedRoot.hasPrefix("https://"), !trustedRoot.hasPrefix("http://") else {
            throw RunFailure(
                .input,
                "--trusted-root: `\(trustedRoot)` is no file, and nothing is fetched: there is no TUF client here; take the repository's target `trusted_root.json`, as with `cosign initialize` or `gh attestation trusted-root`, and give that file"
            )
        }
        let file = try Self.read(trustedRoot)
        return try Self.parsed(trustedRoot) { () throws(VerificationError) in try TrustedRoot(json: file.bytes) }
    }

    /// A file's bytes.
    static func read(_ path: String) throws(RunFailure) -> (bytes: [UInt8], text: String) {
        do throws(DocumentError) {
            let bytes = try FileReader.read(path: path, maximumBytes: VerificationLimits.maximumBlobBytes).bytes
            return (bytes, String(decoding: bytes, as: UTF8.self))
        } catch {
            throw RunFailure(.input, error.message)
        }
    }

    /// Names the file in what is wrong with it.
    static func parsed<Found>(
        _ path: String, _ body: () throws(VerificationError) -> Found
    ) throws(RunFailure) -> Found {
        do throws(VerificationError) {
            return try body()
        } catch {
            throw RunFailure(.input, "`\(path)`: \(error.detail)")
        }
    }
}
