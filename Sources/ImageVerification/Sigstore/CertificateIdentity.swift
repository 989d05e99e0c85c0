package import RegularExpressions
import Values

/// A text that must be equal, or a pattern that must match from start to end.
package enum TextMatch: Sendable {
    case exact(String)
    /// RE2 syntax. Anchored here, unlike in Go's tools: `github.com/me` must not accept `evil.test/github.com/me`.
    case pattern(RegularExpression, source: String)

    /// - Throws: `malformed-pattern`.
    package static func pattern(_ source: String) throws(VerificationError) -> TextMatch {
        do throws(RegularExpressionError) {
            // First alone, so that an unbalanced parenthesis cannot escape from the group.
            _ = try RegularExpression(pattern: source)
            return .pattern(try RegularExpression(pattern: "\\A(?:\(source))\\z"), source: source)
        } catch {
            throw VerificationError(.malformedPattern, "`\(source.prefix(200))` is not a pattern: \(error.message)")
        }
    }

    func accepts(_ text: String) -> Bool {
        switch self {
        // Byte equality: Swift's `==` takes different encodings of a letter as the same.
        case .exact(let wanted): wanted.utf8.elementsEqual(text.utf8)
        case .pattern(let pattern, _): pattern.matches(text)
        }
    }

    var wanted: String {
        switch self {
        case .exact(let text): "`\(text)`"
        case .pattern(_, let source): "a match of `\(source)`"
        }
    }
}

/// Who must have signed: issuer and subject always together, since a subject means nothing without its issuer.
package struct CertificateIdentity: Sendable {
    package var issuer: TextMatch
    package var subject: TextMatch
    /// Fulcio's extensions by the last number of their OID, such as 12 for the source repository's URI.
    package var extensions: [Int: TextMatch]

    package init(issuer: TextMatch, subject: TextMatch, extensions: [Int: TextMatch] = [:]) {
        self.issuer = issuer
        self.subject = subject
        self.extensions = extensions
    }

    /// - Throws: `issuer-mismatch`, `subject-mismatch`, `extension-mismatch`, each with what was found.
    func check(_ claims: CertificateClaims) throws(VerificationError) {
        guard let found = claims.issuer, issuer.accepts(found) else {
            throw VerificationError(
                .issuerMismatch,
                "the certificate's issuer is \(claims.issuer.map { "`\($0)`" } ?? "not given"), wanted \(issuer.wanted)"
            )
        }
        guard subject.accepts(claims.subject) else {
            throw VerificationError(
                .subjectMismatch, "the certificate is for `\(claims.subject)`, wanted \(subject.wanted)")
        }
        for (number, wanted) in extensions.sorted(by: { $0.key < $1.key }) {
            guard let found = claims.extensions[number], wanted.accepts(found) else {
                throw VerificationError(
                    .extensionMismatch,
                    "the certificate's extension 1.3.6.1.4.1.57264.1.\(number) is \(claims.extensions[number].map { "`\($0)`" } ?? "missing"), wanted \(wanted.wanted)"
                )
            }
        }
    }
}

/// What a Fulcio certificate says of its holder.
package struct CertificateClaims: Hashable, Sendable {
    /// The one subject alternative name: a URI, an e-mail address or a user name.
    package let subject: String
    /// Extension 8 of Fulcio, else the older 1.
    package let issuer: String?
    /// Fulcio's extensions by the last number of their OID.
    package let extensions: [Int: String]

    private static let fulcio = "1.3.6.1.4.1.57264.1."
    /// Identifier of user names in an OtherName, 1.3.6.1.4.1.57264.1.7.
    private static let userName: [UInt8] = [0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0x83, 0xBF, 0x30, 0x01, 0x07]

    /// - Throws: `certificate-identity`.
    init(_ certificate: Certificate) throws(VerificationError) {
        guard let names = certificate.extension("2.5.29.17") else {
            throw VerificationError(.certificateIdentity, "the certificate has no subject alternative name")
        }
        subject = try Self.subject(names.value)
        var extensions: [Int: String] = [:]
        for entry in certificate.extensions where entry.identifier.hasPrefix(Self.fulcio) {
            guard let number = Int(entry.identifier.dropFirst(Self.fulcio.count)) else { continue }
            guard extensions[number] == nil else {
                throw VerificationError(
                    .certificateIdentity, "the certificate has the extension \(entry.identifier) twice")
            }
            // The first six came before the rule that a value is DER.
            let text =
                number <= 6 ? String(validating: entry.value, as: UTF8.self) : Self.text(entry.value)
            // Later authorities may say more, in other types. What nobody can read matches nothing; an issuer that cannot be
            // read must not fall back to the other one.
            guard text != nil || ![1, 8].contains(number) else {
                throw VerificationError(
                    .certificateIdentity, "the certificate's extension \(entry.identifier) is no text")
            }
            extensions[number] = text
        }
        self.extensions = extensions
        issuer = extensions[8] ?? extensions[1]
    }

    /// A DER text: UTF8String, as Fulcio writes it, PrintableString or IA5String.
    private static func text(_ value: [UInt8]) -> String? {
        for tag in [0x0C, 0x13, 0x16] as [UInt8] {
            guard let content = DERReader.single(value[...], tag) else { continue }
            guard tag == 0x0C || content.allSatisfy({ $0 < 0x80 }) else { return nil }
            return String(validating: content, as: UTF8.self)
        }
        return nil
    }

    private static func subject(_ value: [UInt8]) throws(VerificationError) -> String {
        guard let content = DERReader.single(value[...], 0x30) else {
            throw VerificationError(.certificateIdentity, "the certificate's subject alternative name cannot be read")
        }
        var reader = DERReader(content)
        guard let name = reader.next(), reader.isAtEnd else {
            throw VerificationError(.certificateIdentity, "the certificate must have one subject alternative name")
        }
        var text: ArraySlice<UInt8>?
        switch name.tag {
        case 0x81, 0x86: text = name.content
        case 0xA0 where name.content.starts(with: userName):
            text = DERReader.single(name.content.dropFirst(userName.count), 0xA0).flatMap {
                DERReader.single($0, 0x0C)
            }
        default: text = nil
        }
        guard let text, !text.isEmpty, !text.contains(0), let subject = String(validating: text, as: UTF8.self) else {
            throw VerificationError(
                .certificateIdentity, "the certificate's subject is not a URI, an e-mail address or a user name")
        }
        return subject
    }
}
