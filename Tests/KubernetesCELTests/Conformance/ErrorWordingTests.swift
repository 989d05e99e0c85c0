import CEL
import Documents
import Foundation
import KubernetesCEL
import Testing
import Values

/// Errors in Kubernetes' own words: messages of denials carry them.
@Suite("ErrorWordingTests", .enabled(if: Conformance.isPresent, "the shared conformance data is missing"))
struct ErrorWordingTests {
    /// Errors that are worded otherwise here: the Go implementation's list the states of its parser, or are about its
    /// own code; both are rare in policies.
    private static let otherwise = [
        "Syntax error: token recognition", "Syntax error: no viable", "Syntax error: extraneous input",
        "expecting IDENTIFIER", "expecting ']'", "expecting <EOF>", "error during formatting", "formatting clause",
        "string.format", "unexpected end of string", "index 0 out of range", "index 1 out of range",
        "reference to undefined type", "invalid argument to has", "argument must be a simple", "is not an identifier",
        "duplicate variable name", "accumulator variable", "unsupported syntax", "regex.replace", "invalid Semantic",
        "network address parse error", "IP Address", "IPv4-mapped", "IP address", "internal error: interface",
        "unsupported comprehension range", "path must not be empty", "resource must not be empty",
        "Invalid service account name", "list elements must be comparable", "timestamp overflow", "is '' but provided",
        // A line too long to be shown.
        "xxxxxxxxxxxxxxxx",
    ]

    @Test("words what does not compile", arguments: ["generated", "library-tests", "crd-validation-tests"])
    func compiling(file: String) {
        var exact = 0
        for test in Self.cases(file) {
            guard let wanted = test["expected"]?["compileError"]?.string, !Self.isOtherwise(wanted) else { continue }
            let text = test["expr"]?.string ?? ""
            let found = Self.compiled(test).failure?.statement(about: text)
            #expect(found == wanted, "\(test["id"]?.string ?? "") \(text.prefix(200))")
            exact += 1
        }
        #expect(exact > 0)
    }

    @Test("words what fails at evaluation", arguments: ["generated", "library-tests", "crd-validation-tests"])
    func evaluating(file: String) throws {
        let fixtures = Conformance.document("k8s-cel/\(file).json")?.root["fixtures"]
        var exact = 0
        for test in Self.cases(file) {
            guard let wanted = test["expected"]?["evalError"]?.string, !Self.isOtherwise(wanted),
                test["authz"] == nil, test["expr"]?.string?.contains("authorizer") == false
            else { continue }
            let (program, environment) = try #require(Self.compiled(test).program)
            let values = environment.variables.map { variable -> Value? in
                guard let node = test["vars"]?[variable.name] else { return .null }
                guard let name = node["$fixture"]?.string else { return Value(node) }
                return fixtures?[name].map { Value($0) } ?? .null
            }
            var budget = CostBudget(limit: 1_000_000)
            do throws(EvaluationError) {
                let value = try program.evaluate(Activation(values), budget: &budget)
                Issue.record("\(test["id"]?.string ?? "") gives \(value)")
            } catch {
                #expect(error.message == wanted, "\(test["id"]?.string ?? "") \(test["expr"]?.string ?? "")")
                exact += 1
            }
        }
        // The library tests expect hardly any other errors than those of addresses.
        #expect(exact > 0 || file == "library-tests")
    }

    private static func isOtherwise(_ text: String) -> Bool { otherwise.contains { text.contains($0) } }

    private static func cases(_ file: String) -> [Node] {
        Conformance.document("k8s-cel/\(file).json")?.root["cases"].map { Array($0.elements) } ?? []
    }

    private static func compiled(_ test: Node) -> (program: (Program, Environment)?, failure: CompileError?) {
        var environment = KubernetesEnvironment.base(mutation: test["patch"]?.bool ?? false)
        AdmissionVariables.declare(in: &environment, hasParams: true, hasAuthorizer: true)
        let known = Set(environment.variables.map(\.name))
        for (key, _) in test["vars"].map({ Array($0.entries) }) ?? [] where !known.contains(key.string ?? "") {
            environment.declare(key.string ?? "", .dyn)
        }
        do throws(CompileError) {
            let parsed = try ParsedExpression(parsing: test["expr"]?.string ?? "", in: environment)
            let checked = try CheckedExpression(checking: parsed, in: environment)
            return ((try Program(planning: checked, in: environment), environment), nil)
        } catch {
            return (nil, error)
        }
    }
}
