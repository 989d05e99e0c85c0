/// What Kyverno's authorization server gives policies about plain HTTP requests, and what they answer.
enum HTTPMessages {
    private typealias Field = MessageType.Field

    static let attributes = MessageType(
        "http.CheckRequestAttributes",
        [
            Field("method", .string), Field("header", .map(.list(.string))), Field("host", .string),
            Field("protocol", .string), Field("contentLength", .int), Field("body", .bytes), Field("scheme", .string),
            Field("path", .string), Field("query", .map(.list(.string))), Field("fragment", .string),
        ])

    static let checkRequest = MessageType(
        "http.CheckRequest",
        [
            Field("attributes", .message(attributes)),
            Field(
                "mcp",
                .message(MessageType("http.MCPCheckData", [Field("request", .message(MCPMessages.request))]))),
        ])

    static let okResponse = MessageType("http.CheckResponseOk", [])
    static let deniedResponse = MessageType("http.CheckResponseDenied", [Field("reason", .string)])

    static let checkResponse = MessageType(
        "http.CheckResponse", [Field("ok", .message(okResponse)), Field("denied", .message(deniedResponse))])

    static let all = [checkRequest, checkResponse].reduce(into: [String: MessageType]()) { $0 = $1.closure($0) }
}
