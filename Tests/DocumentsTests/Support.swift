import Diagnostics
import Documents
import Glibc
import Values

/// All documents of a text as compact JSON, errors as `!id@line:column`.
func read(_ text: String, name: String = "test.yaml") -> [String] {
    read(Array(text.utf8), name: name)
}

func read(_ bytes: [UInt8], name: String = "test.yaml") -> [String] {
    var stream = DocumentStream(SourceFile(name: name, bytes: bytes))
    var result: [String] = []
    while true {
        do throws(DocumentError) {
            guard let document = try stream.next() else { return result }
            result.append(json(document.root))
        } catch {
            let place = error.diagnostic.range.map { "@\($0.start.line):\($0.start.column)" } ?? ""
            result.append("!\(error.id)\(place)")
        }
    }
}

func json(_ node: Node, sorted: Bool = false) -> String {
    String(decoding: JSONWriter(sortsKeys: sorted).write(node), as: UTF8.self)
}

/// The first document of a text.
func document(_ text: String) throws(DocumentError) -> Document? {
    var stream = DocumentStream(SourceFile(name: "test.yaml", text: text))
    return try stream.next()
}
