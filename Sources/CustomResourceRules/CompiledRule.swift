import CEL
import KubernetesSchemas
import Values

/// One entry of x-kubernetes-validations, compiled.
struct CompiledRule: Sendable {
    let text: String
    let message: String
    let messageProgram: Program?
    let program: Result<Program, CompileError>
    /// Whether it is about a change: it names `oldSelf`.
    let isTransition: Bool
    /// Whether it is evaluated without an old value too, `oldSelf` being an optional.
    let takesNoOld: Bool
    let reason: String
    /// `.spec.x` or `['a b']`; empty for the value itself.
    let fieldPath: String

    init(_ rule: Node, self type: CELType, in environment: Environment) {
        text = rule["rule" as StaticString]?.string ?? ""
        message = Self.trimmed(rule["message" as StaticString]?.string ?? "")
        reason = rule["reason" as StaticString]?.string ?? "FieldValueInvalid"
        fieldPath = rule["fieldPath" as StaticString]?.string ?? ""
        takesNoOld = rule["optionalOldSelf" as StaticString]?.bool == true
        var environment = environment
        environment.declare("self", type)
        environment.declare("oldSelf", takesNoOld ? .optional(type) : type)
        var usesOld = false
        program = Self.compile(text, .bool, in: environment, &usesOld)
        isTransition = usesOld
        messageProgram = (rule["messageExpression" as StaticString]?.string).flatMap { text in
            var usesOld = false
            return try? Self.compile(text, .string, in: environment, &usesOld).get()
        }
    }

    private static func compile(
        _ text: String, _ wanted: CELType, in environment: Environment, _ usesOld: inout Bool
    ) -> Result<Program, CompileError> {
        do throws(CompileError) {
            let checked = try CheckedExpression(
                checking: try ParsedExpression(parsing: text, in: environment), in: environment)
            usesOld = checked.references.contains {
                if case .variable("oldSelf") = $0 { true } else { false }
            }
            guard checked.type == wanted else {
                let issue = CompileIssue(
                    "cel-result-type", "must evaluate to \(wanted), not to \(checked.type)",
                    SourceSpan(start: 0, end: text.utf8.count))
                return .failure(CompileError([issue]))
            }
            return .success(try Program(planning: checked, in: environment))
        } catch {
            return .failure(error)
        }
    }

    private static func trimmed(_ text: String) -> String {
        let words = text.utf8.drop { $0 <= 32 }
        let count = words.reversed().prefix { $0 <= 32 }.count
        return String(decoding: words.dropLast(count), as: UTF8.self)
    }

    /// What is said of a value that breaks the rule.
    ///
    /// - Parameter activation: the variables `self` and `oldSelf`.
    func words(_ activation: Activation, budget: inout CostBudget) -> String {
        if let messageProgram {
            var own = CostBudget(limit: min(RuleLimits.costOfRule, budget.limit - min(budget.used, budget.limit)))
            let made = try? messageProgram.evaluate(activation, budget: &own)
            budget.spend(own.used)
            if let text = made?.stringValue {
                let words = Self.trimmed(text)
                // As the server has it: an empty message or one of several lines is none.
                if !words.isEmpty, !words.utf8.contains(10) { return String(words.prefix(RuleLimits.maximumMessage)) }
            }
        }
        return message.isEmpty ? "failed rule: \(Self.trimmed(text))" : message
    }
}
