/// Every bound on what the readers accept. Input may be hostile; real manifests stay far below.
package enum DocumentLimits {
    /// Bytes of one request body. The API server sends at most about 3 MiB (etcd's 1.5 MiB for object and old object).
    package static let maximumRequestBytes = 8 << 20
    /// Bytes of one file of manifests or policies; a dump of a large cluster has some 10 MiB.
    package static let maximumFileBytes = 64 << 20
    /// Containers within containers. The deepest CRD schemas of known projects nest about 60 deep.
    package static let maximumDepth = 512
    /// Tape words of one document; a scalar is one or two, a container two. 16 bytes each, positions included.
    package static let maximumTapeWords = 16 << 20
    /// Tape words of one document that aliases and anchors may copy.
    package static let maximumAliasWords = 2 << 20
    /// Documents in one file.
    package static let maximumDocuments = 100_000
    /// Documents with syntax errors in one file that are reported before reading stops.
    package static let maximumSyntaxErrors = 100
    /// Lists within lists (`kind: List`) that are expanded.
    package static let maximumListDepth = 8
    /// Files and directories that one directory walk may visit.
    package static let maximumDirectoryEntries = 1_000_000
    /// Directories within directories, which also ends loops of symbolic links.
    package static let maximumDirectoryDepth = 64
}
