import Glibc

/// Finds the manifests below a directory: `*.yaml`, `*.yml`, `*.json`, in the order of their paths' bytes.
package struct DirectoryWalk {
    /// Paths of files, the directory's own path as prefix.
    package private(set) var files: [String] = []
    /// Directories that could not be read; each is an error, not a silence.
    package private(set) var errors: [DocumentError] = []

    private var visited = 0
    /// Device and inode of the directories around the current one, to end loops of symbolic links.
    private var ancestors: [(device: UInt, inode: UInt)] = []

    package static func isDirectory(_ path: String) -> Bool {
        var status = stat()
        return stat(path, &status) == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    package init(path: String) {
        walk(path.count > 1 && path.hasSuffix("/") ? String(path.dropLast()) : path)
    }

    private mutating func walk(_ path: String) {
        guard ancestors.count < DocumentLimits.maximumDirectoryDepth else {
            errors.append(
                DocumentError(
                    "directory-depth",
                    "`\(path)` is nested deeper than \(DocumentLimits.maximumDirectoryDepth) directories"))
            return
        }
        var status = stat()
        guard stat(path, &status) == 0 else {
            errors.append(FileReader.failure(path, errno))
            return
        }
        let identity = (device: UInt(status.st_dev), inode: UInt(status.st_ino))
        // A link back to a directory around it: its files are found anyway.
        if ancestors.contains(where: { $0 == identity }) { return }
        guard let names = names(in: path) else { return }
        ancestors.append(identity)
        defer { ancestors.removeLast() }
        for name in names {
            visited += 1
            if visited == DocumentLimits.maximumDirectoryEntries {
                errors.append(
                    DocumentError(
                        "directory-entries", "more than \(DocumentLimits.maximumDirectoryEntries) directory entries"))
            }
            if visited >= DocumentLimits.maximumDirectoryEntries { return }
            visit(path == "/" ? path + name : path + "/" + name)
        }
    }

    private mutating func visit(_ path: String) {
        var status = stat()
        guard stat(path, &status) == 0 else {
            // A dangling link matters only where its target would be read.
            if Self.isManifest(path) { errors.append(FileReader.failure(path, errno)) }
            return
        }
        switch status.st_mode & S_IFMT {
        case S_IFDIR: walk(path)
        case S_IFREG where Self.isManifest(path): files.append(path)
        default: break
        }
    }

    private mutating func names(in path: String) -> [String]? {
        guard let directory = opendir(path) else {
            errors.append(FileReader.failure(path, errno))
            return nil
        }
        defer { closedir(directory) }
        var names: [String] = []
        while let entry = readdir(directory) {
            let name = withUnsafePointer(to: &entry.pointee.d_name) { pointer in
                pointer.withMemoryRebound(to: CChar.self, capacity: 256) { String(cString: $0) }
            }
            // Version control, and the `..data` of mounted ConfigMaps, whose files are linked beside it.
            if name == "." || name == ".." || name == ".git" || name.hasPrefix("..") { continue }
            names.append(name)
        }
        return names.sorted { $0.utf8.lexicographicallyPrecedes($1.utf8) }
    }

    private static func isManifest(_ path: String) -> Bool {
        path.hasSuffix(".yaml") || path.hasSuffix(".yml") || path.hasSuffix(".json")
    }
}
