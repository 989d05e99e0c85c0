import CEL
import Values

/// `envoy.Allowed()`, `envoy.Denied(code)` and what answers to Envoy are made of.
extension Library {
    static let kyvernoEnvoy: Library = {
        let ok = EnvoyMessages.okResponse.type
        let denied = EnvoyMessages.deniedResponse.type
        let header = EnvoyMessages.headerValueOption.type
        let parameter = EnvoyMessages.queryParameter.type
        let response = EnvoyMessages.checkResponse.type
        return Library(
            "kyverno.authz.envoy",
            functions: [
                FunctionDeclaration(
                    "envoy.Allowed",
                    [Overload("allowed", [], ok, .nullary { .object(MessageValue(EnvoyMessages.okResponse, [:])) })]),
                FunctionDeclaration(
                    "envoy.Denied",
                    [
                        Overload(
                            "denied", [.int], denied,
                            .unary { code throws(EvaluationError) in
                                guard Int32(exactly: try code.int()) != nil else {
                                    throw EvaluationError(.range, "integer overflow")
                                }
                                let status = MessageValue(EnvoyMessages.httpStatus, ["code": code])
                                return .object(MessageValue(EnvoyMessages.deniedResponse, ["status": .object(status)]))
                            })
                    ]),
                FunctionDeclaration(
                    "envoy.Header",
                    [
                        Overload(
                            "header_key_value", [.string, .string], header,
                            .binary { key, value throws(EvaluationError) in .object(option(key, value)) })
                    ]),
                FunctionDeclaration(
                    "envoy.QueryParam",
                    [
                        Overload(
                            "queryparam_key_value", [.string, .string], parameter,
                            .binary { key, value throws(EvaluationError) in .object(queryParameter(key, value)) })
                    ]),
                FunctionDeclaration(
                    "WithBody",
                    [
                        Overload(
                            "denied_with_body", member: true, [denied, .string], denied,
                            .binary { answer, body throws(EvaluationError) in
                                .object(try MessageValue.of(answer).with("body", body))
                            })
                    ]),
                FunctionDeclaration(
                    "WithHeader",
                    adding("ok_with_header", ok, header, to: "headers", option)
                        + adding("denied_with_header", denied, header, to: "headers", option)),
                FunctionDeclaration(
                    "WithResponseHeader",
                    adding("ok_with_response_header", ok, header, to: "response_headers_to_add", option)),
                FunctionDeclaration(
                    "WithQueryParam",
                    adding("ok_with_queryparam", ok, parameter, to: "query_parameters_to_set", queryParameter)),
                FunctionDeclaration(
                    "WithoutHeader", [removing("ok_without_header", ok, in: "headers_to_remove")]),
                FunctionDeclaration(
                    "WithoutQueryParam",
                    [removing("ok_without_queryparam_string", ok, in: "query_parameters_to_remove")]),
                FunctionDeclaration(
                    "KeepEmptyValue",
                    [
                        Overload(
                            "header_keep_empty_value", member: true, [header], header,
                            .unary { header throws(EvaluationError) in
                                .object(try MessageValue.of(header).with("keep_empty_value", .bool(true)))
                            }),
                        Overload(
                            "header_keep_empty_value_bool", member: true, [header, .bool], header,
                            .binary { header, flag throws(EvaluationError) in
                                .object(try MessageValue.of(header).with("keep_empty_value", flag))
                            }),
                    ]),
                FunctionDeclaration(
                    "Response",
                    [
                        answer("ok_response", ok, code: 0),
                        // PERMISSION_DENIED of gRPC.
                        answer("denied_response", denied, code: 7),
                    ]),
                FunctionDeclaration(
                    "WithMessage",
                    [
                        Overload(
                            "response_ok_with_message", member: true, [response, .string], response,
                            .binary { answer, message throws(EvaluationError) in
                                let answer = try MessageValue.of(answer)
                                let status = answer.message("status") ?? MessageValue(EnvoyMessages.status, [:])
                                return .object(answer.with("status", .object(status.with("message", message))))
                            })
                    ]),
                FunctionDeclaration(
                    "WithMetadata",
                    [
                        Overload(
                            "response_ok_with_metadata", member: true, [response, .map(.string, .dyn)], response,
                            .binary { answer, metadata throws(EvaluationError) in
                                try metadata.forEachEntry { key, _ throws(EvaluationError) in _ = try key.string() }
                                return .object(try MessageValue.of(answer).with("dynamic_metadata", metadata))
                            })
                    ]),
            ])
    }()

    private static func option(_ key: Value, _ value: Value) -> MessageValue {
        let header = MessageValue(EnvoyMessages.headerValue, ["key": key, "value": value])
        return MessageValue(EnvoyMessages.headerValueOption, ["header": .object(header)])
    }

    private static func queryParameter(_ key: Value, _ value: Value) -> MessageValue {
        MessageValue(EnvoyMessages.queryParameter, ["key": key, "value": value])
    }

    /// What adds an element to a list of an answer: one that was made, or one made of a key and a value.
    private static func adding(
        _ id: String, _ target: CELType, _ element: CELType, to field: String,
        _ make: @escaping @Sendable (Value, Value) -> MessageValue
    ) -> [Overload] {
        [
            Overload(
                "\(id)_element", member: true, [target, element], target,
                .binary { answer, element throws(EvaluationError) in
                    .object(try MessageValue.of(answer).appending(field, element))
                }),
            Overload(
                "\(id)_string_string", member: true, [target, .string, .string], target,
                .ternary { answer, key, value throws(EvaluationError) in
                    .object(try MessageValue.of(answer).appending(field, .object(make(key, value))))
                }),
        ]
    }

    private static func removing(_ id: String, _ target: CELType, in field: String) -> Overload {
        Overload(
            id, member: true, [target, .string], target,
            .binary { answer, name throws(EvaluationError) in
                .object(try MessageValue.of(answer).appending(field, name))
            })
    }

    private static func answer(_ field: String, _ part: CELType, code: Int64) -> Overload {
        Overload(
            field, member: true, [part], EnvoyMessages.checkResponse.type,
            .unary { part throws(EvaluationError) in
                let status = MessageValue(EnvoyMessages.status, ["code": .int(code)])
                return .object(
                    MessageValue(
                        EnvoyMessages.checkResponse, [field: part, "status": .object(status)]))
            })
    }
}
