import Diagnostics
import Foundation
import PolicyTesting
import Testing

@Suite("Damaged tests") struct HostileTests {
    private static let directory = "testdata/policy-tests"

    private static var root: URL {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent(directory)
    }

    /// The same numbers in every run.
    private struct Numbers {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, bound)
        }
    }

    private static func damaged(_ bytes: [UInt8], _ numbers: inout Numbers) -> [UInt8] {
        var bytes = bytes
        for _ in 0...numbers.next(3) {
            let at = numbers.next(bytes.count)
            switch numbers.next(5) {
            case 0: bytes.remove(at: at)
            case 1: bytes.insert(bytes[at], at: at)
            case 2: bytes[at] = UInt8(numbers.next(256))
            case 3: bytes.swapAt(at, numbers.next(bytes.count))
            default:
                // A whole line goes, or stands twice.
                var lines = bytes.split(separator: 10, omittingEmptySubsequences: false)
                let line = numbers.next(lines.count)
                if numbers.next(2) == 0 { lines.remove(at: line) } else { lines.insert(lines[line], at: line) }
                bytes = Array(lines.joined(separator: [10]))
            }
            if bytes.isEmpty { bytes = [10] }
        }
        return bytes
    }

    static let files = [
        "kyverno/kyverno-test.yaml", "gator/suite.yaml", "inline/replicas.yaml", "gator/constraint.yaml",
    ]

    @Test("are read, run and updated without a crash, and text outside of expectations stays", arguments: files)
    func damage(name: String) throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("hostile-\(UUID().uuidString)")
        try FileManager.default.copyItem(at: Self.root, to: folder)
        defer { try? FileManager.default.removeItem(at: folder) }
        let file = folder.appendingPathComponent(name)
        let original = [UInt8](try Data(contentsOf: file))
        var numbers = Numbers(state: UInt64(name.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
        let runner = TestRunner(measuresCoverage: true)
        var outcomes = 0
        for _ in 0..<400 {
            try Data(Self.damaged(original, &numbers)).write(to: file)
            var suite = TestSuite()
            suite.load(path: folder.path)
            let results = suite.tests.map { runner.run($0) }
            outcomes += results.count
            for update in TestUpdate.updates(of: results) where update.changes {
                // Lines come and go, but none is made up of anything else than what was there and a result.
                let before = Set(update.file.bytes.split(separator: 10).map { Array($0).filter { $0 > 32 } })
                for line in update.bytes.split(separator: 10).map({ Array($0).filter { $0 > 32 } }) {
                    let text = String(decoding: line, as: UTF8.self)
                    let isExpectation = ["result", "violations", "resources"].contains { text.contains($0) }
                    #expect(before.contains(line) || isExpectation, "\(text)")
                }
            }
        }
        #expect(outcomes > 400)
    }
}
