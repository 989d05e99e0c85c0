package import ImageVerification
import OutgoingHTTP

/// A registry, and its mirrors, as a store, for one look at an image: with its deadline and its credentials.
package struct RegistrySession: OCIStore {
    let client: RegistryClient
    /// Mirrors first, the registry last.
    let endpoints: [RegistryEndpoint]
    let options: ImageFetchOptions

    package func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
        let resource = RegistryResource(kind: .manifests, repository: repository, reference: reference)
        return try firstFound { (endpoint, share) throws(VerificationError) in
            var request = request(endpoint, resource, share, maximumBytes: VerificationLimits.maximumManifestBytes)
            request.accept = ImageMediaType.all
            guard let response = try found(try request.send(), endpoint, resource) else { return nil }
            return try manifest(response, endpoint, resource)
        }
    }

    package func blob(
        repository: String, digest: ImageDigest, maximumBytes: Int
    ) throws(VerificationError) -> [UInt8]? {
        let resource = RegistryResource(kind: .blobs, repository: repository, reference: digest.description)
        return try firstFound { (endpoint, share) throws(VerificationError) in
            let response: HTTPResponse?
            do throws(VerificationError) {
                let request = request(endpoint, resource, share, maximumBytes: maximumBytes)
                response = try found(try request.send(), endpoint, resource)
            } catch {
                guard error.reason == .tooLarge else { throw error }
                throw VerificationError(
                    .contentDigestMismatch,
                    "registry `\(endpoint.domain)` sent more bytes for the blob `\(digest)` than its descriptor says")
            }
            guard let response else { return nil }
            guard digest.isDigest(of: response.body) else {
                throw VerificationError(
                    .contentDigestMismatch, "registry `\(endpoint.domain)` sent other bytes for the blob `\(digest)`")
            }
            return response.body
        }
    }

    package func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest] {
        let resource = RegistryResource(kind: .referrers, repository: repository, reference: digest.description)
        // Where there were no lists a while ago, the tag is likely to be all there is. If there is none the API is asked
        // all the same: it may be new.
        let startsWithTag = endpoints.allSatisfy { client.lacksReferrers($0) }
        if startsWithTag, let tagged = try taggedReferrers(repository, digest) { return tagged }
        let listed = try firstFound { (endpoint, share) throws(VerificationError) in
            try referrers(endpoint, resource, share)
        }
        if let listed { return listed }
        return startsWithTag ? [] : try taggedReferrers(repository, digest) ?? []
    }

    /// The list under the tag that stands in for the API; nil where there is none.
    private func taggedReferrers(
        _ repository: String, _ digest: ImageDigest
    ) throws(VerificationError) -> [ImageDigest]? {
        guard let fallback = try checkedManifest(repository: repository, reference: digest.tag),
            // Some registries take this tag for the digest itself.
            fallback.digest != digest
        else { return nil }
        return Self.unique(try Manifest(fallback.bytes).manifests.map(\.digest))
    }

    /// The digest that a registry gives for a tag, by its word alone; nil where there is no such tag.
    func claimedDigest(repository: String, reference: String) throws(VerificationError) -> ImageDigest? {
        let resource = RegistryResource(kind: .manifests, repository: repository, reference: reference)
        return try firstFound { (endpoint, share) throws(VerificationError) in
            var request = request(endpoint, resource, share, maximumBytes: 0)
            request.method = "HEAD"
            request.accept = ImageMediaType.all
            guard let response = try found(try request.send(), endpoint, resource) else { return nil }
            if let claimed = response["docker-content-digest"], let digest = try? ImageDigest(claimed) { return digest }
            return try manifest(repository: repository, reference: reference)?.digest
        }
    }

    private func request(
        _ endpoint: RegistryEndpoint, _ resource: RegistryResource, _ share: Int, maximumBytes: Int
    ) -> RegistryRequest {
        RegistryRequest(
            client: client, endpoint: endpoint, resource: resource, options: options, maximumBytes: maximumBytes,
            share: share)
    }

    /// Asks one endpoint after the other. The last, which is the registry, has the last word: what a mirror lacks, or
    /// cannot deliver, may be there.
    private func firstFound<Found>(
        _ look: (RegistryEndpoint, _ share: Int) throws(VerificationError) -> Found?
    ) throws(VerificationError) -> Found? {
        for (position, endpoint) in endpoints.enumerated() {
            let isLast = position == endpoints.count - 1
            do throws(VerificationError) {
                if let found = try look(endpoint, endpoints.count - position) { return found }
            } catch {
                if isLast || error.reason == .registryCancelled { throw error }
            }
        }
        return nil
    }

    /// Nil for "not found".
    private func found(
        _ response: HTTPResponse, _ endpoint: RegistryEndpoint, _ resource: RegistryResource
    ) throws(VerificationError) -> HTTPResponse? {
        if response.status == 404 { return nil }
        guard response.status == 200 else {
            throw RegistryFault.status(response, registry: endpoint.domain, what: resource.description)
        }
        return response
    }

    private func manifest(
        _ response: HTTPResponse, _ endpoint: RegistryEndpoint, _ resource: RegistryResource
    ) throws(VerificationError) -> StoredManifest {
        let type = try checked(response, endpoint, resource)
        // What the bytes say of themselves is covered by their digest.
        return StoredManifest(
            bytes: response.body, mediaType: type.isEmpty ? Self.mediaType(response) : type)
    }

    /// The media type within a manifest that is one, and the one that was asked for.
    private func checked(
        _ response: HTTPResponse, _ endpoint: RegistryEndpoint, _ resource: RegistryResource
    ) throws(VerificationError) -> String {
        let isByDigest = resource.reference.utf8.contains(UInt8(ascii: ":"))
        if let wanted = try? ImageDigest(isByDigest ? resource.reference : response["docker-content-digest"] ?? ""),
            !wanted.isDigest(of: response.body)
        {
            throw VerificationError(
                .contentDigestMismatch,
                "registry `\(endpoint.domain)` sent other bytes for \(resource.description) than those of `\(wanted)`")
        }
        do throws(VerificationError) {
            return try Manifest(response.body).mediaType
        } catch {
            throw VerificationError(
                error.reason,
                "registry `\(endpoint.domain)` sent no manifest for \(resource.description): \(error.detail)")
        }
    }

    private static func mediaType(_ response: HTTPResponse) -> String {
        let type = response["content-type"]?.split(separator: ";").first.map(String.init) ?? ""
        return String(type.drop { $0 == " " })
    }

    /// All pages of the list; nil where the registry has no such lists.
    private func referrers(
        _ endpoint: RegistryEndpoint, _ resource: RegistryResource, _ share: Int
    ) throws(VerificationError) -> [ImageDigest]? {
        var request = request(endpoint, resource, share, maximumBytes: VerificationLimits.maximumManifestBytes)
        request.accept = [ImageMediaType.ociIndex]
        var digests: [ImageDigest] = []
        for _ in 0..<RegistryLimits.maximumReferrerPages {
            let response = try request.send()
            guard response.status == 200, Self.mediaType(response) == ImageMediaType.ociIndex else {
                // An error in the registry's own words is about this image or repository.
                if RegistryFault.message(response).isEmpty { client.learn(lacksReferrers: endpoint) }
                return nil
            }
            do throws(VerificationError) {
                digests += try Manifest(response.body).manifests.map(\.digest)
            } catch {
                throw VerificationError(
                    error.reason,
                    "registry `\(endpoint.domain)` sent no list for \(resource.description): \(error.detail)")
            }
            guard let next = Self.next(response) else { return Self.unique(digests) }
            request.url = next
        }
        throw VerificationError(
            .tooMany,
            "registry `\(endpoint.domain)` has more than \(RegistryLimits.maximumReferrerPages) pages of \(resource.description)"
        )
    }

    /// The next page, where there is one on the same host: credentials go there.
    static func next(_ response: HTTPResponse) -> String? {
        for link in response.head.all("link") {
            guard let open = link.utf8.firstIndex(of: UInt8(ascii: "<")),
                let close = link.utf8.firstIndex(of: UInt8(ascii: ">")), open < close
            else { continue }
            let parameters = link[close...].lowercased()
            guard parameters.contains("rel=\"next\"") || parameters.contains("rel=next") else { continue }
            guard let base = try? HTTPURL(response.head.url),
                let next = try? base.resolving(String(link[link.index(after: open)..<close])),
                next.origin == base.origin
            else { continue }
            return next.text
        }
        return nil
    }

    private static func unique(_ digests: [ImageDigest]) -> [ImageDigest] {
        var seen = Set<ImageDigest>()
        return digests.filter { seen.insert($0).inserted }
    }
}
