package import ValidatingAdmissionPolicies

extension ValidatingPolicy: InspectablePolicy {
    package var inspection: PolicyInspection {
        PolicyInspection(
            id: id, root: root, match: ownMatch, variables: PolicyInspection.named(scope.variables),
            matchConditions: PolicyInspection.named(scope.matchConditions),
            validations: validations.map {
                .init(expression: $0.expression, message: $0.messageExpression, hasMessage: $0.hasMessage)
            },
            auditAnnotations: PolicyInspection.named(auditAnnotations), others: images?.expressions ?? [],
            environment: scope.environment)
    }
}

extension KyvernoMutatingPolicy: InspectablePolicy {
    var inspection: PolicyInspection {
        PolicyInspection(
            id: id, root: root, match: ownMatch, variables: PolicyInspection.named(scope.variables),
            matchConditions: PolicyInspection.named(scope.matchConditions),
            auditAnnotations: PolicyInspection.named(auditAnnotations), mutations: steps.map(\.expression),
            others: (targets?.conditions.map(\.expression) ?? []) + (targets?.expression.map { [$0] } ?? []),
            environment: scope.environment)
    }
}

extension RequestPolicy: InspectablePolicy {
    var inspection: PolicyInspection {
        PolicyInspection(
            id: id, root: root, match: match, variables: PolicyInspection.named(scope.variables),
            matchConditions: PolicyInspection.named(scope.matchConditions), others: validations,
            environment: scope.environment)
    }
}

extension PolicyInspection {
    fileprivate static func named(_ list: [NamedExpression]) -> [Named] { list.map { Named($0.name, $0.expression) } }
}
