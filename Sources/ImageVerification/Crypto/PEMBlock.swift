/// One `-----BEGIN …-----` block of a text.
struct PEMBlock {
    let label: String
    let bytes: [UInt8]

    /// The text's blocks in order; text between them is skipped, as certificate bundles have comments there.
    static func all(_ text: String, reason: VerificationReason, what: String) throws(VerificationError) -> [PEMBlock] {
        var blocks: [PEMBlock] = []
        var label: String?
        var body: [UInt8] = []
        for rawLine in text.utf8.split(whereSeparator: { $0 == 0x0A || $0 == 0x0D }) {
            // As Go reads them: blanks at a line's end say nothing.
            let line = String(Self.trimmed(rawLine)) ?? ""
            if line.hasPrefix("-----BEGIN "), line.hasSuffix("-----"), line.utf8.count > 16 {
                guard label == nil else {
                    throw VerificationError(reason, "the \(what) has a PEM block within a block")
                }
                label = String(line.dropFirst(11).dropLast(5))
                body = []
            } else if let open = label {
                guard line == "-----END \(open)-----" else {
                    body += line.utf8.filter { $0 != 0x20 && $0 != 0x09 }
                    continue
                }
                guard let bytes = BinaryText.decodeBase64(body), !bytes.isEmpty else {
                    throw VerificationError(reason, "the \(what) has a PEM block that is not valid base64")
                }
                guard blocks.count < VerificationLimits.maximumSignatures else {
                    throw VerificationError(.tooMany, "the \(what) has too many PEM blocks")
                }
                blocks.append(PEMBlock(label: open, bytes: bytes))
                label = nil
            }
        }
        guard label == nil else { throw VerificationError(reason, "the \(what) has a PEM block without an end") }
        return blocks
    }

    private static func trimmed(_ line: Substring.UTF8View) -> Substring.UTF8View {
        var line = line
        while let last = line.last, last == 0x20 || last == 0x09 { line = line.dropLast() }
        return line
    }

    /// The first of the text's blocks, where others may follow: a certificate with its chain.
    static func first(_ text: String, reason: VerificationReason, what: String) throws(VerificationError) -> PEMBlock {
        guard text.utf8.count <= VerificationLimits.maximumCertificateBytes else {
            throw VerificationError(.tooLarge, "the \(what) has \(text.utf8.count) bytes")
        }
        guard let block = try all(text, reason: reason, what: what).first else {
            throw VerificationError(reason, "the \(what) has no PEM block")
        }
        return block
    }

    static func single(_ text: String, reason: VerificationReason, what: String) throws(VerificationError) -> PEMBlock {
        guard text.utf8.count <= VerificationLimits.maximumCertificateBytes else {
            throw VerificationError(.tooLarge, "the \(what) has \(text.utf8.count) bytes")
        }
        let blocks = try all(text, reason: reason, what: what)
        guard let block = blocks.first, blocks.count == 1 else {
            throw VerificationError(reason, "the \(what) must be one PEM block, found \(blocks.count)")
        }
        return block
    }
}
