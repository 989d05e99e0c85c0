package import CEL
internal import Values

/// `authorizer` and what hangs off it.
extension Library {
    /// The type of the variable `authorizer`; declare it as a structure with the field `requestResource`.
    package static let authorizerType = CELType.opaque(AuthorizerValue.Stage.authorizer.typeName, [])
    /// The type of `authorizer.requestResource`.
    package static let resourceCheckType = CELType.opaque(AuthorizerValue.Stage.resource.typeName, [])
    private static let pathType = CELType.opaque(AuthorizerValue.Stage.path.typeName, [])
    private static let groupType = CELType.opaque(AuthorizerValue.Stage.group.typeName, [])
    private static let decisionType = CELType.opaque(DecisionValue.typeName, [])

    /// What one check costs: an expression's budget has room for two.
    private static let checkCost: UInt64 = 350_000

    package static let authorizer = Library(
        "kubernetes.authz",
        functions: [
            step("path", "authorizer_path", authorizerType, pathType, .path) { $0.path = $1 },
            step("group", "authorizer_group", authorizerType, groupType, .group) { $0.group = $1 },
            FunctionDeclaration(
                "serviceAccount",
                [
                    Overload(
                        "authorizer_serviceaccount", member: true, [authorizerType, .string, .string], authorizerType,
                        .ternary { target, namespace, name throws(EvaluationError) in
                            let target = try target.authorizer()
                            let (namespace, name) = (try namespace.string(), try name.string())
                            guard NamedFormat.dns1123Label.problems(namespace).isEmpty else {
                                throw EvaluationError(.invalidArgument, "Invalid service account namespace")
                            }
                            guard NamedFormat.dns1123Subdomain.problems(name).isEmpty else {
                                throw EvaluationError(.invalidArgument, "Invalid service account name")
                            }
                            var question = target.question
                            question.user = "system:serviceaccount:\(namespace):\(name)"
                            return .object(AuthorizerValue(.authorizer, target.authorizer, question))
                        })
                ]),
            step("resource", "groupcheck_resource", groupType, resourceCheckType, .resource) { $0.resource = $1 },
            step("subresource", "resourcecheck_subresource", resourceCheckType, resourceCheckType, .resource) {
                $0.subresource = $1
            },
            step("namespace", "resourcecheck_namespace", resourceCheckType, resourceCheckType, .resource) {
                $0.namespace = $1
            },
            step("name", "resourcecheck_name", resourceCheckType, resourceCheckType, .resource) { $0.name = $1 },
            FunctionDeclaration(
                "check",
                [
                    Overload(
                        "pathcheck_check", member: true, [pathType, .string], decisionType, cost: .fixed(checkCost),
                        check),
                    Overload(
                        "resourcecheck_check", member: true, [resourceCheckType, .string], decisionType,
                        cost: .fixed(checkCost), check),
                ], dynamicCost: .fixed(checkCost)),
            answer("allowed", .bool) { .bool($0.decision == .allow) },
            answer("reason", .string) { .string($0.reason) },
            answer("errored", .bool) { .bool($0.error != nil) },
            answer("error", .string) { .string($0.error ?? "") },
        ],
        types: [
            AuthorizerValue.Stage.authorizer.typeName: authorizerType,
            AuthorizerValue.Stage.path.typeName: pathType, AuthorizerValue.Stage.group.typeName: groupType,
            AuthorizerValue.Stage.resource.typeName: resourceCheckType, DecisionValue.typeName: decisionType,
        ])

    package static let authorizerSelectors = Library(
        "kubernetes.authzSelectors",
        functions: [
            step(
                "fieldSelector", "authorizer_fieldselector", resourceCheckType, resourceCheckType, .resource,
                cost: selectorCost
            ) { $0.fieldSelector = SelectorSyntax.isFieldSelector($1) ? $1 : nil },
            step(
                "labelSelector", "authorizer_labelselector", resourceCheckType, resourceCheckType, .resource,
                cost: selectorCost
            ) { $0.labelSelector = SelectorSyntax.isLabelSelector($1) ? $1 : nil },
        ])

    /// Parsing, and a structure with a list for each requirement, of which there may be one in two characters.
    private static let selectorCost = CallCost.sized { _, selector in
        let size = costSize(selector)
        let requirements = UInt64((Double(size) * 0.5).rounded(.up))
        return CostFormula.list + CostFormula.tenth(of: size)
            + requirements * (CostFormula.list + CostFormula.structure)
    }

    private static func step(
        _ name: String, _ id: String, _ from: CELType, _ to: CELType, _ stage: AuthorizerValue.Stage,
        cost: CallCost = .one, _ change: @escaping @Sendable (inout AuthorizationQuestion, String) -> Void
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    id, member: true, [from, .string], to, cost: cost,
                    .binary { target, text throws(EvaluationError) in
                        let target = try target.authorizer()
                        var question = target.question
                        change(&question, try text.string())
                        return .object(AuthorizerValue(stage, target.authorizer, question))
                    })
            ])
    }

    private static let check = Implementation.binary { target, verb throws(EvaluationError) in
        let target = try target.authorizer()
        var question = target.question
        question.verb = try verb.string()
        func isBlank(_ text: String) -> Bool { text.unicodeScalars.allSatisfy(\.properties.isWhitespace) }
        if let path = question.path, isBlank(path) {
            throw EvaluationError(.invalidArgument, "path must not be empty")
        }
        if target.stage == .resource, isBlank(question.resource) {
            throw EvaluationError(.invalidArgument, "resource must not be empty")
        }
        return .object(DecisionValue(target.authorizer.decide(question)))
    }

    private static func answer(
        _ name: String, _ type: CELType, _ read: @escaping @Sendable (AuthorizationAnswer) -> Value
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    "decision_\(name)", member: true, [decisionType], type,
                    .unary { value throws(EvaluationError) in
                        guard case .object(let object) = value, let decision = object as? DecisionValue else {
                            throw .noSuchOverload()
                        }
                        return read(decision.answer)
                    })
            ])
    }
}

extension Value {
    fileprivate func authorizer() throws(EvaluationError) -> AuthorizerValue {
        guard case .object(let object) = self, let value = object as? AuthorizerValue else { throw .noSuchOverload() }
        return value
    }
}

/// Whether selectors are well formed; malformed ones are left out of the question.
enum SelectorSyntax {
    static func isFieldSelector(_ text: String) -> Bool {
        text.split(separator: ",").allSatisfy { $0.contains("=") }
    }

    static func isLabelSelector(_ text: String) -> Bool {
        var depth = 0
        for character in text.utf8 {
            if character == UInt8(ascii: "(") { depth += 1 }
            if character == UInt8(ascii: ")") { depth -= 1 }
            if depth < 0 || depth > 1 { return false }
        }
        return depth == 0
    }
}
