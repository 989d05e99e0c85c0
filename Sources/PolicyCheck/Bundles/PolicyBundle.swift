import Archives
import Diagnostics
import Documents

/// Policies or context that come as one thing: an archive, or a commit of a git repository.
enum PolicyBundle {
    case archive(String)
    case git(GitSource)

    /// - Returns: nil for what names a file or directory.
    /// - Throws: a diagnostic if it is meant to be a bundle and cannot be one.
    init?(_ argument: String) throws(DocumentError) {
        if argument.hasPrefix("git+") || argument.hasPrefix("git::") {
            self = .git(try GitSource(argument))
        } else if [".tar.gz", ".tgz", ".tar"].contains(where: argument.hasSuffix),
            !DirectoryWalk.isDirectory(argument)
        {
            self = .archive(argument)
        } else {
            return nil
        }
    }

    /// The manifests, in the order of their paths' bytes; their names start with the argument.
    func files() throws(DocumentError) -> [SourceFile] {
        switch self {
        case .archive(let path):
            let bytes = try FileReader.read(path: path, maximumBytes: ArchiveLimits.maximumBytes).bytes
            return try Self.manifests(in: bytes, name: path)
        case .git(let source):
            return try Self.manifests(in: try source.archive(), name: source.argument, below: source.directory)
        }
    }

    private static func manifests(
        in bytes: [UInt8], name: String, below directory: String = ""
    ) throws(DocumentError) -> [SourceFile] {
        let archive: TarArchive
        do throws(ArchiveError) {
            archive = try TarArchive(Gzip.isGzip(bytes) ? try Gzip.unpack(bytes) : bytes)
        } catch {
            throw DocumentError(error.id, "`\(name)`: \(error.message)")
        }
        let prefix = directory.isEmpty ? "" : directory + "/"
        let entries = archive.entries.filter { entry in
            entry.kind != .directory && entry.path.hasPrefix(prefix)
                && [".yaml", ".yml", ".json"].contains { entry.path.hasSuffix($0) }
        }
        // Passed over in silence it would be a policy less.
        if let odd = entries.first(where: { $0.kind != .file }) {
            throw DocumentError(
                "archive-link", "`\(name)`: `\(odd.path)` is a link or no plain file, and these are not followed")
        }
        if entries.isEmpty {
            throw DocumentError("archive-empty", "`\(name)` holds no *.yaml, *.yml or *.json file")
        }
        return entries.sorted { $0.path.utf8.lexicographicallyPrecedes($1.path.utf8) }
            .map { SourceFile(name: "\(name)/\($0.path)", bytes: Array($0.content)) }
    }
}
