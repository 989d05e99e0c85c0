import CEL
import ExpressionFuzzing
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
}
