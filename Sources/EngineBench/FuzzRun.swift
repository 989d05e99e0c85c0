import CEL
import Dispatch
import Documents
import ExpressionFuzzing
import Foundation
import Values

/// The big fuzzing run: `EngineBench fuzz COUNT SEED FILES…` takes COUNT damaged expressions through all stages and
/// prints what became of them. Fails if one takes more than `limit`.
struct FuzzRun {
    /// No expression may hold a thread longer.
    private static let limit = Duration.milliseconds(100)

    private let count: Int
    private let seed: UInt64
    private let expressions: [String]

    init?(_ arguments: [String]) throws {
        guard arguments.count >= 3, let count = Int(arguments[0]), let seed = UInt64(arguments[1]) else { return nil }
        self.count = count
        self.seed = seed
        var found: [String] = []
        for file in arguments.dropFirst(2) {
            let document = try JSONParser().parse([UInt8](try Data(contentsOf: URL(fileURLWithPath: file))))
            Self.collect(document.root, &found)
        }
        expressions = found
    }

    /// Every text that stands where the conformance data and policies have expressions.
    private static func collect(_ node: Node, _ found: inout [String]) {
        for element in node.elements { collect(element, &found) }
        for (key, value) in node.entries {
            switch key.string {
            case "expr", "expression", "messageExpression", "valueExpression": value.string.map { found.append($0) }
            default: collect(value, &found)
            }
        }
    }

    /// - Returns: whether all was well.
    func run() -> Bool {
        let trials = [ExpressionTrial(), ExpressionTrial(everything: true)]
        var mutator = ExpressionMutator(expressions, seed: seed)
        var (checked, evaluated) = (0, 0)
        var slowest: (time: Duration, text: String) = (.zero, "")
        let clock = ContinuousClock()
        let start = clock.now
        for round in 0..<count {
            let text = mutator.next()
            var time = clock.now
            let stage = trials[round % 2].run(text)
            let elapsed = clock.now - time
            if elapsed > slowest.time {
                // A slow case must be slow again: the machine may have been busy.
                time = clock.now
                _ = trials[round % 2].run(text)
                let again = min(elapsed, clock.now - time)
                if again > slowest.time { slowest = (again, text) }
            }
            if stage != .refused { checked += 1 }
            if stage == .evaluated { evaluated += 1 }
        }
        print(
            "seeds \(expressions.count), parsed \(count), of these valid \(checked), evaluated \(evaluated),",
            "in \(clock.now - start), slowest \(slowest.time)")
        if slowest.time > Self.limit { print("too slow: \(slowest.text)") }
        return slowest.time <= Self.limit
    }

    /// One program, many threads: for `-sanitize=thread`.
    static func threads(_ file: String, _ review: String, _ count: Int) throws {
        let (environment, activation) = try EngineBench.request(review)
        let values = activation.values
        let programs = try EngineBench.programs(file, environment)
        DispatchQueue.concurrentPerform(iterations: 8) { _ in
            let own = EngineBench.activation(values)
            for _ in 0..<count {
                for program in programs { EngineBench.run(program, own) }
            }
        }
    }
}
