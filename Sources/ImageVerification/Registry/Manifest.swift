/// A reference from one registry object to another.
package struct Descriptor: Sendable {
    package let mediaType: String
    package let digest: ImageDigest
    package let size: Int64
    package let annotations: [String: String]
    /// What an index says that it runs on.
    package let platform: ImagePlatform?

    package init(_ object: JSONObject) throws(VerificationError) {
        mediaType = try object.string("mediaType")
        let text = try object.string("digest")
        do throws(VerificationError) {
            digest = try ImageDigest(text)
        } catch {
            throw object.failure("digest", "is not a digest")
        }
        size = try object.integer("size")
        guard size >= 0 else { throw object.failure("size", "is negative") }
        annotations = try object.stringMap("annotations")
        platform = try object.optionalObject("platform").map { (object) throws(VerificationError) in
            try ImagePlatform(object)
        }
    }
}

/// The fields of an image manifest or an index that signatures need.
package struct Manifest: Sendable {
    package let mediaType: String
    /// `artifactType`, or the config's media type where there is none, as OCI 1.0 clients wrote it.
    package let artifactType: String
    package let config: Descriptor?
    package let configMediaType: String
    package let subject: ImageDigest?
    package let layers: [Descriptor]
    /// Of an index.
    package let manifests: [Descriptor]

    /// - Throws: `malformed-json`, `malformed-manifest`, `too-large`, `too-many`.
    package init(_ bytes: [UInt8]) throws(VerificationError) {
        let object = try JSONObject.read(
            bytes, maximumBytes: VerificationLimits.maximumManifestBytes, what: "manifest", reason: .malformedManifest)
        mediaType = try object.optionalString("mediaType") ?? ""
        let configObject = try object.optionalObject("config")
        configMediaType = try configObject?.optionalString("mediaType") ?? ""
        // Artifacts have odd ones, which matter to nobody who does not read them.
        config = configObject.flatMap { try? Descriptor($0) }
        let type = try object.optionalString("artifactType") ?? ""
        artifactType = type.isEmpty ? configMediaType : type
        subject = try object.optionalObject("subject").map { (object) throws(VerificationError) in
            try Descriptor(object).digest
        }
        layers = try Self.descriptors(object, "layers")
        manifests = try Self.entries(object)
    }

    /// What an index lists. Entries with a digest of a kind that nothing here can compute are left out: nobody could say
    /// whether what is fetched for them is what they name.
    private static func entries(_ object: JSONObject) throws(VerificationError) -> [Descriptor] {
        var entries: [Descriptor] = []
        for entry in try object.objects("manifests", limit: 4_096) {
            let algorithm = try entry.string("digest").prefix { $0 != ":" }
            guard ImageDigest.Algorithm(rawValue: String(algorithm)) != nil else { continue }
            entries.append(try Descriptor(entry))
        }
        return entries
    }

    private static func descriptors(_ object: JSONObject, _ key: String) throws(VerificationError) -> [Descriptor] {
        var descriptors: [Descriptor] = []
        for entry in try object.objects(key, limit: 4_096) { descriptors.append(try Descriptor(entry)) }
        return descriptors
    }
}
