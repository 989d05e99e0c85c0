import Admission
import Diagnostics
import Documents
import NIOCore
import OpenSSLTLS
import PolicyEngine
import Webhook

/// What `/policies` shows: the policies in force, where each comes from, and how the last load went.
struct PoliciesListing {
    let json: ByteBuffer
    /// SHA-256 over the files of the policies in force: equal on two servers that judge alike.
    let digest: String

    /// - Parameters:
    ///   - load: the last one, which may have been refused.
    ///   - objects: of the Kubernetes API that are in force, bindings and exceptions included.
    init(_ policies: PolicySet, _ load: PolicyLoad, objects: [String: SourceFile] = [:], now: Int) {
        let judging = policies.policies.map(\.id)
        // Policies about images both judge and pin digests.
        let identifiers = judging + policies.mutatingPolicies.map(\.id).filter { !judging.contains($0) }
        var files: [String: (file: SourceFile, digest: String)] = [:]
        for file in identifiers.compactMap(\.file) + objects.values where files[file.name] == nil {
            files[file.name] = (file, SHA256.hexadecimal(file.bytes) ?? "")
        }
        let digests = files.sorted { $0.key < $1.key }.map(\.value.digest)
        let digest = SHA256.hexadecimal(Array(digests.joined(separator: "\n").utf8)) ?? ""
        self.digest = digest
        var writer = JSONText()
        writer.object { writer in
            writer.field("digest", digest)
            writer.name("lastLoad")
            writer.object { writer in
                let isWhole = load.refusedObjects.isEmpty
                writer.field("result", load.policies == nil ? "refused" : isWhole ? "ok" : "partly-refused")
                writer.field("time", LogLine.timestamp(seconds: now))
                writer.field("errors", load.errors)
                writer.name("diagnostics")
                let shown = load.errors == 0 ? [] : load.diagnostics.prefix(ExecutableLimits.shownDiagnostics)
                writer.array(Array(shown)) { $0.write($1) }
            }
            let enforcement = policies.enforcement
            writer.name("enforcement")
            writer.object { writer in
                writer.field("mode", enforcement.mode.rawValue)
                writer.name("exemptNamespaces")
                writer.array(enforcement.exemptNamespaces.map(\.text)) { $0.string($1) }
                writer.name("exemptUsers")
                writer.array(enforcement.exemptUsers.map(\.text)) { $0.string($1) }
            }
            writer.name("policies")
            writer.array(identifiers) { writer, id in
                writer.object { writer in
                    writer.field("kind", id.kind)
                    writer.field("name", id.qualifiedName)
                    writer.field("mode", enforcement.mode(of: id).rawValue)
                    writer.field("file", id.file?.name ?? "")
                    writer.field("line", Int(id.position?.line ?? 0))
                    writer.field("digest", id.file.flatMap { files[$0.name]?.digest } ?? "")
                }
            }
        }
        json = writer.finished()
    }
}

/// Just enough JSON for `PoliciesListing`.
private struct JSONText {
    private var bytes: [UInt8] = []
    private var isFirst = true

    mutating func object(_ body: (inout JSONText) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "{"))
        isFirst = true
        body(&self)
        bytes.append(UInt8(ascii: "}"))
        isFirst = false
    }

    mutating func array<Element>(_ elements: [Element], _ body: (inout JSONText, Element) -> Void) {
        separate()
        bytes.append(UInt8(ascii: "["))
        isFirst = true
        for element in elements { body(&self, element) }
        bytes.append(UInt8(ascii: "]"))
        isFirst = false
    }

    mutating func string(_ text: String) {
        separate()
        bytes.append(jsonString: text)
        isFirst = false
    }

    /// Starts a field; its value comes next.
    mutating func name(_ name: String) {
        separate()
        bytes.append(jsonString: name)
        bytes.append(UInt8(ascii: ":"))
        isFirst = true
    }

    mutating func field(_ name: String, _ value: String) {
        self.name(name)
        bytes.append(jsonString: value)
        isFirst = false
    }

    mutating func field(_ name: String, _ value: Int) {
        self.name(name)
        bytes.append(contentsOf: String(value).utf8)
        isFirst = false
    }

    mutating func write(_ diagnostic: Diagnostic) {
        object { writer in
            writer.field("severity", diagnostic.severity.rawValue)
            writer.field("id", diagnostic.id)
            writer.field("message", diagnostic.message)
            writer.field("file", diagnostic.file?.name ?? "")
            writer.field("line", Int(diagnostic.range?.start.line ?? 0))
            writer.field("column", Int(diagnostic.range?.start.column ?? 0))
        }
    }

    private mutating func separate() {
        if !isFirst { bytes.append(UInt8(ascii: ",")) }
    }

    func finished() -> ByteBuffer { ByteBuffer(bytes: bytes + [UInt8(ascii: "\n")]) }
}
