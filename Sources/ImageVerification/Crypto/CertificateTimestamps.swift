import Values

/// Signed certificate timestamps (RFC 6962) that are embedded in a certificate: proof that a CT log has seen it.
struct CertificateTimestamps {
    private struct Entry {
        let logID: [UInt8]
        let milliseconds: UInt64
        let extensions: [UInt8]
        let signature: [UInt8]
    }

    private static let identifier = "1.3.6.1.4.1.11129.2.4.2"
    private static let identifierDER: [UInt8] = [
        0x06, 0x0A, 0x2B, 0x06, 0x01, 0x04, 0x01, 0xD6, 0x79, 0x02, 0x04, 0x02,
    ]

    /// Requires one timestamp of a log that the trust root names.
    ///
    /// - Throws: `certificate-timestamp-missing`, `certificate-timestamp-invalid`, `malformed-certificate`.
    static func verify(
        _ certificate: Certificate, issuer: Certificate, logs: [TransparencyLog]
    ) throws(VerificationError) {
        guard let ext = certificate.extension(identifier) else {
            throw VerificationError(.certificateTimestampMissing, "the certificate has no certificate timestamp (SCT)")
        }
        guard let list = DERReader.single(ext.value[...], 0x04), let entries = parse(Array(list)),
            let body = bodyWithoutTimestamps(certificate.der)
        else {
            throw VerificationError(.malformedCertificate, "the certificate's timestamps (SCTs) cannot be read")
        }
        let issuerHash = issuer.key.fingerprint
        for entry in entries {
            let time = Timestamp(
                seconds: Int64(clamping: entry.milliseconds / 1_000),
                nanoseconds: Int32(entry.milliseconds % 1_000) * 1_000_000)
            var signed: [UInt8] = [0, 0]
            signed += bigEndian(entry.milliseconds, 8) + [0, 1] + issuerHash
            signed += bigEndian(UInt64(body.count), 3) + body
            signed += bigEndian(UInt64(entry.extensions.count), 2) + entry.extensions
            for log in logs where log.id == entry.logID && log.validity.contains(time) {
                if log.key.verifies(entry.signature, over: signed, .usual(.sha256)) { return }
            }
        }
        throw VerificationError(
            .certificateTimestampInvalid,
            "no certificate timestamp (SCT) is by a certificate transparency log of the trust root")
    }

    private static func bigEndian(_ value: UInt64, _ count: Int) -> [UInt8] {
        (0..<count).map { UInt8(truncatingIfNeeded: value >> UInt64(8 * (count - 1 - $0))) }
    }

    /// The entries of version 1 with an SHA-256 signature; nil where the list's lengths do not add up.
    private static func parse(_ list: [UInt8]) -> [Entry]? {
        var at = 0
        func take(_ count: Int, _ at: inout Int, _ end: Int) -> ArraySlice<UInt8>? {
            guard count >= 0, end - at >= count else { return nil }
            defer { at += count }
            return list[at..<at + count]
        }
        func number(_ count: Int, _ at: inout Int, _ end: Int) -> UInt64? {
            take(count, &at, end).map { $0.reduce(0) { $0 << 8 | UInt64($1) } }
        }
        guard let total = number(2, &at, list.count), Int(total) == list.count - 2 else { return nil }
        var entries: [Entry] = []
        while at < list.count {
            guard let length = number(2, &at, list.count), list.count - at >= Int(length),
                entries.count < VerificationLimits.maximumCertificateTimestamps
            else { return nil }
            let end = at + Int(length)
            var position = at
            at = end
            guard let version = number(1, &position, end) else { return nil }
            // Later versions are skipped, not refused.
            guard version == 0 else { continue }
            guard let logID = take(32, &position, end), let milliseconds = number(8, &position, end),
                let extensionLength = number(2, &position, end),
                let extensions = take(Int(extensionLength), &position, end), let hash = number(1, &position, end),
                number(1, &position, end) != nil, let signatureLength = number(2, &position, end),
                let signature = take(Int(signatureLength), &position, end), position == end
            else { return nil }
            guard hash == 4 else { continue }
            entries.append(
                Entry(
                    logID: Array(logID), milliseconds: milliseconds, extensions: Array(extensions),
                    signature: Array(signature)))
        }
        return entries
    }

    /// The certificate's body as the log signed it: before the timestamps were put in.
    private static func bodyWithoutTimestamps(_ der: [UInt8]) -> [UInt8]? {
        guard let certificate = DERReader.single(der[...], 0x30) else { return nil }
        var outer = DERReader(certificate)
        guard let body = outer.next(0x30) else { return nil }
        var fields = DERReader(body.content)
        var rebuilt: [UInt8] = []
        while !fields.isAtEnd {
            guard let field = fields.next() else { return nil }
            guard field.tag == 0xA3 else {
                rebuilt += field.whole
                continue
            }
            guard let list = DERReader.single(field.content, 0x30) else { return nil }
            var extensions = DERReader(list)
            var kept: [UInt8] = []
            while !extensions.isAtEnd {
                guard let entry = extensions.next(0x30) else { return nil }
                if !entry.content.starts(with: identifierDER) { kept += entry.whole }
            }
            rebuilt += DERReader.encode(tag: 0xA3, DERReader.encode(tag: 0x30, kept))
        }
        return DERReader.encode(tag: 0x30, rebuilt)
    }
}
