/// A container image's name in its parts, with what registries take for granted filled in.
///
/// The rules are those of go-containerregistry's weak validation, which Kyverno uses.
struct ImageReference: Equatable {
    /// `index.docker.io` where the name says none, or says `docker.io`.
    let registry: String
    let repository: String
    /// Empty if there is a digest.
    let tag: String
    /// `sha256:…`; empty if there is none.
    let digest: String
    /// The tag and digest as written, with their separators.
    let suffix: String

    var identifier: String { digest.isEmpty ? tag : digest }

    private static let hub = "index.docker.io"

    init?(_ text: String) {
        guard text.utf8.count <= 1024 else { return nil }
        var name = Substring(text)
        var digest = ""
        if let at = name.firstIndex(of: "@") {
            digest = String(name[name.index(after: at)...])
            name = name[..<at]
            guard Self.isDigest(digest) else { return nil }
        }
        var tag = ""
        // A colon before a slash belongs to a port.
        if let colon = name.lastIndex(of: ":"), !name[colon...].contains("/") {
            tag = String(name[name.index(after: colon)...])
            name = name[..<colon]
            guard Self.isTag(tag) else { return nil }
        }
        suffix = (tag.isEmpty ? "" : ":\(tag)") + (digest.isEmpty ? "" : "@\(digest)")
        var registry = Self.hub
        if let slash = name.firstIndex(of: "/") {
            let host = name[..<slash]
            if host.contains(".") || host.contains(":") {
                registry = host == "docker.io" ? Self.hub : String(host)
                name = name[name.index(after: slash)...]
            }
        }
        guard Self.isRepository(name) else { return nil }
        self.registry = registry
        repository = registry == Self.hub && !name.contains("/") ? "library/\(name)" : String(name)
        self.digest = digest
        self.tag = digest.isEmpty ? (tag.isEmpty ? "latest" : tag) : ""
    }

    static func == (left: ImageReference, right: ImageReference) -> Bool {
        left.registry == right.registry && left.repository == right.repository && left.identifier == right.identifier
    }

    private static func isDigest(_ text: String) -> Bool {
        let parts = text.split(separator: ":", omittingEmptySubsequences: false)
        guard parts.count == 2, parts[0] == "sha256" else { return false }
        return parts[1].utf8.count == 64 && parts[1].allSatisfy { $0.isHexDigit && !$0.isUppercase }
    }

    private static func isTag(_ text: String) -> Bool {
        (1...128).contains(text.utf8.count)
            && text.utf8.allSatisfy { isAlphanumeric($0) || isUpper($0) || "_-.".utf8.contains($0) }
    }

    private static func isRepository(_ text: Substring) -> Bool {
        (2...255).contains(text.utf8.count) && text.utf8.allSatisfy { isAlphanumeric($0) || "_-./".utf8.contains($0) }
    }

    private static func isUpper(_ byte: UInt8) -> Bool { (UInt8(ascii: "A")...UInt8(ascii: "Z")).contains(byte) }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte) || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }
}
