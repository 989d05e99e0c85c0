/// What an image runs on.
package struct ImagePlatform: Hashable, Sendable, CustomStringConvertible {
    package let os: String
    package let architecture: String
    /// As in `arm/v7`; empty where it does not matter.
    package let variant: String

    package init(os: String, architecture: String, variant: String = "") {
        self.os = os
        self.architecture = architecture
        self.variant = variant
    }

    /// The platform of most clusters' nodes.
    package static let linuxAMD64 = ImagePlatform(os: "linux", architecture: "amd64")

    /// From an index's entry; what is missing there is empty.
    init(_ object: JSONObject) throws(VerificationError) {
        os = try object.optionalString("os") ?? ""
        architecture = try object.optionalString("architecture") ?? ""
        variant = try object.optionalString("variant") ?? ""
    }

    /// As `linux/arm64/v8` is written; nil for other text.
    package init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false).map(String.init)
        guard (2...3).contains(parts.count), parts.allSatisfy({ !$0.isEmpty && $0.utf8.count <= 64 }) else {
            return nil
        }
        self.init(os: parts[0], architecture: parts[1], variant: parts.count == 3 ? parts[2] : "")
    }

    package var description: String { "\(os)/\(architecture)" + (variant.isEmpty ? "" : "/\(variant)") }

    /// Whether an image for this platform is what was asked for: a variant counts only where one was asked for.
    package func satisfies(_ wanted: ImagePlatform) -> Bool {
        os == wanted.os && architecture == wanted.architecture
            && (wanted.variant.isEmpty || variant.isEmpty || variant == wanted.variant)
    }
}
