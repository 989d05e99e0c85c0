/// Every bound on what archives may hold. They come from anywhere; real bundles of policies stay far below.
package enum ArchiveLimits {
    /// Bytes of an archive as it is, and of its contents.
    package static let maximumBytes = 64 << 20
    /// Files and directories in an archive.
    package static let maximumEntries = 20_000
    /// Bytes of an entry's path.
    package static let maximumPath = 4096
    /// Bytes of an extended header.
    package static let maximumHeader = 1 << 20
}
