import Diagnostics
import Documents
import Glibc
import Values

/// What the arguments of `eval` say, as values.
enum ManifestText {
    /// A JSON value in memory.
    static func json(_ bytes: [UInt8], name: String) throws(RunFailure) -> Document {
        do throws(DocumentError) {
            return try JSONReader.read(SourceFile(name: name, bytes: bytes))
        } catch {
            throw failure(error)
        }
    }

    /// `name=JSON` or `name=@file`.
    static func variable(_ argument: String) throws(RunFailure) -> (name: String, value: Value) {
        let parts = argument.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(String.init)
        guard parts.count == 2, let name = parts.first, isName(name) else {
            throw RunFailure(.input, "`--var \(argument)` is not like `name=JSON` or `name=@file`")
        }
        guard parts[1].hasPrefix("@") else {
            return (name, Value(try json(Array(parts[1].utf8), name: "--var \(name)").root))
        }
        let path = String(parts[1].dropFirst())
        let documents = try documents(path)
        guard let first = documents.first, documents.count == 1 else {
            throw RunFailure(.input, "`\(path)` holds \(documents.count) documents, a variable takes one")
        }
        return (name, Value(first.root))
    }

    private static func isName(_ name: String) -> Bool {
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else { return false }
        return name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }

    static func documents(_ path: String) throws(RunFailure) -> [Document] {
        var stream = DocumentStream(try InputFile(path: path).read())
        var documents: [Document] = []
        do throws(DocumentError) {
            while let document = try stream.next() { documents.append(document) }
        } catch {
            throw failure(error)
        }
        return documents
    }

    private static func failure(_ error: DocumentError) -> RunFailure {
        RunFailure(.input, DiagnosticRenderer().render(error.diagnostic))
    }
}
