import Admission
import Diagnostics
import Documents
import Foundation
import PolicyEngine
import PolicyLanguages
import PolicyLint
import Testing

/// Policies that somebody has cut, doubled and mixed up: whatever is left of them is used or refused, with a place.
@Suite("Damaged policies") struct DamagedPolicyTests {
    /// The same numbers in every run.
    private struct Numbers {
        var state: UInt64

        mutating func next(_ bound: Int) -> Int {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return Int(state >> 33) % max(1, bound)
        }
    }

    private static let junk = [
        "null", "true", "0", "-9223372036854775809", "''", "'*'", "[]", "{}", "[[]]", "object.x.y", "\"((\"",
        "'[1, 2].map(x, x)'", "dyn(object).spec", "1e400", "2026-01-01T00:00:00Z", "variables.a", "Object{}",
        "'[JSONPatch{}]'", "quantity('x')", "'has(object.a)'", "99999999h", "&a [*a]",
    ]

    static let files = [
        "policies/require-resource-limits.yaml", "policies/require-owner-annotation.yaml",
        "policies/require-image-signatures.yaml", "testdata/mutation/policies.yaml",
        "testdata/policy-tests/gator/template.yaml",
    ]

    private static func damaged(_ text: String, _ numbers: inout Numbers) -> String {
        var lines = text.split(separator: "\n", omittingEmptySubsequences: false).map(String.init)
        for _ in 0...numbers.next(3) {
            let at = numbers.next(lines.count)
            switch numbers.next(5) {
            case 0: lines.remove(at: at)
            case 1: lines.insert(lines[at], at: at)
            case 2: lines.swapAt(at, numbers.next(lines.count))
            case 3:
                // Another value behind the key.
                let key = lines[at].prefix { $0 != ":" }
                lines[at] = "\(key): \(junk[numbers.next(junk.count)])"
            default:
                var bytes = Array(lines[at].utf8)
                if !bytes.isEmpty { bytes[numbers.next(bytes.count)] = UInt8(32 + numbers.next(95)) }
                lines[at] = String(decoding: bytes, as: UTF8.self)
            }
            if lines.isEmpty { lines = [""] }
        }
        return lines.joined(separator: "\n")
    }

    private static func requests() throws -> [AdmissionRequest] {
        let folder = Repository.root.appendingPathComponent("testdata/admission-reviews")
        return try ["06-pod-with-limits.json", "03-public-load-balancer.json"].map { name in
            let bytes = Array(try Data(contentsOf: folder.appendingPathComponent(name)))
            return try AdmissionReview(JSONParser().parse(bytes)).request
        }
    }

    @Test("are loaded, linted and asked without a crash, and never dropped in silence", arguments: files)
    func damage(path: String) throws {
        let text = try String(contentsOfFile: Repository.path(path), encoding: .utf8)
        let requests = try Self.requests()
        var numbers = Numbers(state: UInt64(path.utf8.reduce(7) { $0 &* 31 &+ UInt64($1) }))
        var (used, refused) = (0, 0)
        for _ in 0..<300 {
            let damaged = Self.damaged(text, &numbers)
            var loader = PolicyLoader()
            loader.load(policies: SourceFile(name: "p.yaml", text: damaged))
            let (policies, resources) = loader.finish()
            let diagnostics = loader.log.diagnostics
            for diagnostic in diagnostics {
                #expect(!diagnostic.message.isEmpty)
                if let range = diagnostic.range { #expect(range.start.line >= 1) }
            }
            guard let policies else {
                refused += 1
                #expect(diagnostics.contains { $0.severity == .error }, "\(damaged)")
                continue
            }
            used += 1
            let linter = PolicyLinter(definitions: loader.definitions, resources: resources)
            for finding in linter.findings(in: policies) { #expect(!finding.diagnostic.message.isEmpty) }
            for request in requests {
                let verdict = policies.review(request, explains: true)
                #expect(verdict.isAllowed || verdict.status?.message.isEmpty == false)
                let mutation = policies.mutate(request)
                #expect(mutation.isAllowed || mutation.status?.message.isEmpty == false)
            }
        }
        #expect(used > 0 && refused > 0, "used \(used), refused \(refused)")
    }
}
