import Diagnostics
import Documents
import Foundation
import Testing
import Values

/// kubectl on this machine reads the same objects out of the same files.
@Suite struct OracleTests {
    static let shared: URL? = {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let candidates = [named, root.deletingLastPathComponent().appendingPathComponent("shared")].compactMap { $0 }
        return candidates.first { FileManager.default.fileExists(atPath: $0.appendingPathComponent("bench").path) }
    }()
    static let testdata = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
        .deletingLastPathComponent().appendingPathComponent("testdata/yaml")
    static let kubectl: String? = (ProcessInfo.processInfo.environment["PATH"] ?? "").split(separator: ":")
        .map { "\($0)/kubectl" }.first { access($0, X_OK) == 0 }

    /// What kubectl prints for a file, or nil where it refuses the file.
    private func ask(_ path: String) throws -> Data? {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try #require(Self.kubectl))
        process.arguments = ["label", "--local", "-f", path, "-o", "json", "guardrail-test=x"]
        let output = Pipe()
        process.standardOutput = output
        process.standardError = FileHandle.nullDevice
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let data = try output.fileHandleForReading.readToEnd() ?? Data()
        process.waitUntilExit()
        return process.terminationStatus == 0 ? data : nil
    }

    /// Our objects of a file with the label set and keys sorted; nil if any of them has an error.
    private func objects(_ source: SourceFile) -> [String]? {
        var stream = ManifestStream(source)
        var result: [String] = []
        while true {
            do throws(DocumentError) {
                guard let node = try stream.next() else { return result }
                result.append(json(labelled(node), sorted: true))
            } catch {
                return nil
            }
        }
    }

    private func labelled(_ object: Node) -> Node {
        var builder = DocumentBuilder(recordsPositions: false)
        func copy(_ map: Node?, at path: [String]) {
            builder.beginMap()
            for (key, value) in map?.entries.map({ $0 }) ?? [] {
                let name = key.string ?? ""
                if path.first == name || (path.isEmpty && name == "guardrail-test") { continue }
                builder.appendKey(name)
                builder.append(copyOf: value)
            }
            if let next = path.first {
                builder.appendKey(next)
                copy(map?[next], at: Array(path.dropFirst()))
            } else {
                builder.appendKey("guardrail-test")
                builder.append("x")
            }
            builder.endMap()
        }
        copy(object, at: ["metadata", "labels"])
        return builder.finish().root
    }

    private func compare(_ files: [String]) throws -> (compared: Int, differing: [String]) {
        var compared = 0
        var differing: [String] = []
        for file in files {
            guard let reply = try ask(file) else { continue }
            let source = try FileReader.read(path: file)
            guard let ours = objects(source) else {
                differing.append("\(file): refused")
                continue
            }
            let theirs = objects(SourceFile(name: "kubectl", bytes: Array(reply))) ?? []
            compared += theirs.count
            if ours.sorted() != theirs.sorted() { differing.append("\(file): \(ours) != \(theirs)") }
        }
        return (compared, differing)
    }

    @Test("reads the project's YAML cases as kubectl does", .enabled(if: kubectl != nil))
    func ownCases() throws {
        let result = try compare(DirectoryWalk(path: Self.testdata.path).files)
        #expect(result.differing == [])
        #expect(result.compared > 0)
    }

    @Test("reads shared manifests as kubectl does", .enabled(if: kubectl != nil && shared != nil))
    func sharedManifests() throws {
        let shared = try #require(Self.shared)
        let files = ["conformance/kyverno-cel", "conformance/vap", "bench", "conformance/k8s-cel"]
            .flatMap { DirectoryWalk(path: shared.appendingPathComponent($0).path).files }
        // A process each: a part, spread over all, keeps the test short.
        let part = files.enumerated().filter { $0.offset % max(1, files.count / 40) == 0 }.map(\.element)
        let result = try compare(part)
        #expect(result.differing == [])
        #expect(result.compared > 0)
    }

    @Test("reads every shared manifest and request without a crash", .enabled(if: shared != nil))
    func everything() throws {
        let shared = try #require(Self.shared)
        let parser = JSONParser()
        var count = 0
        for file in DirectoryWalk(path: shared.path).files {
            let source = try FileReader.read(path: file)
            var stream = DocumentStream(source)
            var ours: [Document] = []
            while let document = try? stream.next() { ours.append(document) }
            if file.hasSuffix(".json"), ours.count == 1, source.bytes.count < 8 << 20 {
                let fast = try parser.parse(source.bytes)
                // Compared outside of the macro, which would spell out how megabytes differ.
                let isEqual = json(fast.root) == json(ours[0].root)
                #expect(isEqual, "\(file)")
            }
            // A map looks for its line's start: too slow for every string of a file on one line.
            guard source.bytes.count < 100 * source.lineStarts.count else { continue }
            for document in ours { count += checkMaps(document.root) }
        }
        #expect(count > 10_000)
    }

    /// Every string has a map to its file, unless it is an alias's or decoded; returns how many have.
    private func checkMaps(_ node: Node) -> Int {
        switch node.kind {
        case .string:
            guard ScalarMap(node) != nil else {
                Issue.record("no map for \(node.string?.prefix(80) ?? "") at \(String(describing: node.position))")
                return 0
            }
            return 1
        case .list: return node.elements.reduce(0) { $0 + checkMaps($1) }
        case .map: return node.entries.reduce(0) { $0 + checkMaps($1.value) }
        default: return 0
        }
    }
}
