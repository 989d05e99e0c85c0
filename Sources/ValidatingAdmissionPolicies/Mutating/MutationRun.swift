import Admission
import CEL
import PolicyEngine
import Values

/// One run of a mutating policy under one binding and param: its mutations one after the other, each on what the one
/// before it made.
struct MutationRun {
    let policy: MutatingAdmissionPolicy
    let binding: PolicyBinding
    let param: Node?
    let context: AdmissionContext

    func run() -> MutationResult {
        var result = MutationResult()
        var runner = runner(context)
        let authorizer = policy.frame.usesAuthorizer ? runner.authorizerValues() : nil
        if !policy.frame.matchConditions.isEmpty {
            switch runner.matchConditions(runner.activation(.null, authorizer)) {
            case .matches: break
            case .differs:
                result.isMatch = false
                return result
            case .error(let message):
                result.isMatch = false
                result.errors = [decision(runner, MutationError(message))]
                return result
            }
        }
        // Without an object (DELETE) there is nothing to change.
        guard var object = context.request.objectNode else { return result }
        for step in policy.steps {
            do throws(MutationError) {
                let patched = try apply(step, to: object, runner, authorizer)
                let isChange = !patched.isEqual(to: object)
                if isChange {
                    object = patched
                    runner = self.runner(
                        AdmissionContext(
                            request: context.request.with(object: object), cluster: context.cluster, now: context.now))
                }
                result.object = object
                result.mutations.append(Mutation(check: step.expression.check, isChange: isChange))
            } catch {
                // The others go on, as in the API server.
                result.errors.append(decision(runner, error, step.expression.check))
            }
        }
        return result
    }

    /// What is wrong with the match conditions for the object as it is.
    func matchErrors() -> [Decision] {
        guard !policy.frame.matchConditions.isEmpty else { return [] }
        let runner = runner(context)
        let authorizer = policy.frame.usesAuthorizer ? runner.authorizerValues() : nil
        guard case .error(let message) = runner.matchConditions(runner.activation(.null, authorizer)) else {
            return []
        }
        return [decision(runner, MutationError(message))]
    }

    private func runner(_ context: AdmissionContext) -> ExpressionRunner {
        ExpressionRunner(frame: policy.frame, binding: binding, param: param, context: context)
    }

    private func decision(_ runner: ExpressionRunner, _ error: MutationError, _ check: PolicyCheck? = nil) -> Decision {
        var decision = runner.errorDecision(error.message, check)
        decision.reason = error.reason
        if error.reason == .internalError { decision.action = .deny }
        decision.actions = .deny
        decision.missing = error.missing
        return decision
    }

    private func apply(
        _ step: MutationStep, to object: Node, _ runner: ExpressionRunner,
        _ authorizer: (Value, Value)?
    ) throws(MutationError) -> Node {
        if case .failure = step.expression.program { throw MutationError(step.expression.compileIssues) }
        let namespaceObject = runner.context.namespaceObject.map { Value($0) } ?? .null
        var remaining = PolicyLimits.costPerBinding
        let result: ExpressionRunner.Result
        do throws(BudgetExhausted) {
            result = try runner.evaluate(
                step.expression, runner.activation(namespaceObject, authorizer), &remaining)
        } catch {
            throw MutationError(BudgetExhausted.message)
        }
        switch result {
        case .error(let message): throw MutationError(message)
        case .value(let value):
            let context = runner.context
            let application = PatchApplication(context.request.kind, definitions: context.cluster.definitions)
            let patched = try application.apply(value, step.type, to: object)
            if step.type == .jsonPatch { try application.checkFields(of: patched, before: object) }
            return patched
        }
    }
}
