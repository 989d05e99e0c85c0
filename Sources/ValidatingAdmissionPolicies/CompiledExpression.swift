package import CEL
package import Diagnostics
import Documents
package import KubernetesCEL
package import PolicyEngine
import Synchronization
package import Values

/// One expression of a policy with its place in the file, compiled or with the reason why it can't be.
///
/// A class, so that evaluation passes it on without touching its parts.
package final class CompiledExpression: Sendable {
    package let check: PolicyCheck
    package let program: Result<Program, CompileError>
    /// nil if it does not compile.
    package let checked: CheckedExpression?
    /// Made from the node that holds the expression; for ranges inside it.
    package let node: Node
    /// What a decision says if it does not compile.
    package var compileMessage: String { "compilation error: \(compileIssues)" }
    /// What is wrong if it does not compile.
    let compileIssues: String
    package let usesNamespaceObject: Bool
    let usesAuthorizer: Bool
    /// Planned for tracing, when first asked for.
    private let traced = Mutex<Program?>(nil)

    /// The expression as a program that records what every node comes to; nil if it does not compile.
    func tracedProgram(in environment: Environment) -> Program? {
        guard let checked else { return nil }
        if let program = traced.withLock({ $0 }) { return program }
        let program = try? Program(planning: checked, in: environment, traced: true)
        traced.withLock { $0 = program }
        return program
    }

    init(
        _ check: PolicyCheck, _ program: Result<Program, CompileError>, checked: CheckedExpression? = nil, node: Node,
        compileIssues: String = ""
    ) {
        self.check = check
        self.program = program
        self.checked = checked
        self.node = node
        self.compileIssues = compileIssues
        usesNamespaceObject = checked.map { Self.uses("namespaceObject", $0) } ?? false
        usesAuthorizer = checked.map { Self.uses("authorizer", $0) } ?? false
    }

    private static func uses(_ variable: String, _ checked: CheckedExpression) -> Bool {
        checked.references.contains { reference in
            if case .variable(let name) = reference {
                name == variable || name.hasPrefix(variable + ".")
            } else {
                false
            }
        }
    }

    /// The range in the file of a part of the expression.
    package func range(_ span: SourceSpan) -> SourceRange? {
        Self.range(span, in: node)
    }

    static func range(_ span: SourceSpan, in node: Node) -> SourceRange? {
        if let map = ScalarMap(node) {
            let start = min(Int(span.start), node.utf8.count)
            return map.range(utf8Offsets: start..<max(start, min(Int(span.end), node.utf8.count)))
        }
        return node.position.map { SourceRange(at: $0) }
    }
}

/// What an expression's result may be.
package enum ResultType {
    case bool, string, stringOrNull
    /// `Object{…}`, for ApplyConfiguration.
    case applyConfiguration
    /// A list of `JSONPatch{…}`.
    case jsonPatch
    /// A structure of that name, or null.
    case structureOrNull(String)

    func accepts(_ type: CELType) -> Bool {
        switch self {
        case .bool: type == .bool
        case .string: type == .string
        case .stringOrNull: type == .string || type == .null
        case .applyConfiguration: type == .structure("Object")
        case .jsonPatch: type == .list(.structure("JSONPatch"))
        case .structureOrNull(let name): type == .structure(name) || type == .null
        }
    }

    /// Whether a value whose type is not known can be made into one.
    fileprivate var isConvertible: Bool {
        switch self {
        case .bool, .string, .stringOrNull: true
        case .applyConfiguration, .jsonPatch, .structureOrNull: false
        }
    }

    /// As the API server words what it wants.
    var wanted: String {
        switch self {
        case .bool: "must evaluate to bool"
        case .string: "must evaluate to string"
        case .stringOrNull: "must evaluate to one of [string null_type]"
        case .applyConfiguration: "must evaluate to Object"
        case .jsonPatch: "must evaluate to list(JSONPatch)"
        case .structureOrNull(let name): "must evaluate to one of [\(name) null_type]"
        }
    }
}

/// Compiles a policy's expressions and collects what is wrong with them as field errors.
package struct ExpressionCompiler {
    package private(set) var errors: [FieldError] = []
    /// Whose functions expressions may use.
    package let version: KubernetesVersion

    package init(version: KubernetesVersion = .latest) {
        self.version = version
    }

    /// - Parameter wanted: nil for variables, whose type is whatever they have.
    package mutating func compile(
        _ text: ExpressionText, index: Int, wanted: ResultType?, in environment: Environment
    ) -> CompiledExpression {
        let whole = SourceSpan(start: 0, end: text.node.utf8.count)
        let check = PolicyCheck(
            field: text.field, index: index, expression: text.text, file: text.node.document.source,
            range: CompiledExpression.range(whole, in: text.node))
        do throws(CompileError) {
            let checked = try CheckedExpression(
                checking: try ParsedExpression(parsing: text.text, in: environment), in: environment)
            if let wanted, !wanted.accepts(checked.type) {
                let type = checked.type == .null ? "null_type" : checked.type.description
                let help =
                    checked.type == .dyn && wanted.isConvertible
                    ? "its type is only known at evaluation; compare it (`== true`) or convert it (`string(…)`)" : nil
                let issue = CompileIssue("cel-result-type", "\(wanted.wanted) but got \(type)", whole, help: help)
                return failure(text, check, CompileError([issue]), issue.message)
            }
            let program = try Program(planning: checked, in: environment)
            return CompiledExpression(check, .success(program), checked: checked, node: text.node)
        } catch {
            return failure(text, check, error, error.statement(about: text.text))
        }
    }

    /// - Parameter what: what the API server says of it.
    private mutating func failure(
        _ text: ExpressionText, _ check: PolicyCheck, _ error: CompileError, _ what: String
    ) -> CompiledExpression {
        var fieldError = FieldError(.invalid, text.field, what, at: text.node)
        fieldError.issues = error.issues.map { issue in
            Diagnostic(
                issue.id, .error, "`\(text.field)`: \(issue.message)", file: text.node.document.source,
                range: CompiledExpression.range(issue.span, in: text.node), help: issue.help)
        }
        errors.append(fieldError)
        return CompiledExpression(
            check, .failure(CompileError(error.issues, summary: what)), node: text.node, compileIssues: what)
    }
}
