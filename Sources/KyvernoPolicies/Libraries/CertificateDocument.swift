import Values

/// Why a text is no certificate that can be read.
struct CertificateError: Error {
    let message: String
}

/// What an X.509 certificate (RFC 5280) or certificate request (RFC 2986) says, in the names of Go's `crypto/x509`, which
/// Kyverno's policies know. Nothing is verified. Numbers are doubles, as in JSON.
struct CertificateDocument {
    private(set) var entries: [(key: String, value: Value)] = []

    var value: MapValue { MapValue(entries.map { (key: .string($0.key), value: $0.value) }) }

    init(pem text: String) throws(CertificateError) {
        guard text.utf8.count <= KyvernoLimits.maximumCertificateBytes else {
            throw CertificateError(message: "the certificate is too large")
        }
        guard let block = Self.firstBlock(text) else { throw CertificateError(message: "failed to decode PEM block") }
        switch block.label {
        case "CERTIFICATE": try read(certificate: block.bytes)
        case "CERTIFICATE REQUEST": try read(request: block.bytes)
        default:
            throw CertificateError(message: "PEM block neither contains a CERTIFICATE or CERTIFICATE REQUEST")
        }
    }

    private static func firstBlock(_ text: String) -> (label: String, bytes: [UInt8])? {
        var label: String?
        var body: [UInt8] = []
        for line in text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            let line = String(decoding: line, as: UTF8.self)
            if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----"), line.utf8.count > 16 {
                label = String(line.dropFirst(11).dropLast(5))
                body = []
            } else if let open = label {
                if line.hasPrefix("-----END \(open)-----") {
                    let bytes = Base64.decode(String(decoding: body, as: UTF8.self), padded: true)
                    return bytes.map { (open, $0) }
                }
                // Headers of the old kind have a colon, base64 never.
                if !line.contains(":") { body += line.utf8.filter { $0 != 0x20 && $0 != 0x09 } }
            }
        }
        return nil
    }

    // MARK: Certificates

    private static let malformed = CertificateError(message: "x509: malformed certificate")
    private static let notRSA = CertificateError(message: "certificate should use rsa algorithm")

    private mutating func read(certificate bytes: [UInt8]) throws(CertificateError) {
        var outer = DERReader(bytes)
        guard let whole = outer.next(DER.sequence), outer.isAtEnd else { throw Self.malformed }
        var parts = DERReader(whole.content)
        guard let toBeSigned = parts.next(DER.sequence), parts.next(DER.sequence) != nil,
            let signature = parts.next(DER.bitString)
        else { throw Self.malformed }
        var fields = DERReader(toBeSigned.content)
        _ = fields.next(0xA0)
        guard let serial = fields.next(DER.integer), fields.next(DER.sequence) != nil,
            let issuer = fields.next(DER.sequence), let validity = fields.next(DER.sequence),
            let subject = fields.next(DER.sequence), let publicKey = fields.next(DER.sequence)
        else { throw Self.malformed }
        var times = DERReader(validity.content)
        guard let notBefore = times.next().flatMap(DER.time), let notAfter = times.next().flatMap(DER.time) else {
            throw Self.malformed
        }
        let key = try rsaKey(publicKey)
        var extensions: [CertificateExtension] = []
        while let part = fields.next() {
            if part.tag == 0xA3 { extensions = try CertificateExtension.all(part.content) }
        }
        add("Raw", bytes)
        add("RawTBSCertificate", Array(toBeSigned.whole))
        add("RawSubjectPublicKeyInfo", Array(publicKey.whole))
        add("RawSubject", Array(subject.whole))
        add("RawIssuer", Array(issuer.whole))
        add("Signature", Array(signature.content.dropFirst()))
        entries.append(("PublicKeyAlgorithm", .double(1)))
        entries.append(("PublicKey", key))
        entries.append(("SerialNumber", .double(DER.truncatedInteger(serial.content))))
        entries.append(("Issuer", try CertificateName.value(issuer.content)))
        entries.append(("NotBefore", .string(notBefore)))
        entries.append(("NotAfter", .string(notAfter)))
        entries += try CertificateExtension.fields(of: extensions)
    }

    // MARK: Requests

    private mutating func read(request bytes: [UInt8]) throws(CertificateError) {
        var outer = DERReader(bytes)
        guard let whole = outer.next(DER.sequence), outer.isAtEnd else { throw Self.malformed }
        var parts = DERReader(whole.content)
        guard let info = parts.next(DER.sequence), let algorithm = parts.next(DER.sequence),
            let signature = parts.next(DER.bitString)
        else { throw Self.malformed }
        var fields = DERReader(info.content)
        guard let version = fields.next(DER.integer), let subject = fields.next(DER.sequence),
            let publicKey = fields.next(DER.sequence)
        else { throw Self.malformed }
        let key = try rsaKey(publicKey)
        var extensions: [CertificateExtension] = []
        if let attributes = fields.next(0xA0) {
            extensions = try CertificateExtension.requested(attributes.content)
        }
        add("Raw", bytes)
        add("RawTBSCertificateRequest", Array(info.whole))
        add("RawSubjectPublicKeyInfo", Array(publicKey.whole))
        add("RawSubject", Array(subject.whole))
        entries.append(("Version", .double(DER.truncatedInteger(version.content))))
        add("Signature", Array(signature.content.dropFirst()))
        entries.append(("SignatureAlgorithm", .double(CertificateName.signatureAlgorithm(algorithm.content))))
        entries.append(("PublicKeyAlgorithm", .double(1)))
        entries.append(("PublicKey", key))
        entries.append(("Subject", try CertificateName.value(subject.content)))
        entries.append(("Extensions", CertificateExtension.list(extensions)))
        entries.append(("ExtraExtensions", .null))
        entries += try CertificateExtension.names(of: extensions)
    }

    // MARK: Parts

    private mutating func add(_ name: String, _ bytes: [UInt8]) {
        entries.append((name, .string(Base64.encode(bytes))))
    }

    private func rsaKey(_ info: DERReader.Element) throws(CertificateError) -> Value {
        var parts = DERReader(info.content)
        guard let algorithm = parts.next(DER.sequence), let bits = parts.next(DER.bitString) else {
            throw Self.malformed
        }
        var names = DERReader(algorithm.content)
        guard let identifier = names.next(DER.objectIdentifier),
            DER.identifier(identifier.content) == Self.rsaEncryption
        else { throw Self.notRSA }
        guard let numbers = DERReader.single(bits.content.dropFirst(), DER.sequence) else {
            throw CertificateError(message: "failed to parse subject public key info")
        }
        var pair = DERReader(numbers)
        guard let modulus = pair.next(DER.integer), let exponent = pair.next(DER.integer) else {
            throw CertificateError(message: "failed to parse subject public key info")
        }
        return .map(
            MapValue([
                (key: Value.string("N"), value: .string(DER.decimal(modulus.content))),
                (key: .string("E"), value: .double(DER.truncatedInteger(exponent.content))),
            ]))
    }

    private static let rsaEncryption = [1, 2, 840, 113_549, 1, 1, 1]
}
