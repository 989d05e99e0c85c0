import Foundation
import Testing

@testable import ImageVerification

@Suite struct LayoutTests {
    private let directory: URL

    init() throws {
        directory = FileManager.default.temporaryDirectory.appendingPathComponent(
            "guardrail-layout-\(UUID().uuidString)")
        try FileManager.default.createDirectory(
            at: directory.appendingPathComponent("blobs/sha256"), withIntermediateDirectories: true)
    }

    private func write(blob bytes: [UInt8], as digest: ImageDigest? = nil) throws -> ImageDigest {
        let digest = digest ?? ImageDigest(of: bytes)
        try Data(bytes).write(to: directory.appendingPathComponent("blobs/sha256/\(digest.hex)"))
        return digest
    }

    private func write(index entries: [(ImageDigest, String)]) throws {
        let manifests = entries.map { digest, name in
            #"{"mediaType":"\#(MemoryStore.manifestType)","digest":"\#(digest)","size":2,"annotations":{"org.opencontainers.image.ref.name":"\#(name)"}}"#
        }
        try #"{"schemaVersion":2,"manifests":[\#(manifests.joined(separator: ","))]}"#
            .write(to: directory.appendingPathComponent("index.json"), atomically: true, encoding: .utf8)
    }

    @Test("finds manifests by repository and tag, by bare tag and by digest, and checks their bytes")
    func finds() throws {
        let image = try write(blob: Array("{}".utf8))
        try write(index: [(image, "team/app:v1"), (image, "v2")])
        let layout = try OCILayout(directory: directory.path)
        for reference in ["v1", "v2", image.description] {
            #expect(try layout.checkedManifest(repository: "team/app", reference: reference)?.digest == image)
        }
        #expect(try layout.manifest(repository: "team/other", reference: "v1") == nil)
        _ = try write(blob: Array("{ }".utf8), as: image)
        do throws(VerificationError) {
            _ = try layout.checkedManifest(repository: "team/app", reference: image.description)
            Issue.record("changed bytes passed")
        } catch {
            #expect(error.id == "content-digest-mismatch")
        }
    }

    @Test("takes no other file than a blob, whatever the digest says")
    func paths() throws {
        try write(index: [])
        let layout = try OCILayout(directory: directory.path)
        for reference in ["sha256:../../index.json", "sha256:", "sha256:" + String(repeating: "/", count: 64)] {
            #expect(throws: VerificationError.self) { try layout.manifest(repository: "r", reference: reference) }
        }
    }

    @Test("says that a directory is no layout")
    func noLayout() {
        do throws(VerificationError) {
            _ = try OCILayout(directory: directory.path)
            Issue.record("a directory without an index passed")
        } catch {
            #expect(error.id == "store-unreadable")
        }
    }
}
