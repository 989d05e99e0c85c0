/// Why an archive cannot be read.
package struct ArchiveError: Error, Sendable {
    /// Stable, in kebab case.
    package let id: String
    /// Lower case, without a full stop; the archive's own name is the caller's to add.
    package let message: String

    package init(_ id: String, _ message: String) {
        self.id = id
        self.message = message
    }

    static let truncated = ArchiveError("archive-truncated", "the archive ends too early")

    static func tooLarge(_ limit: Int) -> ArchiveError {
        ArchiveError("archive-too-large", "the archive holds more than the limit of \(limit) bytes")
    }
}
