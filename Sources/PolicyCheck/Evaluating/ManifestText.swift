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
        guard let first = name.utf8.first, !(UInt8(ascii: "0")...UInt8(ascii: "9")).contains(first) else {
            return false
        }
        return name.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "_")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
    }

    static func documents(_ path: String) throws(RunFailure) -> [Document] {
        var documents: [Document] = []
        do throws(DocumentError) {
            var stream = DocumentStream(try InputText.read(path))
            while let document = try stream.next() { documents.append(document) }
        } catch {
            throw failure(error)
        }
        return documents
    }

    /// What the objects of a file give to the variables, one set per object.
    static func subjects(_ path: String) throws(RunFailure) -> [[(name: String, value: Value)]] {
        var subjects: [[(name: String, value: Value)]] = []
        do throws(DocumentError) {
            var stream = ManifestStream(try InputText.read(path))
            while let object = try stream.next() { subjects.append(try variables(object)) }
        } catch {
            throw failure(error)
        }
        guard !subjects.isEmpty else { throw RunFailure(.input, "`\(path)` holds no object") }
        return subjects
    }

    private static func variables(_ object: Node) throws(DocumentError) -> [(name: String, value: Value)] {
        guard ManifestRequest.isReview(object) else { return [("object", Value(object))] }
        guard let request = object["request" as StaticString], request.isMap else {
            throw DocumentError(
                "admission-review-request", "`request` is missing", file: object.document.source, at: object.position)
        }
        return ["object", "oldObject"].map { ($0, request[$0].map { Value($0) } ?? .null) }
            + [("request", Value(request))]
    }

    private static func failure(_ error: DocumentError) -> RunFailure {
        RunFailure(.input, DiagnosticRenderer().render(error.diagnostic))
    }
}
