import Diagnostics
import Documents
import Glibc
import Values

/// Reads what an argument names.
enum InputText {
    /// - Parameter path: `-` is standard input.
    static func read(_ path: String) throws(DocumentError) -> SourceFile {
        path == "-" ? try FileReader.readStandardInput() : try FileReader.read(path: path)
    }
}

/// What kind of thing an object in a file is.
enum ManifestRequest {
    /// Whether the object is a recorded request rather than a manifest.
    static func isReview(_ object: Node) -> Bool {
        object["kind" as StaticString]?.string == "AdmissionReview"
            && object["apiVersion" as StaticString]?.string?.hasPrefix("admission.k8s.io/") == true
    }
}

extension FileReader {
    /// Whether there is anything of this name.
    static func exists(_ path: String) -> Bool { access(path, F_OK) == 0 }
}
