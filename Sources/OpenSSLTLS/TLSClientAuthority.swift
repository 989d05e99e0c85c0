import COpenSSL

/// Which clients may ask for verdicts: holders of a certificate of one of these authorities, under one of these names.
package struct TLSClientAuthority: Sendable, Equatable {
    /// A PEM file of authorities.
    package let path: String
    /// Common names or alternative names (DNS, URI, e-mail), compared byte by byte; empty for any.
    package let names: [String]

    package init(path: String, names: [String]) {
        self.path = path
        self.names = names
    }

    /// Whether a verified certificate has one of the names.
    func allows(_ certificate: OpaquePointer) -> Bool {
        guard !names.isEmpty else { return true }
        if let name = Self.commonName(of: certificate), names.contains(name) { return true }
        return Self.hasAlternativeName(certificate, among: names)
    }

    private static func commonName(of certificate: OpaquePointer) -> String? {
        var bytes = [CChar](repeating: 0, count: TLSLimits.commonNameBytes)
        let count = X509_NAME_get_text_by_NID(
            X509_get_subject_name(certificate), NID_commonName, &bytes, Int32(bytes.count))
        guard count > 0, Int(count) < bytes.count - 1 else { return nil }
        let text = bytes.prefix(Int(count))
        // A zero within the name is how `good\0.evil` gets past those who stop at it.
        guard !text.contains(0) else { return nil }
        return String(decoding: text.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    private static func hasAlternativeName(_ certificate: OpaquePointer, among allowed: [String]) -> Bool {
        guard let extensionValue = X509_get_ext_d2i(certificate, NID_subject_alt_name, nil, nil) else { return false }
        let names = OpaquePointer(extensionValue)
        defer { GENERAL_NAMES_free(names) }
        for index in 0..<min(Int(guardrail_sk_GENERAL_NAME_num(names)), TLSLimits.clientNames) {
            var kind: Int32 = 0
            guard let name = guardrail_sk_GENERAL_NAME_value(names, Int32(index)),
                let value = GENERAL_NAME_get0_value(name, &kind),
                kind == GEN_DNS || kind == GEN_URI || kind == GEN_EMAIL
            else { continue }
            let text = value.assumingMemoryBound(to: ASN1_STRING.self)
            guard let start = ASN1_STRING_get0_data(text) else { continue }
            let bytes = UnsafeBufferPointer(start: start, count: Int(ASN1_STRING_length(text)))
            if allowed.contains(where: { $0.utf8.elementsEqual(bytes) }) { return true }
        }
        return false
    }
}
