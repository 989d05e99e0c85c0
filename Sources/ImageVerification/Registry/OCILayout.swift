import Diagnostics
import Documents

/// An OCI image layout: a directory with `index.json` and `blobs/`, as tools export images.
///
/// Manifests are found by `org.opencontainers.image.ref.name`: `repository:tag`, `repository@digest`, or a bare tag.
package struct OCILayout: OCIStore {
    private let directory: String
    private let names: [String: [Descriptor]]
    /// Manifests of the index by digest.
    private let known: [ImageDigest: Descriptor]
    /// Manifests by their subject.
    private let subjects: [ImageDigest: [ImageDigest]]

    /// - Throws: `store-unreadable`, `malformed-json`, `malformed-manifest`.
    package init(directory: String) throws(VerificationError) {
        self.directory = directory
        let index = try Manifest(try Self.read("\(directory)/index.json", VerificationLimits.maximumManifestBytes))
        var names: [String: [Descriptor]] = [:]
        var known: [ImageDigest: Descriptor] = [:]
        for descriptor in index.manifests {
            known[descriptor.digest] = descriptor
            if let name = descriptor.annotations["org.opencontainers.image.ref.name"] {
                names[name, default: []].append(descriptor)
            }
        }
        (self.names, self.known) = (names, known)
        subjects = Self.subjects(directory, known)
    }

    private static func read(_ path: String, _ maximumBytes: Int) throws(VerificationError) -> [UInt8] {
        do throws(DocumentError) {
            return try FileReader.read(path: path, maximumBytes: maximumBytes).bytes
        } catch {
            throw VerificationError(.storeUnreadable, error.message)
        }
    }

    private static func path(_ directory: String, _ digest: ImageDigest) -> String {
        "\(directory)/blobs/\(digest.algorithm.rawValue)/\(digest.hex)"
    }

    package func blob(
        repository: String, digest: ImageDigest, maximumBytes: Int
    ) throws(VerificationError) -> [UInt8]? {
        do throws(DocumentError) {
            return try FileReader.read(path: Self.path(directory, digest), maximumBytes: maximumBytes).bytes
        } catch {
            if error.id == "file-not-found" { return nil }
            if error.id == "file-too-large" {
                throw VerificationError(.contentDigestMismatch, "the blob \(digest) is larger than its descriptor says")
            }
            throw VerificationError(.storeUnreadable, error.message)
        }
    }

    /// The manifest under exactly that `org.opencontainers.image.ref.name`; the last of several.
    ///
    /// - Throws: `content-digest-mismatch` and what reading throws.
    package func manifest(named name: String) throws(VerificationError) -> StoredManifest? {
        guard let found = names[name]?.last else { return nil }
        return try checkedManifest(repository: "", reference: found.digest.description)
    }

    package func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
        let digest: ImageDigest
        if reference.utf8.contains(UInt8(ascii: ":")) {
            digest = try ImageDigest(reference)
        } else if let found = (names["\(repository):\(reference)"] ?? names[reference])?.last {
            digest = found.digest
        } else {
            return nil
        }
        guard
            let bytes = try blob(
                repository: repository, digest: digest, maximumBytes: VerificationLimits.maximumManifestBytes)
        else { return nil }
        guard let mediaType = known[digest]?.mediaType else {
            let manifest = try Manifest(bytes)
            return StoredManifest(bytes: bytes, mediaType: manifest.mediaType)
        }
        return StoredManifest(bytes: bytes, mediaType: mediaType)
    }

    /// A layout has all manifests at hand: each is asked for its subject. The fallback tag counts too.
    package func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest] {
        var found: [ImageDigest] = []
        if let fallback = try manifest(repository: repository, reference: digest.tag) {
            for descriptor in try Manifest(fallback.bytes).manifests where !found.contains(descriptor.digest) {
                found.append(descriptor.digest)
            }
        }
        if let others = subjects[digest] {
            for other in others where !found.contains(other) { found.append(other) }
        }
        return found
    }

    /// A manifest that cannot be read is nobody's referrer.
    private static func subjects(
        _ directory: String, _ known: [ImageDigest: Descriptor]
    ) -> [ImageDigest: [ImageDigest]] {
        var subjects: [ImageDigest: [ImageDigest]] = [:]
        for digest in known.keys.sorted(by: { $0.hex < $1.hex }) {
            guard let bytes = try? read(path(directory, digest), VerificationLimits.maximumManifestBytes),
                let subject = try? Manifest(bytes).subject
            else { continue }
            subjects[subject, default: []].append(digest)
        }
        return subjects
    }
}
