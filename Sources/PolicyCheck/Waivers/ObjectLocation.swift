import Diagnostics
import Documents
import Values

/// `FILE`, or `FILE:LINE` for the object that a line belongs to.
struct ObjectLocation {
    let path: String
    let line: Int?

    init(_ argument: String) {
        guard !FileReader.exists(argument), let colon = argument.lastIndex(of: ":"),
            let line = Int(argument[argument.index(after: colon)...]), line > 0
        else {
            path = argument
            line = nil
            return
        }
        path = String(argument[..<colon])
        self.line = line
    }

    /// The Kubernetes objects of the file that are meant.
    func objects() throws(DocumentError) -> [Node] { try objects(in: try InputText.read(path)) }

    /// The same of the file's text.
    func objects(in source: SourceFile) throws(DocumentError) -> [Node] {
        var stream = ManifestStream(source)
        var objects: [Node] = []
        while let object = try stream.next() {
            if object["kind" as StaticString] != nil { objects.append(object) }
        }
        guard let line else { return objects }
        return objects.last { Int($0.position?.line ?? 1) <= line }.map { [$0] } ?? []
    }
}
