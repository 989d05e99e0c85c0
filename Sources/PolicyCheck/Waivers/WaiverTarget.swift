import Diagnostics
import Documents
import Glibc
import Values

/// Where waivers are written to.
struct WaiverTarget {
    /// nil is standard output.
    private let path: String?
    /// Whether the runs that read the policies read the file too.
    private let isRead: Bool

    private static let fileName = "waivers.yaml"

    /// - Parameter policies: what `--policy` says.
    init(_ path: String?, policies: [String]) throws(RunFailure) {
        if let path {
            self.path = path == "-" ? nil : path
            isRead = policies.contains { path == $0 || path.hasPrefix($0.hasSuffix("/") ? $0 : $0 + "/") }
            return
        }
        guard let directory = policies.first(where: DirectoryWalk.isDirectory) else {
            throw RunFailure(.input, "--policy names no directory for the waiver; say with --to where it is to go")
        }
        self.path = directory.hasSuffix("/") ? directory + Self.fileName : "\(directory)/\(Self.fileName)"
        isRead = true
    }

    /// Of the objects that are there already.
    func names() throws(RunFailure) -> Set<String> {
        guard let path, FileReader.exists(path) else { return [] }
        var names: Set<String> = []
        do throws(DocumentError) {
            var stream = DocumentStream(try FileReader.read(path: path))
            while let document = try stream.next() {
                if let name = document.root["metadata"]?["name"]?.string { names.insert(name) }
            }
        } catch {
            throw RunFailure(.input, "cannot add to `\(path)`: \(error.message)")
        }
        return names
    }

    func append(_ documents: [String], until expiry: Timestamp?, _ log: Log) throws(RunFailure) {
        guard let path else {
            let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
            try output.append(documents.joined(separator: "---\n"))
            return try output.flush()
        }
        var text = ""
        if FileReader.exists(path) {
            do throws(DocumentError) {
                let bytes = try FileReader.read(path: path).bytes
                if let last = bytes.last, last != UInt8(ascii: "\n") { text += "\n" }
                if !bytes.isEmpty { text += "---\n" }
            } catch {
                throw RunFailure(.input, error.message)
            }
        }
        text += documents.joined(separator: "---\n")
        let file = try OutputFile(path: path, appends: true)
        try file.append(text)
        try file.flush()
        let output = OutputFile(descriptor: STDOUT_FILENO, name: "<stdout>")
        let count = documents.count == 1 ? "a waiver" : "\(documents.count) waivers"
        try output.append("wrote \(count) to \(path)\(expiry.map { ", until \($0.utcText)" } ?? "")\n")
        try output.flush()
        guard !isRead else { return }
        try log.report(
            Diagnostic(
                "waiver-elsewhere", .note, "`\(path)` is not among the policies", help: "give it as --policy as well"))
        try log.flush()
    }
}
