import Admission
import CEL
import KubernetesSchemas
import PolicyEngine
import Values

/// Why one mutation could not be applied.
struct MutationError: Error {
    var message: String
    /// What was needed and is not known.
    var missing: MissingContext?
    /// `internalError` refuses the request whatever the failure policy.
    var reason = StatusReason.invalid

    init(_ message: String, missing: MissingContext? = nil, reason: StatusReason = .invalid) {
        self.message = message
        self.missing = missing
        self.reason = reason
    }
}

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
            switch runner.matchConditions(authorizer) {
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
                        AdmissionContext(request: context.request.with(object: object), cluster: context.cluster))
                }
                result.object = object
                result.mutations.append(
                    Mutation(
                        policy: policy.id, binding: binding.id, param: runner.paramName,
                        check: step.expression.check, isChange: isChange))
            } catch {
                // The others go on, as in the API server.
                result.errors.append(decision(runner, error, step.expression.check))
            }
        }
        return result
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
        _ step: MutatingAdmissionPolicy.Step, to object: Node, _ runner: ExpressionRunner,
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
            switch step.type {
            case .applyConfiguration: return try applied(value, to: object, runner.context.request.kind)
            case .jsonPatch: return try patched(value, object)
            }
        }
    }

    // MARK: ApplyConfiguration

    private func applied(
        _ value: Value, to object: Node, _ kind: GroupVersionKind
    ) throws(MutationError) -> Node {
        try AppliedValue.checkTypeNames(value)
        var fields: PatchTree
        do throws(UnwritableValue) {
            fields = try AppliedValue.tree(value, dialect: .native)
        } catch {
            throw MutationError("error applying patch: \(error.message)")
        }
        // The object's own are put in their place.
        if case .map(let entries, _) = fields {
            fields = .map(entries.filter { !$0.key.equals("apiVersion") && !$0.key.equals("kind") })
        }
        let merge = StructuredMerge(SchemaSet.builtIn, kind)
        do throws(MergeError) {
            return try merge.merge(fields, into: object).document(source: object.document.source).root
        } catch {
            throw MutationError("error applying patch: \(error.message)", missing: error.missing)
        }
    }

    // MARK: JSONPatch

    private func patched(_ value: Value, _ object: Node) throws(MutationError) -> Node {
        var patch = JSONPatch()
        for element in AppliedValue.elements(of: value) ?? [] {
            guard case .object(let made) = element, let operation = made as? StructureValue else {
                throw MutationError("type mismatch: JSONPatchType.expression should evaluate to array of JSONPatch")
            }
            patch.operations.append(try self.operation(operation))
        }
        let root: Node
        do throws(JSONPatchError) {
            root = try patch.applied(to: object, dialect: .kubernetes).root
        } catch {
            // A test that fails leaves all as it is, silently.
            if error.isTestFailure { return object }
            throw MutationError("JSON Patch: \(error.message)")
        }
        guard root.isMap else { throw MutationError("JSON Patch: the object must stay an object") }
        try checkFields(of: root, before: object)
        return root
    }

    /// The API server decodes a patched object strictly: it must not have fields that its kind lacks. Those that it had
    /// before are the manifest's own business.
    private func checkFields(of patched: Node, before object: Node) throws(MutationError) {
        func unknownFields(_ object: Node) -> [String] {
            (SchemaValidation.decodingFindings(of: object, in: .builtIn) ?? [])
                .filter { $0.code == .unknownField }.map(\.path)
        }
        let after = unknownFields(patched)
        guard !after.isEmpty else { return }
        let known = Set(unknownFields(object))
        let added = after.filter { !known.contains($0) }
        guard !added.isEmpty else { return }
        let fields = added.map { "unknown field \"\($0)\"" }.joined(separator: ", ")
        throw MutationError("Internal error occurred: strict decoding error: \(fields)", reason: .internalError)
    }

    private func operation(_ made: StructureValue) throws(MutationError) -> JSONPatch.Operation {
        var operation = JSONPatch.Operation(
            made.field("op")?.stringValue ?? "", made.field("path")?.stringValue ?? "")
        if let from = made.field("from")?.stringValue, !from.isEmpty { operation.from = from }
        guard let value = made.field("value") else { return operation }
        try AppliedValue.checkTypeNames(value)
        do throws(UnwritableValue) {
            operation.value = try AppliedValue.tree(value, dialect: .json)
        } catch {
            throw MutationError(
                "JSON Patch valueExpression evaluated to a type that could not marshal to JSON: \(error.message)")
        }
        return operation
    }
}
