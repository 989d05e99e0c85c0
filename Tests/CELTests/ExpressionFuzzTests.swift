import CEL
import ExpressionFuzzing
import Foundation
import Testing

@Suite(.enabled(if: ConformanceData.isPresent, "the conformance data is not there"))
struct ExpressionFuzzTests {
    @Test("survives damaged expressions, with issues inside their text", arguments: [UInt64(1), 2, 3, 4])
    func mutations(seed: UInt64) {
        let expressions = ["generated", "library-tests", "crd-validation-tests"]
            .flatMap { ConformanceData.cases($0).map(\.expression) }
        var mutator = ExpressionMutator(expressions, seed: seed)
        let trial = ExpressionTrial(everything: seed.isMultiple(of: 2))
        let clock = ContinuousClock()
        for round in 0..<2_500 {
            let text = mutator.next()
            let time = clock.measure { _ = trial.run(text) }
            // Generous, as debug builds on busy machines are slow; the release run's bound is in EngineBench.
            #expect(time < .seconds(5), "round \(round): \(text)")
        }
    }

    @Test("every expression of the recorded policies parses", arguments: ConformanceData.policyFiles)
    func policies(file: String) {
        var environment = ConformanceData.kubernetes
        environment.declare("variables", .dyn)
        var refused: [String] = []
        for text in ConformanceData.policyExpressions(file) {
            guard (try? ParsedExpression(parsing: text, in: environment)) == nil else { continue }
            refused.append(text)
        }
        // The data has a few that are wrong on purpose.
        #expect(refused.count <= 8, "\(file): \(refused)")
    }
}

extension ConformanceData {
    static var policyFiles: [String] {
        guard let folder = folder?.appendingPathComponent("vap") else { return [] }
        return ((try? FileManager.default.contentsOfDirectory(atPath: folder.path)) ?? [])
            .filter { $0.hasSuffix(".json") }.sorted()
    }

    static func policyExpressions(_ file: String) -> [String] {
        var found: [String] = []
        func collect(_ any: Any) {
            if let list = any as? [Any] { list.forEach(collect) }
            guard let map = any as? [String: Any] else { return }
            for (key, value) in map {
                if ["expression", "messageExpression", "valueExpression"].contains(key), let text = value as? String {
                    found.append(text)
                } else {
                    collect(value)
                }
            }
        }
        let cases = json("vap/\(file)")["cases"] as? [[String: Any]] ?? []
        for policies in cases.map({ $0["policies"] as Any }) { collect(policies) }
        return found
    }
}
