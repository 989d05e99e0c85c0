/// An image reference, `[domain/]path[:tag][@digest]`, normalised as container runtimes do.
///
/// Source: the grammar of the distribution project and its familiar-name rules: `alpine` is
/// `docker.io/library/alpine:latest`.
package struct ImageReference: Hashable, Sendable, CustomStringConvertible {
    /// Host with an optional port, `docker.io` where none was given.
    package let domain: String
    /// Path in the registry, `library/…` for short names of Docker Hub.
    package let path: String
    /// Nil where only a digest was given; `latest` where neither was.
    package let tag: String?
    package let digest: ImageDigest?

    /// Domain and path.
    package var name: String { "\(domain)/\(path)" }

    /// The host that speaks the registry's protocol; Docker Hub's is not its name.
    package var registryHost: String { domain == "docker.io" ? "registry-1.docker.io" : domain }

    /// The whole normalised reference.
    package var description: String {
        name + (tag.map { ":\($0)" } ?? "") + (digest.map { "@\($0)" } ?? "")
    }

    /// What to ask the registry for: where there is a digest, it alone counts.
    package var manifestReference: String { digest?.description ?? tag ?? "latest" }

    /// The same image by digest; the tag stays as a comment for the reader.
    package func pinned(to digest: ImageDigest) -> ImageReference {
        ImageReference(domain: domain, path: path, tag: tag, digest: digest)
    }

    private init(domain: String, path: String, tag: String?, digest: ImageDigest?) {
        self.domain = domain
        self.path = path
        self.tag = tag
        self.digest = digest
    }

    /// - Throws: `malformed-reference`, with what is wrong.
    package init(_ text: String) throws(VerificationError) {
        func refuse(_ problem: String) -> VerificationError {
            VerificationError(.malformedReference, "`\(text.prefix(300))` is no image reference: \(problem)")
        }
        guard !text.isEmpty else { throw refuse("it is empty") }
        guard text.utf8.count <= VerificationLimits.maximumReferenceBytes else {
            throw refuse("it has more than \(VerificationLimits.maximumReferenceBytes) bytes")
        }
        guard text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
            throw refuse("it has a space or a character outside ASCII")
        }
        var rest = Array(text.utf8)[...]
        var digest: ImageDigest?
        if let at = rest.firstIndex(of: UInt8(ascii: "@")) {
            let digestText = String(decoding: rest[(at + 1)...], as: UTF8.self)
            do throws(VerificationError) {
                digest = try ImageDigest(digestText)
            } catch {
                throw refuse("`\(digestText)` is not a digest")
            }
            rest = rest[..<at]
        }
        var tag: String?
        // A colon behind the last slash starts a tag; one before it a port.
        let lastSlash = rest.lastIndex(of: UInt8(ascii: "/"))
        let tail = lastSlash.map { $0 + 1 } ?? rest.startIndex
        if let colon = rest[tail...].firstIndex(of: UInt8(ascii: ":")) {
            let tagBytes = rest[(colon + 1)...]
            let tagText = String(decoding: tagBytes, as: UTF8.self)
            guard Self.isTag(tagBytes) else { throw refuse("`\(tagText)` is not a tag") }
            tag = tagText
            rest = rest[..<colon]
        }
        if text.utf8.count == 64, BinaryText.decodeHex(text.utf8) != nil {
            throw refuse("64 hexadecimal digits are an image's ID, not a name")
        }
        var domain = "docker.io"
        if let slash = rest.firstIndex(of: UInt8(ascii: "/")), Self.looksLikeDomain(rest[..<slash]) {
            let domainBytes = rest[..<slash]
            guard Self.isDomain(domainBytes) else {
                throw refuse("`\(String(decoding: domainBytes, as: UTF8.self))` is not a host")
            }
            domain = String(decoding: domainBytes, as: UTF8.self)
            rest = rest[(slash + 1)...]
        }
        if domain == "index.docker.io" { domain = "docker.io" }
        for component in rest.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false) {
            guard Self.isPathComponent(component) else {
                let word = String(decoding: component, as: UTF8.self)
                throw refuse(
                    word.isEmpty
                        ? "a part of its path is empty"
                        : word.utf8.contains { $0 >= 0x41 && $0 <= 0x5A }
                            ? "`\(word)` has upper-case letters" : "`\(word)` is not a part of a path")
            }
        }
        var path = String(decoding: rest, as: UTF8.self)
        if domain == "docker.io", !path.utf8.contains(UInt8(ascii: "/")) { path = "library/" + path }
        guard domain.utf8.count + 1 + path.utf8.count <= 255 else {
            throw refuse("its name has more than 255 characters")
        }
        self.init(domain: domain, path: path, tag: tag ?? (digest == nil ? "latest" : nil), digest: digest)
    }

    private static func looksLikeDomain(_ segment: ArraySlice<UInt8>) -> Bool {
        segment.elementsEqual("localhost".utf8)
            || segment.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || ($0 >= 0x41 && $0 <= 0x5A) }
    }

    private static func isTag(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, bytes.count <= 128, isWord(first) else { return false }
        return bytes.allSatisfy { isWord($0) || $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: "-") }
    }

    private static func isWord(_ byte: UInt8) -> Bool { isAlphanumeric(byte) || byte == UInt8(ascii: "_") }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        isLowerOrDigit(byte) || (byte >= UInt8(ascii: "A") && byte <= UInt8(ascii: "Z"))
    }

    private static func isLowerOrDigit(_ byte: UInt8) -> Bool {
        (byte >= UInt8(ascii: "a") && byte <= UInt8(ascii: "z"))
            || (byte >= UInt8(ascii: "0") && byte <= UInt8(ascii: "9"))
    }

    /// `[a-z0-9]+` joined by `.`, `_`, `__` or dashes.
    private static func isPathComponent(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard let first = bytes.first, let last = bytes.last, isLowerOrDigit(first), isLowerOrDigit(last) else {
            return false
        }
        var separator: [UInt8] = []
        for byte in bytes {
            if isLowerOrDigit(byte) {
                let isAllowed =
                    separator.count <= 1 || separator.elementsEqual("__".utf8)
                    || separator.allSatisfy { $0 == UInt8(ascii: "-") }
                guard isAllowed else { return false }
                separator.removeAll(keepingCapacity: true)
            } else {
                guard byte == UInt8(ascii: ".") || byte == UInt8(ascii: "_") || byte == UInt8(ascii: "-") else {
                    return false
                }
                separator.append(byte)
            }
        }
        return true
    }

    private static func isDomain(_ bytes: ArraySlice<UInt8>) -> Bool {
        var host = bytes
        if bytes.first == UInt8(ascii: "[") {
            guard let end = bytes.firstIndex(of: UInt8(ascii: "]")) else { return false }
            let address = bytes[(bytes.startIndex + 1)..<end]
            let isAddress =
                address.count >= 2 && address.contains(UInt8(ascii: ":"))
                && address.allSatisfy { byte in
                    byte == UInt8(ascii: ":") || (isAlphanumeric(byte) && byte | 0x20 <= UInt8(ascii: "f"))
                }
            guard isAddress else { return false }
            let rest = bytes[(end + 1)...]
            return rest.isEmpty || (rest.first == UInt8(ascii: ":") && isPort(rest.dropFirst()))
        }
        if let colon = bytes.firstIndex(of: UInt8(ascii: ":")) {
            guard isPort(bytes[(colon + 1)...]) else { return false }
            host = bytes[..<colon]
        }
        return host.split(separator: UInt8(ascii: "."), omittingEmptySubsequences: false).allSatisfy { label in
            guard let first = label.first, let last = label.last else { return false }
            return isAlphanumeric(first) && isAlphanumeric(last)
                && label.allSatisfy { isAlphanumeric($0) || $0 == UInt8(ascii: "-") }
        }
    }

    private static func isPort(_ bytes: ArraySlice<UInt8>) -> Bool {
        guard (1...5).contains(bytes.count), let port = Int(String(decoding: bytes, as: UTF8.self)) else {
            return false
        }
        return bytes.allSatisfy { $0 >= 0x30 && $0 <= 0x39 } && port <= 65_535
    }
}
