import Foundation

@testable import ImageVerification

/// Bundles and log entries in the forms that clients of the last years have written.
struct TestBundle {
    let log: TestKey
    var origin = "log.test"
    var mediaType = "application/vnd.dev.sigstore.bundle.v0.3+json"
    /// Of the log's own; changed where a test wants an entry of another log.
    var logID: [UInt8]

    init(log: TestKey) throws {
        self.log = log
        logID = try log.key().fingerprint
    }

    static func base64(_ bytes: some Collection<UInt8>) -> String { BinaryText.encodeBase64(Array(bytes)) }

    /// An entry that is the only one of its log.
    ///
    /// - Parameter seconds: when the log says that it took the entry; nil leaves its promise out.
    func entry(
        _ body: String, kind: String, version: String, seconds: Int64? = nil, checkpoint: Bool = true
    ) throws -> String {
        let bytes = Array(body.utf8)
        let root = Self.base64(Digest.sha256.hash([0] + bytes))
        let text = "\(origin)\n1\n\(root)\n"
        let line = Self.base64(Array(logID[..<4]) + (try log.sign(Array(text.utf8))))
        let note = "\(text)\n\u{2014} \(origin) \(line)\n".replacing("\n", with: "\\n")
        var promise = ""
        if let seconds {
            let signed =
                #"{"body":"\#(Self.base64(bytes))","integratedTime":\#(seconds),"logID":"\#(BinaryText.encodeHex(logID))","logIndex":0}"#
            promise =
                #""inclusionPromise":{"signedEntryTimestamp":"\#(Self.base64(try log.sign(Array(signed.utf8))))"},"#
        }
        let proof = checkpoint ? #","checkpoint":{"envelope":"\#(note)"}"# : ""
        return
            #"{"logIndex":"0","logId":{"keyId":"\#(Self.base64(logID))"},"kindVersion":{"kind":"\#(kind)","version":"\#(version)"},"integratedTime":"\#(seconds ?? 0)",\#(promise)"inclusionProof":{"logIndex":"0","rootHash":"\#(root)","treeSize":"1","hashes":[]\#(proof)},"canonicalizedBody":"\#(Self.base64(bytes))"}"#
    }

    /// - Parameter material: of the signer: a key hint, a certificate, or a chain.
    func json(
        _ content: String, entries: [String], timestamps: [[UInt8]] = [],
        material: String = #""publicKey":{"hint":"x"}"#
    ) -> [UInt8] {
        let stamps = timestamps.map { #"{"signedTimestamp":"\#(Self.base64($0))"}"# }.joined(separator: ",")
        return Array(
            #"{"mediaType":"\#(mediaType)","verificationMaterial":{\#(material),"tlogEntries":[\#(entries.joined(separator: ","))],"timestampVerificationData":{"rfc3161Timestamps":[\#(stamps)]}},\#(content)}"#
                .utf8)
    }

    // MARK: - Bodies

    static func record(_ signed: [UInt8], _ signature: [UInt8], pem: String, _ digest: Digest = .sha256) -> String {
        let name = digest.name.replacing("-", with: "").lowercased()
        return
            #"{"apiVersion":"0.0.1","kind":"hashedrekord","spec":{"data":{"hash":{"algorithm":"\#(name)","value":"\#(BinaryText.encodeHex(digest.hash(signed)))"}},"signature":{"content":"\#(base64(signature))","publicKey":{"content":"\#(base64(pem.utf8))"}}}}"#
    }

    static func secondRecord(
        _ signed: [UInt8], _ signature: [UInt8], key: PublicKey, details: String, _ digest: Digest
    ) -> String {
        #"{"apiVersion":"0.0.2","kind":"hashedrekord","spec":{"hashedRekordV002":{"data":{"algorithm":"\#(protobufName(digest))","digest":"\#(base64(digest.hash(signed)))"},"signature":{"content":"\#(base64(signature))","verifier":{"keyDetails":"\#(details)","publicKey":{"rawBytes":"\#(base64(key.der))"}}}}}}"#
    }

    static func secondEnvelope(_ payload: [UInt8], _ signature: [UInt8], key: PublicKey, details: String) -> String {
        #"{"apiVersion":"0.0.2","kind":"dsse","spec":{"dsseV002":{"payloadHash":{"algorithm":"SHA2_256","digest":"\#(base64(Digest.sha256.hash(payload)))"},"signatures":[{"content":"\#(base64(signature))","verifier":{"keyDetails":"\#(details)","publicKey":{"rawBytes":"\#(base64(key.der))"}}}]}}}"#
    }

    static func envelopeEntry(_ payload: [UInt8], _ signers: [(signature: [UInt8], pem: String)]) -> String {
        let list = signers.map { #"{"signature":"\#(base64($0.signature))","verifier":"\#(base64($0.pem.utf8))"}"# }
        return
            #"{"apiVersion":"0.0.1","kind":"dsse","spec":{"envelopeHash":{"algorithm":"sha256","value":"00"},"payloadHash":{"algorithm":"sha256","value":"\#(BinaryText.encodeHex(Digest.sha256.hash(payload)))"},"signatures":[\#(list.joined(separator: ","))]}}"#
    }

    static func statementEntry(_ payload: [UInt8], _ signature: [UInt8], pem: String) -> String {
        #"{"apiVersion":"0.0.2","kind":"intoto","spec":{"content":{"envelope":{"payloadType":"application/vnd.in-toto+json","signatures":[{"publicKey":"\#(base64(pem.utf8))","sig":"\#(base64(base64(signature).utf8))"}]},"hash":{"algorithm":"sha256","value":"00"},"payloadHash":{"algorithm":"sha256","value":"\#(BinaryText.encodeHex(Digest.sha256.hash(payload)))"}}}}"#
    }

    /// cosign 1's: a hash of the envelope's text.
    static func firstStatementEntry(_ envelope: [UInt8], _ payload: [UInt8], pem: String) -> String {
        #"{"apiVersion":"0.0.1","kind":"intoto","spec":{"content":{"hash":{"algorithm":"sha256","value":"\#(BinaryText.encodeHex(Digest.sha256.hash(envelope)))"},"payloadHash":{"algorithm":"sha256","value":"\#(BinaryText.encodeHex(Digest.sha256.hash(payload)))"}},"publicKey":"\#(base64(pem.utf8))"}}"#
    }

    private static func protobufName(_ digest: Digest) -> String {
        digest.name.replacing("SHA-", with: "SHA2_")
    }

    /// What cosign keeps of an entry in an annotation.
    func annotation(_ body: String, seconds: Int64) throws -> String {
        let id = BinaryText.encodeHex(logID)
        let payload =
            #"{"body":"\#(Self.base64(body.utf8))","integratedTime":\#(seconds),"logID":"\#(id)","logIndex":0}"#
        return
            #"{"SignedEntryTimestamp":"\#(Self.base64(try log.sign(Array(payload.utf8))))","Payload":\#(payload)}"#
    }

    // MARK: - Trust

    /// One log of a trusted_root.json.
    static func instance(
        _ rawBytes: [UInt8], details: String, id: String, start: String = "2020-01-01T00:00:00Z", end: String? = nil
    ) -> String {
        let end = end.map { #","end":"\#($0)""# } ?? ""
        return
            #"{"baseUrl":"https://log.test","hashAlgorithm":"SHA2_256","publicKey":{"rawBytes":"\#(base64(rawBytes))","keyDetails":"\#(details)","validFor":{"start":"\#(start)"\#(end)}},\#(id)}"#
    }

    static func root(
        logs: [String], authorities: [[Certificate]] = [], stampers: [[Certificate]] = [],
        mediaType: String = "application/vnd.dev.sigstore.trustedroot.v0.1+json"
    ) -> String {
        func chains(_ list: [[Certificate]]) -> String {
            list.map { chain in
                let certificates = chain.map { #"{"rawBytes":"\#(base64($0.der))"}"# }.joined(separator: ",")
                return
                    #"{"certChain":{"certificates":[\#(certificates)]},"validFor":{"start":"2020-01-01T00:00:00Z"}}"#
            }.joined(separator: ",")
        }
        return
            #"{"mediaType":"\#(mediaType)","tlogs":[\#(logs.joined(separator: ","))],"certificateAuthorities":[\#(chains(authorities))],"timestampAuthorities":[\#(chains(stampers))]}"#
    }

    /// A trust root of this log alone.
    func root(stampers: [[Certificate]] = []) throws -> TrustedRoot {
        let key = try log.key()
        let instance = Self.instance(
            key.der, details: "PKIX_ECDSA_P256_SHA_256", id: #""logId":{"keyId":"\#(Self.base64(key.fingerprint))"}"#)
        return try TrustedRoot(json: Array(Self.root(logs: [instance], stampers: stampers).utf8))
    }
}
