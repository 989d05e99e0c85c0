import CEL
import KubernetesCEL
import PolicyEngine
import Values

/// What expressions of policies about requests to other servers can name: what Kyverno's authorization server knows,
/// which is less than policies on objects have.
enum RequestEnvironment {
    static let envoy = make(.kyvernoEnvoy, EnvoyMessages.all, object: EnvoyMessages.checkRequest)
    static let http = make(.kyvernoHTTP, HTTPMessages.all, object: HTTPMessages.checkRequest)

    private static func make(
        _ library: Library, _ types: [String: MessageType], object: MessageType
    ) -> Environment {
        var environment = CELEnvironments.kyverno()
        for library in [
            library, .kyvernoImages, .kyvernoExternal(isNamespaced: false), .kyvernoTokens, .kyvernoMCP,
        ] {
            environment.add(library)
        }
        for type in types.merging(MCPMessages.request.closure(), uniquingKeysWith: { first, _ in first }).values {
            environment.declare(type.structure)
        }
        environment.declare(Library.token.structure)
        environment.declare(MCPValue.structure)
        environment.declare("object", object.type)
        environment.declare("mcp", .structure(MCPValue.name))
        for context in ExternalContext.Kind.ofRequests { environment.declare(context.rawValue, context.type) }
        return environment
    }

    /// The variables' values, in the order of their declaration.
    static func values(_ context: AdmissionContext, object: MessageValue) -> [Value?] {
        [.object(object), .object(MCPValue())]
            + ExternalContext.Kind.ofRequests.map { .object(ExternalContext($0, context, namespace: nil)) }
    }
}
