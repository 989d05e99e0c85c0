import Foundation

@testable import ImageVerification

/// A store in memory, to build images and signatures that no tool would write.
struct MemoryStore: OCIStore {
    private var blobs: [String: [UInt8]] = [:]
    private var tags: [String: ImageDigest] = [:]
    private var mediaTypes: [ImageDigest: String] = [:]
    private var referrerList: [ImageDigest: [ImageDigest]] = [:]

    static let manifestType = "application/vnd.oci.image.manifest.v1+json"

    mutating func add(blob bytes: [UInt8]) -> ImageDigest {
        let digest = ImageDigest(of: bytes)
        blobs[digest.description] = bytes
        return digest
    }

    /// Stores other bytes under a digest, as a broken or hostile registry would.
    mutating func corrupt(_ digest: ImageDigest, _ bytes: [UInt8]) { blobs[digest.description] = bytes }

    /// Stores a manifest under another digest of the same bytes.
    mutating func alias(_ digest: ImageDigest, as other: ImageDigest) {
        blobs[other.description] = blobs[digest.description]
        mediaTypes[other] = mediaTypes[digest]
    }

    @discardableResult
    mutating func add(manifest json: String, tag: String? = nil, type: String = manifestType) -> ImageDigest {
        let digest = add(blob: Array(json.utf8))
        mediaTypes[digest] = type
        if let tag { tags[tag] = digest }
        return digest
    }

    /// An image with nothing in it.
    mutating func addImage(_ tag: String) -> ImageDigest {
        add(
            manifest:
                #"{"schemaVersion":2,"mediaType":"\#(Self.manifestType)","layers":[],"annotations":{"for":"\#(tag)"}}"#,
            tag: tag)
    }

    func descriptor(_ digest: ImageDigest, type: String, annotations: [String: String] = [:], size: Int? = nil)
        -> String
    {
        let encoded = (try? JSONEncoder().encode(annotations)).map { String(decoding: $0, as: UTF8.self) } ?? "{}"
        let count = size ?? blobs[digest.description]?.count ?? 0
        return #"{"mediaType":"\#(type)","digest":"\#(digest)","size":\#(count),"annotations":\#(encoded)}"#
    }

    /// A `.sig` or `.att` manifest.
    mutating func addLayers(_ layers: [String], of image: ImageDigest, suffix: String = ".sig") {
        add(
            manifest:
                #"{"schemaVersion":2,"mediaType":"\#(Self.manifestType)","layers":[\#(layers.joined(separator: ","))]}"#,
            tag: image.tag + suffix)
    }

    mutating func addSignature(_ payload: [UInt8], _ signature: [UInt8], of image: ImageDigest) {
        let blob = add(blob: payload)
        let layer = descriptor(
            blob, type: CosignLayer.signatureMediaType,
            annotations: ["dev.cosignproject.cosign/signature": BinaryText.encodeBase64(signature)])
        addLayers([layer], of: image)
    }

    mutating func addReferrer(
        _ content: [UInt8], of image: ImageDigest, subject: ImageDigest? = nil,
        type: String = "application/vnd.dev.sigstore.bundle.v0.3+json", layers: Int = 1
    ) {
        let blob = add(blob: content)
        let layer = descriptor(blob, type: type)
        let about = descriptor(subject ?? image, type: Self.manifestType)
        let list = [String](repeating: layer, count: layers).joined(separator: ",")
        addReferrer(
            manifest:
                #"{"schemaVersion":2,"mediaType":"\#(Self.manifestType)","artifactType":"\#(type)","subject":\#(about),"layers":[\#(list)]}"#,
            of: image)
    }

    mutating func addReferrer(manifest: String, of image: ImageDigest) {
        referrerList[image, default: []].append(add(manifest: manifest))
    }

    func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
        var digest = tags[reference]
        if reference.contains(":") { digest = try ImageDigest(reference) }
        guard let digest, let bytes = blobs[digest.description] else { return nil }
        return StoredManifest(bytes: bytes, mediaType: mediaTypes[digest] ?? "")
    }

    func blob(repository: String, digest: ImageDigest, maximumBytes: Int) throws(VerificationError) -> [UInt8]? {
        blobs[digest.description]
    }

    func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest] {
        referrerList[digest] ?? []
    }
}

enum Payload {
    static func simpleSigning(
        _ digest: some CustomStringConvertible, type: String = "cosign container image signature",
        optional: String = "null"
    ) -> [UInt8] {
        Array(
            #"{"critical":{"identity":{"docker-reference":"r"},"image":{"docker-manifest-digest":"\#(digest)"},"type":"\#(type)"},"optional":\#(optional)}"#
                .utf8)
    }

    static func statement(
        _ digest: ImageDigest, predicateType: String = Statement.imageSignaturePredicateType, annotations: String = "{}"
    ) -> [UInt8] {
        Array(
            #"{"_type":"https://in-toto.io/Statement/v1","subject":[{"digest":{"sha256":"\#(digest.hex)"},"annotations":\#(annotations)}],"predicateType":"\#(predicateType)","predicate":{}}"#
                .utf8)
    }

    static func signedBytes(_ statement: [UInt8]) -> [UInt8] {
        Array("DSSEv1 28 application/vnd.in-toto+json \(statement.count) ".utf8) + statement
    }

    static func envelope(_ statement: [UInt8], _ signature: [UInt8]) -> String {
        let (payload, sig) = (BinaryText.encodeBase64(statement), BinaryText.encodeBase64(signature))
        return
            #"{"payloadType":"application/vnd.in-toto+json","payload":"\#(payload)","signatures":[{"sig":"\#(sig)"}]}"#
    }

    static func bundle(_ statement: [UInt8], _ signature: [UInt8]) -> String {
        #"{"mediaType":"application/vnd.dev.sigstore.bundle.v0.3+json","verificationMaterial":{"publicKey":{"hint":"x"}},"dsseEnvelope":\#(envelope(statement, signature))}"#
    }
}
