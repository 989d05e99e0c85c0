package import ValidatingAdmissionPolicies

extension ValidatingPolicy: InspectablePolicy {
    package var inspection: PolicyInspection {
        func named(_ list: [NamedExpression]) -> [PolicyInspection.Named] { list.map { .init($0.name, $0.expression) } }
        return PolicyInspection(
            id: id, root: root, match: ownMatch, variables: named(scope.variables),
            matchConditions: named(scope.matchConditions),
            validations: validations.map {
                .init(expression: $0.expression, message: $0.messageExpression, hasMessage: $0.hasMessage)
            },
            auditAnnotations: named(auditAnnotations), environment: scope.environment)
    }
}
