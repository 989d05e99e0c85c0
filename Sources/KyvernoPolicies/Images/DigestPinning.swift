import Admission
import CEL
import ImageVerification
package import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// The mutating half of an ImageValidatingPolicy: it puts the digest behind tags (`validationConfigurations.mutateDigest`).
///
/// Nothing is verified here and nothing is left on the object for the validating half: that one looks again, at the
/// digest that stands there by then.
package final class DigestPinning: MutatingPolicy {
    private let policy: ValidatingPolicy
    private let rules: ImageRules

    package var id: PolicyID { policy.id }
    package var match: MatchResources { policy.match }

    /// - Returns: nil if the policy leaves tags alone, or could not deny anything.
    init?(_ policy: ValidatingPolicy) {
        guard let rules = policy.images, rules.mutatesDigest, !policy.judgesDocuments else { return nil }
        self.policy = policy
        self.rules = rules
    }

    package func plan(_ context: AdmissionContext, into plan: inout MutationPlan) {
        guard policy.id.namespace.isEmpty || context.request.namespace == policy.id.namespace else { return }
        guard context.request.objectNode != nil else { return }
        if let name = context.unknownNamespace, policy.usesNamespaceObject {
            return undecided(.namespace(name), into: &plan)
        }
        plan.invocations.append(
            MutationInvocation(policy: policy.id, binding: policy.binding, param: nil, isReinvocable: true) { context in
                self.apply(context)
            })
    }

    package func undecided(_ missing: MissingContext, into plan: inout MutationPlan) {
        plan.errors.append(error(missing.description, missing))
    }

    private func error(_ message: String, _ missing: MissingContext? = nil) -> Decision {
        // Policies that only warn or audit stop nothing here either.
        let denies = policy.binding.actions.contains(.deny)
        var decision = Decision(
            .error, action: denies ? policy.failurePolicy.action : .admit, policy: policy.id, binding: policy.binding,
            check: rules.digestCheck, message: message)
        decision.missing = missing
        return decision
    }

    private func apply(_ context: AdmissionContext) -> MutationResult {
        var result = MutationResult()
        var evaluator = ValidatingPolicyEvaluator(policy, context, allowances: ExceptionAllowances())
        let images: [Node]
        switch evaluator.imagesToPin() {
        case .success(let found?): images = found
        case .success(nil):
            result.isMatch = false
            return result
        case .failure(let failure):
            result.errors = [error(failure.message, failure.missing)]
            return result
        }
        var replacements: [UInt32: String] = [:]
        for node in images {
            guard let text = node.string, !text.contains("@") else { continue }
            do throws(EvaluationError) {
                let record = try ImageEvaluation.record(
                    of: text, context.images, checks: [], secrets: rules.secrets)
                replacements[node.index] = "\(text)@\(record.digest)"
            } catch {
                let missing = ExternalContext.missing(in: error)
                result.errors.append(self.error(missing?.description ?? error.message, missing))
            }
        }
        guard !replacements.isEmpty, let object = context.request.objectNode else { return result }
        var builder = DocumentBuilder(recordsPositions: object.position != nil)
        builder.append(copyOf: object, replacing: replacements)
        let finished = builder
        result.object = finished.finish(source: object.document.source).root
        result.mutations = [Mutation(check: rules.digestCheck, isChange: true)]
        return result
    }
}

extension DocumentBuilder {
    /// A copy with other texts in place of some strings, by their index in the document.
    fileprivate mutating func append(copyOf node: Node, replacing texts: [UInt32: String]) {
        if let text = texts[node.index] {
            append(text, at: node.position)
        } else if node.isMap {
            beginMap(at: node.position)
            for (key, value) in node.entries {
                appendKey(utf8: key.utf8, at: key.position)
                append(copyOf: value, replacing: texts)
            }
            endMap()
        } else if node.isList {
            beginList(at: node.position)
            for element in node.elements { append(copyOf: element, replacing: texts) }
            endList()
        } else {
            append(copyOf: node)
        }
    }
}
