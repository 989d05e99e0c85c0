import CEL
import Documents
import KubernetesCEL
import Values

/// Takes one text through all stages, with and without the checker, and says how far it came.
package struct ExpressionTrial: Sendable {
    package enum Stage: Sendable {
        case refused, checked, evaluated
    }

    private let environment: Environment
    private let object: Value

    /// - Parameter everything: with all libraries and the specification's rules instead of Kubernetes'.
    package init(everything: Bool = false) {
        var environment = everything ? CELEnvironments.everything() : KubernetesEnvironment.base(mutation: true)
        AdmissionVariables.declare(in: &environment, hasParams: true, hasAuthorizer: false)
        // Names that the conformance data binds, so that many damaged expressions still mean something.
        for name in ["x", "y", "z", "self", "s", "m", "l", "i", "u", "d", "b", "t", "a", "c", "value", "list", "map"] {
            environment.declare(name, .dyn)
        }
        self.environment = environment
        object = (try? JSONParser().parse(Array(Self.object.utf8))).map { Value($0.root) } ?? .null
    }

    /// - Returns: the furthest stage; what the outcome is does not matter, only that there is one, with its place in the
    ///   text.
    package func run(_ text: String) -> Stage {
        let parsed: ParsedExpression
        do throws(CompileError) {
            parsed = try ParsedExpression(parsing: text, in: environment)
        } catch {
            requirePlaces(error, text)
            return .refused
        }
        do throws(CompileError) {
            evaluate(try Program(planning: try CheckedExpression(checking: parsed, in: environment), in: environment))
            return .evaluated
        } catch {
            requirePlaces(error, text)
        }
        // What the checker refuses must not hurt the evaluator either.
        if let program = try? Program(planning: CheckedExpression(unchecked: parsed), in: environment) {
            evaluate(program)
            return .evaluated
        }
        return .checked
    }

    private func evaluate(_ program: Program) {
        var budget = CostBudget(limit: 1_000_000)
        let values = environment.variables.map { _ in Optional(object) }
        _ = try? program.evaluate(Activation(values), budget: &budget)
    }

    private func requirePlaces(_ error: CompileError, _ text: String) {
        let size = UInt32(text.utf8.count)
        for issue in error.issues {
            precondition(issue.span.start <= issue.span.end && issue.span.end <= size, "an issue lies outside its text")
        }
    }

    private static let object = """
        {"apiVersion": "v1", "kind": "Pod", "metadata": {"name": "web", "namespace": "prod", "labels": {"app": "web"}},
         "spec": {"replicas": 3, "hostNetwork": false, "ratio": 0.5, "none": null, "containers": [
          {"name": "a", "image": "r.example/a:1", "resources": {"limits": {"cpu": "100m", "memory": "1Gi"}}, "ports": [80]},
          {"name": "b", "image": "b:latest", "env": [{"name": "K", "value": "v"}]}]}}
        """
}
