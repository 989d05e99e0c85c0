import COpenSSL
import Glibc
package import Values

/// An X.509 certificate.
package final class Certificate: @unchecked Sendable {
    // SAFETY: the X509 is not changed after init (OpenSSL guards its lazy caches itself); freed in deinit only.
    let pointer: OpaquePointer
    package let der: [UInt8]
    package let key: PublicKey
    /// First and last moment, both included.
    let notBefore: Timestamp
    let notAfter: Timestamp
    let extensions: [Extension]

    struct Extension {
        /// Dotted decimal.
        let identifier: String
        let isCritical: Bool
        let value: [UInt8]
    }

    /// - Throws: `malformed-certificate`, `unsupported-key`.
    package init(der: [UInt8]) throws(VerificationError) {
        defer { ERR_clear_error() }
        guard der.count <= VerificationLimits.maximumCertificateBytes else {
            throw VerificationError(.tooLarge, "the certificate has \(der.count) bytes")
        }
        let parsed = der.withUnsafeBufferPointer { bytes -> OpaquePointer? in
            var cursor = bytes.baseAddress
            guard let certificate = d2i_X509(nil, &cursor, bytes.count) else { return nil }
            guard cursor == bytes.baseAddress.map({ $0 + bytes.count }) else {
                X509_free(certificate)
                return nil
            }
            return certificate
        }
        guard let parsed else {
            throw VerificationError(.malformedCertificate, "the certificate is not valid DER")
        }
        guard let notBefore = Self.time(X509_get0_notBefore(parsed)),
            let notAfter = Self.time(X509_get0_notAfter(parsed)),
            let extensions = Self.extensions(of: parsed), let keyPointer = X509_get_pubkey(parsed)
        else {
            X509_free(parsed)
            throw VerificationError(.malformedCertificate, "the certificate's fields cannot be read")
        }
        do throws(VerificationError) {
            key = try PublicKey(owning: keyPointer)
        } catch {
            X509_free(parsed)
            throw error
        }
        pointer = parsed
        self.der = der
        self.notBefore = notBefore
        self.notAfter = notAfter
        self.extensions = extensions
    }

    package convenience init(pem: String) throws(VerificationError) {
        let block = try PEMBlock.single(pem, reason: .malformedCertificate, what: "certificate")
        guard block.label == "CERTIFICATE" else {
            throw VerificationError(.malformedCertificate, "expected a certificate, found `\(block.label)`")
        }
        try self.init(der: block.bytes)
    }

    /// The first certificate of a PEM text.
    convenience init(firstOf pem: String) throws(VerificationError) {
        let block = try PEMBlock.first(pem, reason: .malformedCertificate, what: "certificate")
        guard block.label == "CERTIFICATE" else {
            throw VerificationError(.malformedCertificate, "expected a certificate, found `\(block.label)`")
        }
        try self.init(der: block.bytes)
    }

    /// All certificates of a PEM file, at least one.
    package static func all(pem: String) throws(VerificationError) -> [Certificate] {
        var certificates: [Certificate] = []
        for block in try PEMBlock.all(pem, reason: .malformedCertificate, what: "certificate file") {
            guard block.label == "CERTIFICATE" else {
                throw VerificationError(.malformedCertificate, "expected certificates, found `\(block.label)`")
            }
            certificates.append(try Certificate(der: block.bytes))
        }
        guard !certificates.isEmpty else {
            throw VerificationError(.malformedCertificate, "the certificate file has no certificate")
        }
        return certificates
    }

    deinit { X509_free(pointer) }

    static func time(_ time: UnsafePointer<ASN1_TIME>?) -> Timestamp? {
        guard let time else { return nil }
        var fields = tm()
        guard ASN1_TIME_to_tm(time, &fields) == 1 else { return nil }
        return Timestamp(seconds: Int64(timegm(&fields)), nanoseconds: 0)
    }

    private static func extensions(of certificate: OpaquePointer) -> [Extension]? {
        let count = X509_get_ext_count(certificate)
        guard count >= 0, count <= 256 else { return nil }
        var extensions: [Extension] = []
        for index in 0..<count {
            guard let entry = X509_get_ext(certificate, index), let object = X509_EXTENSION_get_object(entry),
                let data = X509_EXTENSION_get_data(entry), let bytes = ASN1_STRING_get0_data(data)
            else { return nil }
            var name = [CChar](repeating: 0, count: 128)
            let length = OBJ_obj2txt(&name, Int32(name.count), object, 1)
            guard length > 0, length < name.count else { return nil }
            let value = Array(UnsafeBufferPointer(start: bytes, count: Int(ASN1_STRING_length(data))))
            extensions.append(
                Extension(
                    identifier: String(decoding: name.prefix(Int(length)).map { UInt8(bitPattern: $0) }, as: UTF8.self),
                    isCritical: X509_EXTENSION_get_critical(entry) == 1, value: value))
        }
        return extensions
    }

    /// The extension's value; an extension that occurs twice counts as none.
    func `extension`(_ identifier: String) -> Extension? {
        let matching = extensions.filter { $0.identifier == identifier }
        return matching.count == 1 ? matching.first : nil
    }

    package func isValid(at time: Timestamp) -> Bool { notBefore <= time && time <= notAfter }

    package var isSelfIssued: Bool { X509_NAME_cmp(X509_get_subject_name(pointer), X509_get_issuer_name(pointer)) == 0 }

    /// Whether its basic constraints allow it to issue certificates.
    var isAuthority: Bool { X509_get_extension_flags(pointer) & UInt32(EXFLAG_CA) != 0 }

    /// Whether the other certificate's key signed this one, and is named as its issuer.
    package func isIssued(by other: Certificate) -> Bool {
        defer { ERR_clear_error() }
        return X509_NAME_cmp(X509_get_issuer_name(pointer), X509_get_subject_name(other.pointer)) == 0
            && X509_verify(pointer, other.key.pointer) == 1
    }

    /// Dotted OIDs of the extended key usages; nil without that extension.
    var extendedKeyUsages: [String]? {
        guard let usage = `extension`("2.5.29.37") else { return nil }
        guard let content = DERReader.single(usage.value[...], 0x30) else { return [] }
        var reader = DERReader(content)
        var names: [String] = []
        while let element = reader.next(0x06) { names.append(Self.dotted(element.content)) }
        return reader.isAtEnd ? names : []
    }

    static func dotted(_ content: ArraySlice<UInt8>) -> String {
        var parts: [UInt64] = []
        var value: UInt64 = 0
        for byte in content {
            guard value < 1 << 56 else { return "" }
            value = value << 7 | UInt64(byte & 0x7F)
            if byte & 0x80 == 0 {
                if parts.isEmpty {
                    let first = min(value / 40, 2)
                    parts = [first, value - first * 40]
                } else {
                    parts.append(value)
                }
                value = 0
            }
        }
        return parts.map(String.init).joined(separator: ".")
    }
}

enum KeyPurpose {
    static let codeSigning = "1.3.6.1.5.5.7.3.3"
    static let any = "2.5.29.37.0"
}
