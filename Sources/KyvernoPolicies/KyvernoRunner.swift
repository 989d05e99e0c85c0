import Admission
import CEL
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// Evaluates the expressions of one policy for one request, within one budget.
struct KyvernoRunner {
    struct Failure: Error {
        var message: String
        var missing: MissingContext?

        init(message: String, missing: MissingContext? = nil) {
            self.message = message
            self.missing = missing
        }

        /// - Parameter check: the expression that failed.
        init(_ error: EvaluationError, _ check: PolicyCheck?) {
            missing = ExternalContext.missing(in: error)
            let what = check.map { "expression '\($0.expression)' resulted in error: " } ?? ""
            message = missing?.description ?? "\(what)\(error.message)"
        }

        /// What follows for a policy.
        func decision(
            _ policy: PolicyID, _ binding: BindingID, _ failurePolicy: FailurePolicy, _ check: PolicyCheck?,
            reason: StatusReason? = nil, actions: ValidationActions? = nil
        ) -> Decision {
            var made = Decision(
                .error, action: failurePolicy.action, policy: policy, binding: binding, check: check,
                message: message, reason: reason, actions: actions)
            made.missing = missing
            return made
        }
    }

    private let scope: KyvernoScope
    private let context: AdmissionContext
    private let namespace: String?
    private let allowances: ExceptionAllowances
    private let kinds: ExternalContext.Kinds
    private(set) var activation: Activation
    /// How many of the activation's values every policy has.
    private let commonCount: Int
    private var remaining = KyvernoLimits.costPerPolicy

    /// - Parameters:
    ///   - object: what expressions see as `object`.
    ///   - namespace: the one that a namespaced policy is confined to.
    ///   - kinds: of the outside world, those that the policy names.
    init(
        _ scope: KyvernoScope, _ context: AdmissionContext, object: Value, oldObject: Value, namespace: String?,
        _ allowances: ExceptionAllowances, naming kinds: ExternalContext.Kinds = .all
    ) {
        self.init(
            scope, context,
            values: KyvernoEnvironment.values(
                context, object: object, oldObject: oldObject, namespace: namespace, allowances, naming: kinds),
            namespace: namespace, allowances, naming: kinds)
    }

    /// - Parameter values: those of the environment's variables, in the order of their declaration.
    init(
        _ scope: KyvernoScope, _ context: AdmissionContext, values: [Value?], namespace: String? = nil,
        _ allowances: ExceptionAllowances = ExceptionAllowances(), naming kinds: ExternalContext.Kinds = .all
    ) {
        var values = values
        self.kinds = kinds
        self.scope = scope
        self.context = context
        self.namespace = namespace
        self.allowances = allowances
        commonCount = values.count
        // What is seen only later has no value yet, but a place.
        while values.count < scope.environment.variables.count { values.append(nil) }
        activation = Activation(values, composed: Self.composed(scope))
    }

    private static func composed(_ scope: KyvernoScope) -> ComposedVariables? {
        scope.variables.isEmpty
            ? nil
            : ComposedVariables(
                scope.variables.map(\.expression.program), names: scope.variables.map(\.name),
                limit: KyvernoLimits.costPerExpression)
    }

    /// Lets the next expressions see further variables; the policy's own are evaluated anew.
    ///
    /// - Parameter state: what functions find beside their arguments.
    mutating func see(_ values: [Value?], state: (any Sendable & AnyObject)? = nil) {
        activation = Activation(
            activation.values.prefix(commonCount) + values, composed: Self.composed(scope), scope: state)
    }

    /// Runs what evaluates expressions on its own.
    mutating func run<Result>(
        _ body: (Activation, inout CostBudget) throws(EvaluationError) -> Result
    ) throws(Failure) -> Result {
        var budget = CostBudget(limit: min(KyvernoLimits.costPerExpression, remaining))
        do throws(EvaluationError) {
            let result = try body(activation, &budget)
            remaining -= min(remaining, budget.used)
            return result
        } catch {
            throw Failure(error, nil)
        }
    }

    /// Lets the next expressions see another object. As in Kyverno variables that have a value keep it.
    mutating func replace(object: Value, oldObject: Value) {
        activation = Activation(
            KyvernoEnvironment.values(
                context, object: object, oldObject: oldObject, namespace: namespace, allowances, naming: kinds),
            composed: activation.composed)
    }

    mutating func value(of expression: CompiledExpression) throws(Failure) -> Value {
        guard case .success(let program) = expression.program else { throw Failure(message: expression.compileMessage) }
        if let coverage = context.coverage {
            expression.record(
                activation, variables: scope.variables.map(\.expression), in: scope.environment, to: coverage)
        }
        let billed = activation.composed?.cost ?? 0
        var budget = CostBudget(limit: min(KyvernoLimits.costPerExpression, remaining))
        let result: Value
        do throws(EvaluationError) {
            result = try program.evaluate(activation, budget: &budget)
        } catch {
            throw Failure(error, expression.check)
        }
        let cost = budget.used + ((activation.composed?.cost ?? 0) - billed)
        guard cost <= remaining else { throw Failure(message: "the policy's expressions cost too much") }
        remaining -= cost
        return result
    }

    /// Any false condition excludes the object, even if another one failed; errors count only without.
    mutating func hold(_ conditions: [NamedExpression]) throws(Failure) -> Bool {
        var failure: Failure?
        for condition in conditions {
            do throws(Failure) {
                if try value(of: condition.expression).boolValue == false { return false }
            } catch {
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return true
    }

    func explain(_ expression: CompiledExpression) -> DecisionExplanation? {
        guard let checked = expression.checked,
            let part = DecidingPart(
                of: checked, in: scope.environment, activation,
                variables: scope.variables.map(\.expression.checked))
        else { return nil }
        let holder = part.variable.map { scope.variables[$0].expression } ?? expression
        return DecisionExplanation(
            file: holder.check.file, range: holder.range(part.span), expression: part.text,
            operands: part.operands.map { DecisionExplanation.Operand(text: $0.text, value: $0.value) },
            place: part.place)
    }

    mutating func annotations(_ list: [NamedExpression], _ failurePolicy: FailurePolicy) -> [AuditAnnotation] {
        var annotations: [AuditAnnotation] = []
        for annotation in list {
            do throws(Failure) {
                let text = try value(of: annotation.expression).stringValue ?? ""
                annotations.append(
                    AuditAnnotation(text.isEmpty ? .exclude : .publish, key: annotation.name, value: text))
            } catch {
                let action: AuditAnnotation.Action = failurePolicy == .ignore ? .exclude : .error
                annotations.append(AuditAnnotation(action, key: annotation.name, value: error.message))
            }
        }
        return annotations
    }
}
