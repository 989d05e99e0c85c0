import CEL
import PolicyEngine
import Values

/// `random()` and `random(pattern)`, also as `random.random(…)`.
extension Library {
    /// `[0-9a-z]{8}`
    private static let defaultPattern = TextPattern.repeated(.characters([0x30...0x39, 0x61...0x7A]), 8...8)

    static let kyvernoRandom: Library = {
        let receiver = ExternalContext.Kind.random.type
        return Library(
            "kyverno.random",
            functions: [
                FunctionDeclaration(
                    "random",
                    [
                        Overload(
                            "random_string", member: true, [receiver, .string], .string,
                            specialize: { arguments throws(EvaluationError) in
                                guard arguments.count == 2, let text = arguments[1]?.stringValue else { return nil }
                                let pattern = try readPattern(text)
                                return .binary { context, _ throws(EvaluationError) in
                                    try random(pattern, context)
                                }
                            },
                            .binary { context, text throws(EvaluationError) in
                                try random(try readPattern(try text.string()), context)
                            }),
                        Overload(
                            "random_string_default_expr", member: true, [receiver], .string,
                            .unary { context throws(EvaluationError) in try random(defaultPattern, context) }),
                    ])
            ])
    }()

    private static func readPattern(_ text: String) throws(EvaluationError) -> TextPattern {
        do throws(TextPatternError) {
            return try TextPattern(text)
        } catch {
            throw EvaluationError(.invalidArgument, error.message)
        }
    }

    private static func random(_ pattern: TextPattern, _ context: Value) throws(EvaluationError) -> Value {
        var generator = try ExternalContext.of(context).randomGenerator()
        do throws(TextPatternError) {
            return .string(try pattern.text(&generator))
        } catch {
            throw EvaluationError(.resourceLimit, error.message)
        }
    }
}

/// Numbers for `random`: the system's, or always the same ones for the same seed.
struct RandomNumbers: RandomNumberGenerator {
    private let seed: [UInt8]?
    private var counter: UInt64 = 0
    private var block: ArraySlice<UInt8> = []
    private var system = SystemRandomNumberGenerator()

    /// - Parameter seed: nil for the system's numbers.
    init(seed: [UInt8]?) { self.seed = seed }

    mutating func next() -> UInt64 {
        guard let seed else { return system.next() }
        if block.count < MemoryLayout<UInt64>.size {
            counter += 1
            block = MessageDigest.sha256(seed + Array("/\(counter)".utf8))[...]
        }
        defer { block = block.dropFirst(MemoryLayout<UInt64>.size) }
        return block.prefix(MemoryLayout<UInt64>.size).reduce(0) { $0 << 8 | UInt64($1) }
    }
}
