import Diagnostics
import Foundation
import PolicyLint
import Testing

@Suite struct BrokenPolicyTests {
    private static let folder = "testdata/policies/broken-types"

    private static var expected: [(file: String, finding: String)] {
        let text = (try? String(contentsOfFile: Repository.path("\(folder)/expected.tsv"), encoding: .utf8)) ?? ""
        return text.split(separator: "\n").dropFirst().map { line in
            let words = line.split(separator: "\t").map(String.init)
            return (words[0], words.dropFirst().joined(separator: " "))
        }
    }

    @Test("each broken policy gives its one finding, at its place")
    func oneFinding() throws {
        let expected = Self.expected
        let files = try FileManager.default.contentsOfDirectory(atPath: Repository.path(Self.folder))
            .filter { $0.hasSuffix(".yaml") }
        #expect(files.count >= 30)
        #expect(Set(expected.map(\.file)) == Set(files))
        for (file, finding) in expected {
            let linted = Linted(path: Repository.path("\(Self.folder)/\(file)"))
            #expect(linted.diagnostics.isEmpty, "\(file): \(linted.diagnostics.map(\.message))")
            #expect(linted.summary == [finding], "\(file)")
        }
    }

    @Test("the policies that ship are clean")
    func shipped() {
        let linted = Linted(path: Repository.path("policies"))
        #expect(linted.diagnostics.isEmpty)
        #expect(linted.summary == [])
    }
}
