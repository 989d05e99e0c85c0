import Diagnostics
import Documents
import Foundation
import Testing
import Values

@Suite struct ManifestTests {
    private func manifests(_ text: String) -> [String] {
        var stream = ManifestStream(SourceFile(name: "test.yaml", text: text))
        var result: [String] = []
        while true {
            do throws(DocumentError) {
                guard let node = try stream.next() else { return result }
                let place = node.position.map { "\($0.line):\($0.column)" } ?? "?"
                result.append("\(place) \(json(node))")
            } catch {
                let place = error.diagnostic.range.map { "@\($0.start.line):\($0.start.column)" } ?? ""
                result.append("!\(error.id)\(place)")
            }
        }
    }

    @Test(
        "expands lists",
        arguments: [
            (
                "kind: List\nitems:\n- kind: A\n- kind: List\n  items: [{kind: B}]\n- kind: C\n---\nkind: D",
                [#"3:3 {"kind":"A"}"#, #"5:11 {"kind":"B"}"#, #"6:3 {"kind":"C"}"#, #"8:1 {"kind":"D"}"#]
            ),
            (
                "apiVersion: v1\nkind: PodList\nitems:\n- metadata: {}\n- kind: X\n",
                [#"4:3 {"apiVersion":"v1","kind":"Pod","metadata":{}}"#, #"5:3 {"kind":"X"}"#]
            ),
            ("apiVersion: v1\nkind: List\nitems: [{}]", ["3:9 {}"]), ("kind: List\nitems: []", []),
            ("kind: List\nitems:", []),
            ("kind: List", [#"1:1 {"kind":"List"}"#]), ("kind: Foo\nitems: {a: b}", ["!manifest-items@2:8"]),
            ("kind: List\nitems: [5, {kind: A}]", ["!manifest-not-an-object@2:9", #"2:12 {"kind":"A"}"#]),
            ("[1]", ["!manifest-not-an-object@1:1"]), ("5", ["!manifest-not-an-object@1:1"]),
        ] as [(String, [String])])
    func lists(_ text: String, _ expected: [String]) {
        #expect(manifests(text) == expected)
    }

    @Test("bounds nested lists")
    func nesting() {
        let text = (0..<20).reduce("{kind: A}") { inner, _ in "{kind: List, items: [\(inner)]}" }
        #expect(manifests(text).first?.hasPrefix("!manifest-list-depth@1:") == true)
    }

    @Test("reads files and says why it cannot")
    func files() throws {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("manifests-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        let path = directory.appendingPathComponent("a.yaml").path
        try Data("a: 1".utf8).write(to: URL(fileURLWithPath: path))
        #expect(try FileReader.read(path: path).bytes == Array("a: 1".utf8))
        func id(_ path: String, limit: Int = 100) -> String? {
            do throws(DocumentError) {
                _ = try FileReader.read(path: path, maximumBytes: limit)
                return nil
            } catch {
                return error.id
            }
        }
        #expect(id(path + "x") == "file-not-found")
        #expect(id(path + "/x") == "file-not-found")
        #expect(id(directory.path) == "file-is-directory")
        #expect(id(path, limit: 3) == "file-too-large")
        #expect(id("/dev/zero") == "file-too-large")
        #expect(try FileReader.read(path: "/dev/null").bytes.isEmpty)
        let large = [UInt8](repeating: 0x61, count: 300_000)
        try Data(large).write(to: URL(fileURLWithPath: path))
        #expect(try FileReader.read(path: path).bytes == large)
    }

    @Test("walks directories in order, once, whatever links there are")
    func directories() throws {
        let manager = FileManager.default
        let root = manager.temporaryDirectory.appendingPathComponent("walk-\(UUID().uuidString)")
        defer { try? manager.removeItem(at: root) }
        try manager.createDirectory(at: root.appendingPathComponent("b/c"), withIntermediateDirectories: true)
        for name in ["z.yml", "a.yaml", "b/x.json", "b/c/d.yaml", "b/readme.md", "B.yaml"] {
            try Data().write(to: root.appendingPathComponent(name))
        }
        try manager.createSymbolicLink(
            atPath: root.appendingPathComponent("b/loop").path, withDestinationPath: root.path)
        try manager.createSymbolicLink(
            atPath: root.appendingPathComponent("gone.yaml").path, withDestinationPath: root.path + "/nothing")
        let walk = DirectoryWalk(path: root.path + "/")
        #expect(
            walk.files.map { String($0.dropFirst(root.path.count + 1)) } == [
                "B.yaml", "a.yaml", "b/c/d.yaml", "b/x.json", "z.yml",
            ])
        #expect(walk.errors.map(\.id) == ["file-not-found"])
        #expect(DirectoryWalk(path: root.path + "/none").errors.map(\.id) == ["file-not-found"])
        #expect(DirectoryWalk.isDirectory(root.path))
    }
}
