import CEL
import Diagnostics
import KubernetesCEL
import Values

/// One expression with its variables: checked, planned, evaluated.
struct ExpressionRun {
    enum Outcome {
        case value(Value)
        case compileError(CompileError)
        case evaluationError(EvaluationError)
    }

    let outcome: Outcome
    /// As the checker found it; nil if the expression does not compile.
    let type: CELType?
    /// In Kubernetes' units.
    let cost: UInt64
    /// For the place of an evaluation error.
    private let checked: CheckedExpression?

    /// What Kubernetes lets one expression cost.
    private static let costLimit: UInt64 = 1_000_000

    /// - Parameter values: by index in the environment's variables.
    init(_ text: String, in environment: CEL.Environment, _ values: [Value?]) {
        var budget = CostBudget(limit: Self.costLimit)
        var type: CELType?
        var checked: CheckedExpression?
        var outcome: Outcome
        do throws(CompileError) {
            let parsed = try ParsedExpression(parsing: text, in: environment)
            let expression = try CheckedExpression(checking: parsed, in: environment)
            checked = expression
            type = expression.type
            let program = try Program(planning: expression, in: environment)
            do throws(EvaluationError) {
                outcome = .value(try program.evaluate(Activation(values), budget: &budget))
            } catch {
                outcome = .evaluationError(error)
            }
        } catch {
            outcome = .compileError(error)
        }
        self.outcome = outcome
        self.type = type
        self.checked = checked
        cost = budget.used
    }

    /// What is wrong, placed in the expression's text; empty if there is a value.
    func diagnostics(in file: SourceFile) -> [Diagnostic] {
        switch outcome {
        case .value: return []
        case .compileError(let error):
            return error.issues.map {
                Diagnostic($0.id, .error, $0.message, file: file, range: Self.range($0.span, file), help: $0.help)
            }
        case .evaluationError(let error):
            let span = checked.flatMap { checked -> SourceSpan? in
                error.expression == EvaluationError.unknown ? nil : checked.tree.span(of: error.expression)
            }
            return [
                Diagnostic(
                    "cel-evaluation", .error, error.message, file: file, range: span.map { Self.range($0, file) })
            ]
        }
    }

    static func range(_ span: SourceSpan, _ file: SourceFile) -> SourceRange {
        SourceRange(start: file.position(atByte: Int(span.start)), end: file.position(atByte: Int(span.end)))
    }
}

/// Which functions an expression may use.
enum EnvironmentChoice: String, CaseIterable, Sendable {
    case kubernetes, everything

    /// Libraries and the variables of admission policies, all of them.
    func environment(version: KubernetesVersion, mutation: Bool = false) -> CEL.Environment {
        var environment: CEL.Environment
        switch self {
        case .kubernetes: environment = KubernetesEnvironment.base(version: version, mutation: mutation)
        case .everything: environment = CELEnvironments.everything()
        }
        if self == .kubernetes {
            AdmissionVariables.declare(in: &environment, hasParams: true, hasAuthorizer: true)
        }
        return environment
    }
}
