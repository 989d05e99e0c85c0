/// What Envoy's external authorization (`envoy.service.auth.v3`) asks and answers, by its definitions in protobuf.
enum EnvoyMessages {
    private typealias Field = MessageType.Field

    // MARK: envoy.config.core.v3

    private static func core(_ name: String, _ fields: [Field]) -> MessageType {
        MessageType("envoy.config.core.v3.\(name)", fields)
    }

    static let headerValue = core(
        "HeaderValue", [Field("key", .string), Field("value", .string), Field("raw_value", .bytes)])

    static let headerValueOption = core(
        "HeaderValueOption",
        [
            Field("header", .message(headerValue)), Field("append", .wrappedBool),
            Field(
                "append_action",
                .enumeration([
                    "APPEND_IF_EXISTS_OR_ADD", "ADD_IF_ABSENT", "OVERWRITE_IF_EXISTS_OR_ADD", "OVERWRITE_IF_EXISTS",
                ])),
            Field("keep_empty_value", .bool),
        ])

    static let queryParameter = core("QueryParameter", [Field("key", .string), Field("value", .string)])

    private static let headerMap = core("HeaderMap", [Field("headers", .list(.message(headerValue)))])

    private static let metadata = core(
        "Metadata", [Field("filter_metadata", .map(.object)), Field("typed_filter_metadata", .map(.any))])

    private static let address = core(
        "Address",
        [
            Field(
                "socket_address",
                .message(
                    core(
                        "SocketAddress",
                        [
                            Field("protocol", .enumeration(["TCP", "UDP"])), Field("address", .string),
                            Field("port_value", .uint32, keepsZero: true),
                            Field("named_port", .string, keepsZero: true), Field("resolver_name", .string),
                            Field("ipv4_compat", .bool), Field("network_namespace_filepath", .string),
                        ]))),
            Field("pipe", .message(core("Pipe", [Field("path", .string), Field("mode", .uint32)]))),
            Field(
                "envoy_internal_address",
                .message(
                    core(
                        "EnvoyInternalAddress",
                        [
                            Field("server_listener_name", .string, keepsZero: true), Field("endpoint_id", .string),
                        ]))),
        ])

    // MARK: envoy.service.auth.v3

    private static func auth(_ name: String, _ fields: [Field]) -> MessageType {
        MessageType("envoy.service.auth.v3.\(name)", fields)
    }

    private static let peer = auth(
        "AttributeContext.Peer",
        [
            Field("address", .message(address)), Field("service", .string), Field("labels", .map(.string)),
            Field("principal", .string), Field("certificate", .string),
        ])

    private static let httpRequest = auth(
        "AttributeContext.HttpRequest",
        [
            Field("id", .string), Field("method", .string), Field("headers", .map(.string)),
            Field("header_map", .message(headerMap)), Field("path", .string), Field("host", .string),
            Field("scheme", .string), Field("query", .string), Field("fragment", .string), Field("size", .int),
            Field("protocol", .string), Field("body", .string), Field("raw_body", .bytes),
        ])

    static let checkRequest = auth(
        "CheckRequest",
        [
            Field(
                "attributes",
                .message(
                    auth(
                        "AttributeContext",
                        [
                            Field("source", .message(peer)), Field("destination", .message(peer)),
                            Field(
                                "request",
                                .message(
                                    auth(
                                        "AttributeContext.Request",
                                        [Field("time", .timestamp), Field("http", .message(httpRequest))]))),
                            Field("context_extensions", .map(.string)),
                            Field("metadata_context", .message(metadata)),
                            Field("route_metadata_context", .message(metadata)),
                            Field(
                                "tls_session",
                                .message(auth("AttributeContext.TLSSession", [Field("sni", .string)]))),
                        ])))
        ])

    static let okResponse = auth(
        "OkHttpResponse",
        [
            Field("headers", .list(.message(headerValueOption))), Field("headers_to_remove", .list(.string)),
            Field("dynamic_metadata", .object),
            Field("response_headers_to_add", .list(.message(headerValueOption))),
            Field("query_parameters_to_set", .list(.message(queryParameter))),
            Field("query_parameters_to_remove", .list(.string)),
        ])

    static let httpStatus = MessageType("envoy.type.v3.HttpStatus", [Field("code", .int32)])

    static let deniedResponse = auth(
        "DeniedHttpResponse",
        [
            Field("status", .message(httpStatus)), Field("headers", .list(.message(headerValueOption))),
            Field("body", .string),
        ])

    static let status = MessageType(
        "google.rpc.Status", [Field("code", .int32), Field("message", .string), Field("details", .list(.any))])

    static let checkResponse = auth(
        "CheckResponse",
        [
            Field("status", .message(status)), Field("denied_response", .message(deniedResponse)),
            Field("ok_response", .message(okResponse)), Field("dynamic_metadata", .object),
        ])

    static let all = [checkRequest, checkResponse, queryParameter].reduce(into: [String: MessageType]()) {
        $0 = $1.closure($0)
    }
}
