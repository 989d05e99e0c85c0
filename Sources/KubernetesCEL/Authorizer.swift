package import Values

/// Who may do what, asked by `authorizer.….check(…)`. Answers must not depend on when they are asked.
package protocol Authorizer: Sendable {
    func decide(_ question: AuthorizationQuestion) -> AuthorizationAnswer
}

/// What a check asks about: a path or a resource.
package struct AuthorizationQuestion: Sendable {
    /// The service account asked about instead of the request's user: `system:serviceaccount:ns:name`.
    package var user: String?
    package var path: String?
    package var group = ""
    package var resource = ""
    package var subresource = ""
    package var namespace = ""
    package var name = ""
    /// As written; nil if none or malformed.
    package var fieldSelector: String?
    package var labelSelector: String?
    package var verb = ""
    package var isResource: Bool { path == nil }

    package init() {}
}

package struct AuthorizationAnswer: Sendable {
    package enum Decision: Sendable {
        case allow, deny, noOpinion
    }

    package var decision: Decision
    package var reason: String
    package var error: String?

    package init(_ decision: Decision, reason: String = "", error: String? = nil) {
        self.decision = decision
        self.reason = reason
        self.error = error
    }
}

/// Declared rules for runs without an API server: the first match wins, no match is no opinion.
package struct AuthorizationRules: Authorizer {
    /// An empty field matches anything.
    package struct Rule: Sendable {
        package var user = ""
        package var verb = ""
        package var path = ""
        package var group = ""
        package var resource = ""
        package var subresource = ""
        package var namespace = ""
        package var name = ""
        package var fieldSelector = ""
        package var labelSelector = ""
        package var answer = AuthorizationAnswer(.noOpinion)

        package init() {}
    }

    package let rules: [Rule]
    /// Who makes the request, for rules that name a user.
    package let user: String

    package init(_ rules: [Rule], user: String = "") {
        self.rules = rules
        self.user = user
    }

    package func decide(_ question: AuthorizationQuestion) -> AuthorizationAnswer {
        func matches(_ rule: String, _ value: String) -> Bool { rule.isEmpty || Array(rule.utf8) == Array(value.utf8) }
        let match = rules.first { rule in
            matches(rule.user, question.user ?? user) && matches(rule.verb, question.verb)
                && matches(rule.path, question.path ?? "") && matches(rule.group, question.group)
                && matches(rule.resource, question.resource) && matches(rule.subresource, question.subresource)
                && matches(rule.namespace, question.namespace) && matches(rule.name, question.name)
                && matches(rule.fieldSelector, question.fieldSelector ?? "")
                && matches(rule.labelSelector, question.labelSelector ?? "")
        }
        return match?.answer ?? AuthorizationAnswer(.noOpinion)
    }
}

/// The values that a chain such as `authorizer.group('').resource('pods').check('get')` goes through.
package final class AuthorizerValue: ObjectValue {
    enum Stage: String {
        case authorizer = "Authorizer"
        case path = "PathCheck"
        case group = "GroupCheck"
        case resource = "ResourceCheck"

        var typeName: String { "kubernetes.authorization.\(rawValue)" }
    }

    let stage: Stage
    let authorizer: any Authorizer
    let question: AuthorizationQuestion
    /// What `requestResource` stands for.
    let requestResource: AuthorizationQuestion?

    init(
        _ stage: Stage, _ authorizer: any Authorizer, _ question: AuthorizationQuestion,
        requestResource: AuthorizationQuestion? = nil
    ) {
        self.stage = stage
        self.authorizer = authorizer
        self.question = question
        self.requestResource = requestResource
    }

    /// The variable `authorizer`.
    package convenience init(_ authorizer: any Authorizer, requestResource: AuthorizationQuestion?) {
        self.init(.authorizer, authorizer, AuthorizationQuestion(), requestResource: requestResource)
    }

    /// The variable `authorizer.requestResource`.
    package static func requestResource(_ authorizer: any Authorizer, _ question: AuthorizationQuestion) -> Value {
        .object(AuthorizerValue(.resource, authorizer, question))
    }

    package var typeName: String { stage.typeName }

    package func isEqual(to other: Value) -> Bool? { nil }

    package func field(_ name: String) -> Value? {
        guard stage == .authorizer, name == "requestResource", let requestResource else { return nil }
        return Self.requestResource(authorizer, requestResource)
    }
}

/// The answer to a check.
package final class DecisionValue: ObjectValue {
    package static let typeName = "kubernetes.authorization.Decision"
    let answer: AuthorizationAnswer

    init(_ answer: AuthorizationAnswer) { self.answer = answer }

    package var typeName: String { Self.typeName }
    package func isEqual(to other: Value) -> Bool? { nil }
}
