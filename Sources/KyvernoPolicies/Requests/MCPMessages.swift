import CEL
import Diagnostics
import Documents
import Values

/// Requests of the Model Context Protocol, as Kyverno's authorization server gives them to policies.
enum MCPMessages {
    private typealias Field = MessageType.Field

    private static func params(_ name: String, _ fields: [Field]) -> MessageType { MessageType("mcp.\(name)", fields) }

    private static let implementation = params(
        "Implementation", [Field("Name", .string), Field("Version", .string), Field("Title", .string)])

    static let paginated = params("PaginatedParams", [Field("Cursor", .string)])
    static let toolCall = params("CallToolParams", [Field("Name", .string), Field("Arguments", .any)])
    static let resourceRead = params("ReadResourceParams", [Field("URI", .string), Field("Arguments", .object)])
    static let promptGet = params("GetPromptParams", [Field("Name", .string), Field("Arguments", .map(.string))])
    static let initialize = params(
        "InitializeParams",
        [
            Field("ProtocolVersion", .string), Field("Capabilities", .object),
            Field("ClientInfo", .message(implementation)),
        ])
    static let elicitation = params("ElicitationParams", [Field("Message", .string), Field("RequestedSchema", .any)])
    static let setLogLevel = params("SetLevelParams", [Field("Level", .string)])

    static let request = MessageType(
        "mcp.MCPRequest",
        [
            Field("Method", .string), Field("ID", .any), Field("Paginated", .message(paginated)),
            Field("ToolCall", .message(toolCall)), Field("ResourceRead", .message(resourceRead)),
            Field("PromptGet", .message(promptGet)), Field("Initialize", .message(initialize)),
            Field("Elicitation", .message(elicitation)), Field("SetLogLevel", .message(setLogLevel)),
        ])

    /// The methods, by the names of the constants (`mcp.ToolsCallMethod`).
    static let methods: [(constant: String, method: String)] = [
        ("InitializeMethod", "initialize"), ("PingMethod", "ping"), ("ResourcesListMethod", "resources/list"),
        ("ResourcesTemplatesListMethod", "resources/templates/list"), ("ResourcesReadMethod", "resources/read"),
        ("PromptsListMethod", "prompts/list"), ("PromptsGetMethod", "prompts/get"), ("ToolsListMethod", "tools/list"),
        ("ToolsCallMethod", "tools/call"), ("SetLogLevelMethod", "logging/setLevel"),
        ("ElicitationCreateMethod", "elicitation/create"),
    ]

    /// The field that a method's params stand in, and what they are.
    private static let paramsByMethod: [String: (field: String, type: MessageType)] = [
        "initialize": ("Initialize", initialize), "resources/list": ("Paginated", paginated),
        "resources/templates/list": ("Paginated", paginated), "tools/list": ("Paginated", paginated),
        "prompts/list": ("Paginated", paginated), "resources/read": ("ResourceRead", resourceRead),
        "tools/call": ("ToolCall", toolCall), "logging/setLevel": ("SetLogLevel", setLogLevel),
        "prompts/get": ("PromptGet", promptGet), "elicitation/create": ("Elicitation", elicitation),
    ]

    /// Reads a request of JSON-RPC.
    static func parse(_ bytes: [UInt8]) throws(EvaluationError) -> MessageValue {
        guard bytes.count <= KyvernoLimits.maximumParsedBytes else {
            throw EvaluationError(.resourceLimit, "the text to parse is too large")
        }
        let root: Node
        do throws(DocumentError) {
            root = try JSONReader.read(SourceFile(name: "<body>", bytes: bytes)).root
        } catch {
            throw EvaluationError(.invalidArgument, "invalid JSON: \(error.message)")
        }
        do throws(PayloadError) {
            return try parse(root)
        } catch {
            throw EvaluationError(.invalidArgument, error.message)
        }
    }

    private static func parse(_ root: Node) throws(PayloadError) -> MessageValue {
        guard root.isMap else { throw PayloadError(message: "the request must be an object", node: root) }
        let method = root["method"]?.string ?? ""
        var values: [String: Value] = ["Method": .string(method)]
        if let id = root["id"] { values["ID"] = Value(id).withDoubles }
        if let (field, type) = paramsByMethod[method] {
            let params = root["params"].flatMap { $0.isNull ? nil : $0 }
            values[field] = .object(
                try params.map { params throws(PayloadError) in
                    try MessageReader(format: .go).read(params, as: type, path: "params")
                } ?? MessageValue(type, [:]))
        }
        return MessageValue(request, values)
    }

    /// The request in the body of any HTTP request: one without a method if there is none.
    static func request(inBody bytes: [UInt8]) -> MessageValue {
        if let parsed = try? parse(bytes) { return parsed }
        // Params that cannot be read must not hide which method was called.
        guard bytes.count <= KyvernoLimits.maximumParsedBytes,
            let method = (try? JSONReader.read(SourceFile(name: "<body>", bytes: bytes)))?.root["method"]?.string
        else { return MessageValue(request, [:]) }
        return MessageValue(request, ["Method": .string(method)])
    }
}
