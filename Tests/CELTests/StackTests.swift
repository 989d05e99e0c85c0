import CEL
import ExpressionFuzzing
import Glibc
import KubernetesCEL
import Testing
import Values

/// Expressions run on threads with small stacks, such as event loops.
@Suite struct StackTests {
    /// The deepest that the parser lets through, by what nests.
    static let deep: [(kind: String, text: String)] = [
        ("parentheses", nest("(", "x", ")", 249)), ("lists", nest("[", "x", "]", 249)),
        ("maps", nest("{'k': ", "x", "}", 249)), ("conditionals", nest("true ? (", "x", ") : y", 120)),
        ("calls", nest("size(string(", "x", "))", 120)), ("negations", String(repeating: "!-", count: 120) + "x"),
        ("sums", Array(repeating: "x", count: 250).joined(separator: "+")),
        ("selections", "x" + String(repeating: ".a", count: 249)), ("indices", nest("x[", "1", "]", 240)),
        ("loops", nest("[1].all(i, ", "x", ")", 200)), ("mapped", nest("[1].map(i, ", "x", ")", 200)),
        ("logic", Array(repeating: "x", count: 5_000).joined(separator: "&&")),
        ("optionals", "optional.of(1)" + String(repeating: ".optMap(v, v)", count: 14)),
    ]

    private static func nest(_ opening: String, _ core: String, _ closing: String, _ count: Int) -> String {
        String(repeating: opening, count: count) + core + String(repeating: closing, count: count)
    }

    /// What an event loop's thread must have at least; measured need of optimised code: 128 KB. Without optimisation
    /// frames are ten times as large.
    private static let evaluationStack: Int = {
        var size = 512 << 10
        assert(
            {
                size = 4 << 20; return true
            }())
        return size
    }()
    /// Compiling needs up to 1 MB optimised, 8 MB not; policies are compiled on a thread that has as much.
    private static let compilationStack = 16 << 20

    @Test("compiles the deepest expressions, and evaluates them on a small stack", arguments: deep.map(\.text))
    func smallStack(text: String) {
        let compiled = Box<Program>()
        onThread(stackBytes: Self.compilationStack) {
            _ = ExpressionTrial().run(text)
            var environment = KubernetesEnvironment.base()
            for name in ["x", "y"] { environment.declare(name, .dyn) }
            guard let parsed = try? ParsedExpression(parsing: text, in: environment) else { return }
            compiled.content = try? Program(planning: CheckedExpression(unchecked: parsed), in: environment)
        }
        onThread(stackBytes: Self.evaluationStack) {
            var budget = CostBudget(limit: 1_000_000)
            _ = try? compiled.content?.evaluate(Activation([.int(1), .int(2)]), budget: &budget)
        }
    }

    @Test(
        "refuses nesting without end",
        arguments: ["(", "[", "{", "f(", "a.all(x, ", "!", "-", "a[", "{'a':", "true ? "])
    func endless(opening: String) {
        let text = String(repeating: opening, count: 100_000 / opening.count)
        onThread(stackBytes: Self.compilationStack) {
            #expect(ExpressionTrial().run(text) == .refused)
        }
    }

    private final class Box<Content> {
        var content: Content?
    }

    private final class Work {
        let body: () -> Void
        init(_ body: @escaping () -> Void) { self.body = body }
    }

    private func onThread(stackBytes: Int, _ body: @escaping () -> Void) {
        var attributes = pthread_attr_t()
        pthread_attr_init(&attributes)
        pthread_attr_setstacksize(&attributes, stackBytes)
        defer { pthread_attr_destroy(&attributes) }
        var thread = pthread_t()
        let work = Unmanaged.passRetained(Work(body))
        let status = pthread_create(
            &thread, &attributes,
            { pointer in
                guard let pointer else { return nil }
                Unmanaged<Work>.fromOpaque(pointer).takeRetainedValue().body()
                return nil
            }, work.toOpaque())
        #expect(status == 0)
        if status == 0 { pthread_join(thread, nil) }
    }
}
