import CEL
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

extension ValidatingPolicy {
    /// What the policy says of every object that has no image of its concern; nil if that takes a look at the object.
    ///
    /// Most Pods run images of others, and nothing need be set up for them. Asked once, when the policy is loaded: the
    /// validations are run without any image and without attestors, which makes those fail that need one.
    static func decisionsOnOtherImages(
        _ rules: ImageRules, _ scope: KyvernoScope, _ validations: [Validation], _ policy: PolicyID,
        _ binding: BindingID
    ) -> [Decision]? {
        guard rules.extractors.isEmpty, scope.variables.isEmpty else { return nil }
        let own: Set = ["images", "attestors", "attestations"]
        let others = scope.environment.variables.map(\.name).filter { !own.contains($0) }
        // As they are declared: the policy's own come last.
        let lists = ImageExtraction.lists.map { (key: Value.string($0), value: Value.list([])) }
        let values: [Value?] =
            others.map { _ in nil } + [.map(MapValue(lists)), .map(MapValue([])), rules.attestationNames]
        guard scope.environment.variables.suffix(own.count).map(\.name) == ["images", "attestors", "attestations"]
        else {
            return nil
        }
        var decisions: [Decision] = []
        for validation in validations {
            guard validation.expression.reads(only: own, of: scope.environment),
                case .success(let program) = validation.expression.program
            else { return nil }
            var budget = CostBudget(limit: KyvernoLimits.costPerExpression)
            guard (try? program.evaluate(Activation(values), budget: &budget))?.boolValue == true else { return nil }
            decisions.append(
                Decision(.admit, action: .admit, policy: policy, binding: binding, check: validation.expression.check))
        }
        return decisions
    }
}

extension ImageRules {
    /// Whether an object has images, none of which is the policy's business.
    func concernsNone(of found: [ImageExtraction.Found]) -> Bool {
        found.allSatisfy { image in
            guard let text = image.node.string, let matches = try? matches(text) else { return false }
            return !matches
        }
    }
}
