/// Where other tools take a key from that is not text: a key management service, a cluster, an environment.
package enum KeyReference {
    private static let schemes = [
        "awskms", "azurekms", "gcpkms", "hashivault", "k8s", "env", "gitlab", "github", "pkcs11", "openbao", "kms",
    ]

    /// Why a text that names a key elsewhere is not taken for one; nil for anything else.
    package static func refusal(_ text: String) -> VerificationError? {
        let head = text.utf8.prefix(16).prefix { $0 != UInt8(ascii: ":") }
        guard let scheme = String(head)?.lowercased(), scheme.utf8.count < 16 else { return nil }
        let rest = text.utf8.dropFirst(head.count)
        let isWeb = (scheme == "https" || scheme == "http") && rest.starts(with: "://".utf8)
        // PKCS #11's references have no slashes behind the colon.
        let isNamed =
            schemes.contains(scheme) && rest.starts(with: (scheme == "pkcs11" ? ":" : "://").utf8)
        guard isWeb || isNamed else { return nil }
        return VerificationError(
            .keyReference,
            "`\(text.prefix(200))` names a key that lies elsewhere, and keys are not fetched: export its public half once, as with `cosign public-key --key …`, and give that PEM text"
        )
    }
}
