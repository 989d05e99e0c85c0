import Admission
package import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// A Kyverno ValidatingPolicy or ImageValidatingPolicy, compiled.
package final class ValidatingPolicy: CompiledPolicy {
    final class Validation: Sendable {
        let expression: CompiledExpression
        let messageExpression: CompiledExpression?
        let message: String
        let hasMessage: Bool
        let reason: StatusReason

        init(
            _ definition: PolicyDefinition.Validation, _ index: Int, _ expression: CompiledExpression,
            message: CompiledExpression?
        ) {
            self.expression = expression
            messageExpression = message
            let text = Names.trimmed(definition.message)
            hasMessage = !text.isEmpty || message != nil
            self.message = text.isEmpty ? "CEL expression validation failed at index \(index)" : text
            reason = definition.reason
        }
    }

    package let id: PolicyID
    package let match: MatchResources
    /// The policy's document, and the objects that it is about itself, without those of generated rules.
    let root: Node
    let ownMatch: MatchResources
    package let subject: PolicySubject
    var judgesDocuments: Bool { subject == .documents }
    package let readsAllowances = true
    /// Carries the policy's actions; Kyverno's policies have no bindings, so it has no name.
    let binding: BindingID
    let failurePolicy: FailurePolicy
    /// Whether it may deny at all.
    private let isForAdmission: Bool
    let scope: KyvernoScope
    let validations: [Validation]
    let auditAnnotations: [NamedExpression]
    let generatesRules: Bool
    let usesNamespaceObject: Bool
    /// nil for policies that are not about images.
    let images: ImageRules?
    /// Set for policies about images that need not look at objects without an image of their concern.
    let decisionsOnOtherImages: [Decision]?
    /// Set for policies about images that look at nothing else of an object, apart from their conditions.
    let imageVerdicts: ImageVerdicts?
    /// What of the outside world the policy's expressions name.
    let externalKinds: ExternalContext.Kinds
    /// What of it the match conditions name.
    let conditionKinds: ExternalContext.Kinds

    init(
        _ definition: ValidatingPolicyDefinition, reader: inout FieldReader, compiler: inout ExpressionCompiler
    ) {
        let isNamespaced = !definition.namespace.isEmpty
        var base = isNamespaced ? KyvernoEnvironment.namespaced : KyvernoEnvironment.cluster
        if definition.images != nil {
            base = isNamespaced ? KyvernoEnvironment.imageNamespaced : KyvernoEnvironment.imageCluster
        }
        let scope = KyvernoScope(
            matchConditions: definition.matchConditions, variables: definition.variables, in: base,
            compiler: &compiler)
        self.scope = scope
        validations = definition.validations.enumerated().map { index, validation in
            let expression = compiler.compile(validation.expression, index: index, wanted: .bool, in: scope.environment)
            let message = validation.messageExpression.map {
                compiler.compile($0, index: index, wanted: .string, in: scope.environment)
            }
            return Validation(validation, index, expression, message: message)
        }
        auditAnnotations = scope.annotations(definition.auditAnnotations, compiler: &compiler)
        let texts =
            (definition.variables + definition.auditAnnotations).map(\.expression.text)
            + definition.validations.flatMap { [$0.expression.text, $0.messageExpression?.text ?? ""] }
        images = definition.images.map { images in
            ImageRules(
                images, scope: scope, expressions: texts, reader: &reader, compiler: &compiler)
        }
        id = PolicyID(
            kind: definition.kind, namespace: definition.namespace, name: definition.name,
            file: definition.root.document.source, position: definition.root.position)
        binding = BindingID(
            name: "", actions: definition.actions, actionNames: definition.actionNames,
            file: definition.root.document.source, position: definition.root.position)
        failurePolicy = definition.failurePolicy
        isForAdmission = definition.notAtAdmission == nil
        subject = definition.mode == .json ? .documents : .objects
        generatesRules = !definition.podControllers.isEmpty
        var match = definition.match
        let judgesDocuments = definition.mode == .json
        if judgesDocuments { match = MatchResources() }
        if let rule = match.resourceRules.first {
            match.resourceRules += Autogen.rules(definition.podControllers, operations: rule.operations)
        }
        self.match = match
        root = definition.root
        ownMatch = judgesDocuments ? MatchResources() : definition.match
        let expressions =
            (scope.matchConditions + scope.variables + auditAnnotations).map(\.expression)
            + validations.map(\.expression)
            + validations.compactMap(\.messageExpression)
        usesNamespaceObject = expressions.contains(where: \.usesNamespaceObject)
        conditionKinds = ExternalContext.Kinds(namedBy: scope.matchConditions.map(\.expression))
        externalKinds = ExternalContext.Kinds(namedBy: expressions + (images?.expressions ?? []))
        if let images, auditAnnotations.isEmpty, !judgesDocuments {
            decisionsOnOtherImages = Self.decisionsOnOtherImages(images, scope, validations, id, binding)
            imageVerdicts = Self.dependsOnImagesOnly(images, scope, validations) ? ImageVerdicts() : nil
        } else {
            decisionsOnOtherImages = nil
            imageVerdicts = nil
        }
    }

    package func evaluate(_ context: AdmissionContext, into outcome: inout EvaluationOutcome) {
        if !id.namespace.isEmpty, !judgesDocuments, context.request.namespace != id.namespace { return }
        if let name = context.unknownNamespace, usesNamespaceObject {
            if context.cluster.knowsAllNamespaces {
                outcome.missingNamespace = name
            } else {
                undecided(.namespace(name), into: &outcome)
            }
            return
        }
        let found =
            imageVerdicts != nil && context.coverage == nil && outcome.allowances.isEmpty
            ? ImageExtraction.images(of: context.request) : nil
        if let found, let verdict = verdict(on: found, context), conditionsHold(context) {
            return admit(verdict, context, into: &outcome)
        }
        var evaluator = ValidatingPolicyEvaluator(self, context, allowances: outcome.allowances)
        evaluator.run(remembering: found, into: &outcome)
    }

    package func undecided(_ missing: MissingContext, into outcome: inout EvaluationOutcome) {
        let decision = KyvernoRunner.Failure(message: missing.description, missing: missing)
            .decision(id, binding, failurePolicy, nil, actions: isForAdmission ? .deny : binding.actions)
        outcome.evaluations.append(
            PolicyEvaluation(policy: id, binding: binding, decisions: [decision], isConfigurationError: true))
    }
}

extension ValidatingPolicy: CoverablePolicy {
    package var coveragePoints: [CoveragePoint] {
        scope.matchConditions.flatMap { $0.expression.coveragePoints(.condition) }
            + scope.variables.flatMap { $0.expression.coveragePoints(.part) }
            + validations.flatMap { $0.expression.coveragePoints(.validation) }
    }
}
