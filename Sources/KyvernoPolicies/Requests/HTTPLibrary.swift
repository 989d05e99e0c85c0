import CEL
import Values

/// `http.Allowed()`, `http.Denied(reason)` and the look at headers and parameters.
extension Library {
    static let kyvernoHTTP: Library = {
        let attributes = HTTPMessages.attributes.type
        let (ok, denied) = (HTTPMessages.okResponse.type, HTTPMessages.deniedResponse.type)
        return Library(
            "kyverno.authz.http",
            functions: [
                FunctionDeclaration(
                    "http.Allowed",
                    [
                        Overload(
                            "http_allowed", [], ok, .nullary { .object(MessageValue(HTTPMessages.okResponse, [:])) })
                    ]),
                FunctionDeclaration(
                    "http.Denied",
                    [
                        Overload(
                            "http_denied_string", [.string], denied,
                            .unary { reason throws(EvaluationError) in
                                .object(MessageValue(HTTPMessages.deniedResponse, ["reason": reason]))
                            })
                    ]),
                FunctionDeclaration(
                    "Header",
                    [
                        Overload(
                            "http_get_header_string", member: true, [attributes, .string], .list(.string),
                            .binary { attributes, name throws(EvaluationError) in
                                try values(of: canonicalHeader(try name.string()), in: "header", of: attributes)
                            })
                    ]),
                FunctionDeclaration(
                    "QueryParam",
                    [
                        Overload(
                            "http_get_queryparam_string", member: true, [attributes, .string], .list(.string),
                            .binary { attributes, name throws(EvaluationError) in
                                try values(of: try name.string(), in: "query", of: attributes)
                            })
                    ]),
                FunctionDeclaration(
                    "Response",
                    [response("http_response_ok", "ok", ok), response("http_response_denied", "denied", denied)]
                ),
            ])
    }()

    private static func response(_ id: String, _ field: String, _ part: CELType) -> Overload {
        Overload(
            id, member: true, [part], HTTPMessages.checkResponse.type,
            .unary { part throws(EvaluationError) in
                .object(MessageValue(HTTPMessages.checkResponse, [field: part]))
            })
    }

    private static func values(
        of name: String, in field: String, of attributes: Value
    ) throws(EvaluationError) -> Value {
        guard case .map(let map)? = try MessageValue.of(attributes).field(field) else { return .list([]) }
        return map[.string(name)] ?? .list([])
    }

    /// As Go's servers write the names of headers, by which they are found: `X-Request-Id`.
    private static func canonicalHeader(_ name: String) -> String {
        let marks = Set("!#$%&'*+-.^_`|~".utf8)
        guard
            name.utf8.allSatisfy({ byte in
                marks.contains(byte) || (0x30...0x39).contains(byte) || (0x41...0x5A).contains(byte)
                    || (0x61...0x7A).contains(byte)
            })
        else { return name }
        var isFirst = true
        return String(
            name.map { character in
                defer { isFirst = character == "-" }
                return Character(isFirst ? character.uppercased() : character.lowercased())
            })
    }
}
