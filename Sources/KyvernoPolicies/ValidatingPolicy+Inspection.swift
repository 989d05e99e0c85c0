package import ValidatingAdmissionPolicies

extension ValidatingPolicy: InspectablePolicy {
    package var inspection: PolicyInspection {
        func named(_ list: [Named]) -> [PolicyInspection.Named] { list.map { .init($0.name, $0.expression) } }
        return PolicyInspection(
            id: id, root: root, match: ownMatch, variables: named(variables), matchConditions: named(matchConditions),
            validations: validations.map {
                .init(expression: $0.expression, message: $0.messageExpression, hasMessage: $0.hasMessage)
            },
            auditAnnotations: named(auditAnnotations), environment: environment)
    }
}
