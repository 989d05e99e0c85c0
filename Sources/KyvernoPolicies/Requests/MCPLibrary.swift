import CEL
import Values

/// `mcp`: the names of methods, and what parses a request.
final class MCPValue: ObjectValue {
    static let name = "mcp.MCP"

    var typeName: String { Self.name }

    func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other else { return nil }
        return object is MCPValue
    }

    func field(_ name: String) -> Value? {
        MCPMessages.methods.first { $0.constant == name }.map { .string($0.method) }
    }

    static let structure = Environment.Structure(
        name, Dictionary(MCPMessages.methods.map { ($0.constant, .string) }, uniquingKeysWith: { first, _ in first }))
}

/// `mcp.Parse` and what looks at the arguments of a request.
extension Library {
    static let kyvernoMCP: Library = {
        let request = MCPMessages.request.type
        return Library(
            "kyverno.mcp",
            functions: [
                FunctionDeclaration(
                    "Parse",
                    [
                        Overload(
                            "mcp_parse_bytes_dyn", member: true, [.structure(MCPValue.name), .dyn], request,
                            .binary { _, body throws(EvaluationError) in
                                if case .bytes(let bytes) = body { return .object(try MCPMessages.parse(bytes)) }
                                return .object(try MCPMessages.parse(Array(try body.string().utf8)))
                            })
                    ])
            ]
                + getter("String", .string) { $0.stringValue.map { .string($0) } }
                + getter("Int", .int) { integer($0).map { .int($0) } }
                + getter("Float", .double) { number($0).map { .double($0) } }
                + getter("Bool", .bool) { truth($0).map { .bool($0) } })
    }()

    /// `Get…Argument` and `Get…SliceArgument`. An argument that is missing, or of another type, gives the last
    /// parameter; elements of another type are left out.
    private static func getter(
        _ name: String, _ type: CELType, _ convert: @escaping @Sendable (Value) -> Value?
    ) -> [FunctionDeclaration] {
        let request = MCPMessages.request.type
        @Sendable func argument(_ request: Value, _ name: Value) throws(EvaluationError) -> Value? {
            try arguments(of: try MessageValue.of(request))?.element(at: .string(try name.string()))
        }
        let id = "mcp_get_\(name.lowercased())"
        return [
            FunctionDeclaration(
                "Get\(name)Argument",
                [
                    Overload(
                        id, member: true, [request, .string, type], type,
                        .ternary { request, name, otherwise throws(EvaluationError) in
                            try argument(request, name).flatMap(convert) ?? otherwise
                        })
                ]),
            FunctionDeclaration(
                "Get\(name)SliceArgument",
                [
                    Overload(
                        "\(id)_slice", member: true, [request, .string, .list(type)], .list(type),
                        .ternary { request, name, otherwise throws(EvaluationError) in
                            guard let elements = try argument(request, name)?.listElements else { return otherwise }
                            return .list(elements.compactMap(convert))
                        })
                ]),
        ]
    }

    /// The arguments of what is called, read or asked for.
    private static func arguments(of request: MessageValue) -> Value? {
        for field in ["ToolCall", "ResourceRead", "PromptGet"] {
            if let part = request.message(field), let value = part.field("Arguments"), value.mapEntries != nil {
                return value
            }
        }
        return nil
    }

    // MARK: Conversions, as Go's authorization server makes them

    private static func integer(_ value: Value) -> Int64? {
        if let text = value.stringValue { return Int64(text) }
        guard case .double(let number) = value else { return nil }
        return Int64(exactly: number.rounded(.towardZero))
    }

    private static func number(_ value: Value) -> Double? {
        if let text = value.stringValue { return Double(text) }
        guard case .double(let number) = value else { return nil }
        return number
    }

    private static func truth(_ value: Value) -> Bool? {
        if let text = value.stringValue {
            if ["1", "t", "T", "true", "TRUE", "True"].contains(text) { return true }
            return ["0", "f", "F", "false", "FALSE", "False"].contains(text) ? false : nil
        }
        switch value {
        case .bool(let truth): return truth
        case .double(let number): return number != 0
        default: return nil
        }
    }
}
