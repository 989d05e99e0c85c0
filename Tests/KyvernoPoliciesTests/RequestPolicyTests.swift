import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Testing
import Values

@Suite("Policies about requests to other servers")
struct RequestPolicyTests {
    /// Envoy's request, or one of HTTP, in JSON.
    private static let envoyRequest = """
        {"attributes": {
          "source": {"address": {"socketAddress": {"address": "10.0.0.7", "portValue": 4711}}, "principal": "spiffe://a"},
          "request": {"time": "2026-11-21T06:00:00Z", "http": {
            "method": "GET", "path": "/books", "size": "12", "headers": {"x-a": "1", "x-b": ""}, "rawBody": "aGk="}},
          "contextExtensions": {"k": "v"},
          "metadata_context": {"filterMetadata": {"f": {"n": 3}}}}}
        """
    private static let httpRequest = """
        {"Attributes": {"method": "POST", "path": "/mcp", "host": "h", "contentLength": 7,
          "header": {"X-Request-Id": ["a", "b"], "lower": ["c"]}, "query": {"q": ["1"], "none": null},
          "body": "eyJpZCI6MSwibWV0aG9kIjoidG9vbHMvY2FsbCIsInBhcmFtcyI6eyJuYW1lIjoic2hlbGwiLCJhcmd1bWVudHMiOnsiYyI6InJtIiwibiI6Miwib24iOiJ0cnVlIiwibCI6WyJhIiwxXX19fQ=="}}
        """
    private static let now = Support.time(1_767_225_600)

    private func policy(_ spec: String, mode: String) -> String {
        """
        apiVersion: policies.kyverno.io/v1
        kind: ValidatingPolicy
        metadata: {name: p}
        spec:
          evaluation: {mode: \(mode)}
        \(spec.split(separator: "\n").map { "  \($0)" }.joined(separator: "\n"))

        """
    }

    private func judge(
        _ spec: String, mode: String, request: String? = nil, _ declare: (inout ClusterContext) -> Void = { _ in }
    ) throws -> PolicyEvaluation {
        var loader = PolicyLoader(languages: PolicyLanguages.bindingUnbound)
        loader.load(policies: SourceFile(name: "policy.yaml", text: policy(spec, mode: mode)))
        loader.declare(declare)
        let (loaded, _) = loader.finish()
        let set = try #require(loaded, "\(loader.log.diagnostics.map(\.message))")
        let text = request ?? (mode == "HTTP" ? Self.httpRequest : Self.envoyRequest)
        let document = try JSONReader.read(SourceFile(name: "request.json", text: text))
        let judged = set.review(
            document: document.root, as: mode == "HTTP" ? .httpRequests : .envoyRequests, now: Self.now)
        return try #require(judged?.verdict.evaluations.first)
    }

    static let envoyTruths = [
        #"object.attributes.request.http.method == "GET" && object.attributes.request.http.size == 12"#,
        #"object.attributes.request.http.headers["x-a"] == "1""#,
        #"object.attributes.request.http.headers[?"x-c"].orValue("none") == "none""#,
        // What is not set has a value all the same.
        #"object.attributes.request.http.host == "" && !has(object.attributes.request.http.host)"#,
        #"!has(object.attributes.destination) && object.attributes.destination.address.socket_address.address == """#,
        #"!object.attributes.?destination.hasValue() && object.attributes.?source.hasValue()"#,
        #"object.attributes.?tls_session.sni.orValue("none") == "none""#,
        #"object.attributes.source.address.socket_address.port_value == 4711u"#,
        #"!has(object.attributes.source.address.socket_address.named_port)"#,
        #"object.attributes.request.http.raw_body == b"hi""#,
        #"object.attributes.request.time < timestamp("2026-11-21T07:00:00Z")"#,
        #"object.attributes.metadata_context.filter_metadata["f"].n == 3.0"#,
        #"object.attributes.context_extensions == {"k": "v"}"#,
        #"envoy.Allowed().Response() == envoy.Allowed().Response()"#,
        #"envoy.Allowed().Response() != envoy.Denied(403).Response()"#,
        #"envoy.Allowed().WithHeader("a", "b").WithHeader(envoy.Header("c", "").KeepEmptyValue()).headers.map(h, h.header.key) == ["a", "c"]"#,
        #"envoy.Allowed().WithHeader(envoy.Header("c", "").KeepEmptyValue()).headers[0].keep_empty_value"#,
        #"!envoy.Header("c", "").KeepEmptyValue(false).keep_empty_value"#,
        #"envoy.Allowed().WithoutHeader("a").WithoutHeader("b").headers_to_remove == ["a", "b"]"#,
        #"envoy.Allowed().WithResponseHeader("a", "b").response_headers_to_add[0].header.value == "b""#,
        #"envoy.Allowed().WithQueryParam("a", "b").WithQueryParam(envoy.QueryParam("c", "d")).query_parameters_to_set.size() == 2"#,
        #"envoy.Allowed().WithoutQueryParam("a").query_parameters_to_remove == ["a"]"#,
        #"envoy.Denied(401).WithBody("no").WithHeader("a", "b").body == "no" && envoy.Denied(401).status.code == 401"#,
        #"envoy.Allowed().Response().WithMetadata({"a": "b"}).dynamic_metadata.a == "b""#,
        #"envoy.Denied(403).Response().WithMessage("m").status.message == "m" && envoy.Denied(403).Response().status.code == 7"#,
        #"envoy.service.auth.v3.CheckResponse{} == envoy.service.auth.v3.CheckResponse{status: google.rpc.Status{code: 0}} ? false : true"#,
        #"envoy.service.auth.v3.CheckResponse{ok_response: envoy.service.auth.v3.OkHttpResponse{}}.ok_response == envoy.Allowed()"#,
        #"json.Unmarshal("{\"a\": 1}").a == 1"#,
        #"image("nginx").registry() == "index.docker.io""#,
    ]

    @Test("see Envoy's request and make its answers", arguments: envoyTruths)
    func envoy(expression: String) throws {
        let spec = "validations:\n- expression: |-\n    (\(expression)) ? envoy.Allowed().Response() : null"
        let decisions = try judge(spec, mode: "Envoy").decisions
        #expect(decisions.map(\.evaluation) == [.admit], "\(decisions.map(\.message))")
    }

    static let httpTruths = [
        #"object.attributes.method == "POST" && object.attributes.contentLength == 7"#,
        #"object.attributes.Header("x-request-id") == ["a", "b"]"#,
        // Go's servers write the names of headers in one way, and find no others.
        #"object.attributes.Header("lower") == [] && object.attributes.header["lower"] == ["c"]"#,
        #"object.attributes.QueryParam("q") == ["1"] && object.attributes.QueryParam("Q") == []"#,
        #"object.attributes.QueryParam("none").size() == 0 && object.attributes.scheme == """#,
        #"http.Denied("no").reason == "no" && http.Denied("no").Response().denied.reason == "no""#,
        #"http.CheckResponse{denied: http.CheckResponseDenied{reason: "x"}} == http.Denied("x").Response()"#,
        #"object.mcp.request.Method == mcp.ToolsCallMethod && object.mcp.request.ToolCall.Name == "shell""#,
        #"object.mcp.request.GetStringArgument("c", "") == "rm" && object.mcp.request.GetStringArgument("n", "-") == "-""#,
        #"object.mcp.request.GetIntArgument("n", 0) == 2 && object.mcp.request.GetIntArgument("c", 7) == 7"#,
        #"object.mcp.request.GetBoolArgument("on", false) && object.mcp.request.GetFloatArgument("n", 0.0) == 2.0"#,
        #"object.mcp.request.GetStringSliceArgument("l", []) == ["a"] && object.mcp.request.GetIntSliceArgument("c", [1]) == [1]"#,
        #"mcp.Parse(object.attributes.body).ID == 1.0 && mcp.Parse("{}").Method == """#,
        #"mcp.Parse("{\"method\": \"resources/read\", \"params\": {\"uri\": \"file:///x\"}}").ResourceRead.URI == "file:///x""#,
    ]

    @Test("see a request of HTTP", arguments: httpTruths)
    func http(expression: String) throws {
        let spec = "validations:\n- expression: |-\n    (\(expression)) ? http.Allowed().Response() : null"
        let decisions = try judge(spec, mode: "HTTP").decisions
        #expect(decisions.map(\.evaluation) == [.admit], "\(decisions.map(\.message))")
    }

    @Test("give the first answer that is not null, and none at all where there is none")
    func first() throws {
        let denied = try judge(
            """
            variables:
            - {name: code, expression: '403'}
            validations:
            - expression: 'null'
            - expression: envoy.Denied(variables.code).WithBody("b").Response().WithMessage("m")
            - expression: envoy.Allowed().Response()
            """, mode: "Envoy")
        #expect(denied.decisions.map(\.message) == ["request denied with status code 403: m: b"])
        #expect(denied.decisions.map(\.evaluation) == [.deny])
        #expect(try judge("validations: [{expression: 'null'}]", mode: "Envoy").decisions.isEmpty)
        let reason = try judge("validations: [{expression: 'http.Denied(\"why\").Response()'}]", mode: "HTTP")
        #expect(reason.decisions.map(\.message) == ["request denied, reason: why"])
    }

    @Test("are about the requests that meet their conditions")
    func conditions() throws {
        let spec =
            "validations: [{expression: envoy.Denied(403).Response()}]\nmatchConditions:\n- {name: c, expression: "
        #expect(
            try judge(spec + "'object.attributes.request.http.method == \"PUT\"'}", mode: "Envoy").decisions.isEmpty)
        let error = try judge(spec + "'object.attributes.context_extensions[\"x\"] == \"\"'}", mode: "Envoy")
        #expect(error.decisions.map(\.evaluation) == [.error])
        // With `Ignore` a policy that cannot answer says nothing.
        let ignored = try judge(
            "failurePolicy: Ignore\n" + spec + "'object.attributes.context_extensions[\"x\"] == \"\"'}", mode: "Envoy")
        #expect(ignored.decisions.isEmpty)
    }

    static let errors: [(String, String)] = [
        (#"envoy.Denied(9999999999).Response()"#, "integer overflow"),
        (#"envoy.service.auth.v3.CheckResponse{}"#, "neither allows nor denies"),
        (#"jwt.Decode("a.b", "k").Valid ? null : null"#, "three parts"),
        (#"jwt.Decode("e30.e30.e30", "").Valid ? null : null"#, "the key is empty"),
        (#"json.Unmarshal("{").a == 1 ? null : null"#, "invalid JSON"),
        (
            #"jwt.Decode("e30.e30.e30", jwks.Fetch("https://keys/")).Valid ? null : null"#,
            "undecided: needs the key set `https://keys/`"
        ),
        (#"http.Get("https://x/").a == 1 ? null : null"#, "undecided: needs the answer to GET `https://x/`"),
    ]

    @Test("say why they have no answer", arguments: errors)
    func failures(expression: String, message: String) throws {
        let decisions = try judge("validations:\n- expression: |-\n    \(expression)", mode: "Envoy").decisions
        #expect(decisions.map(\.evaluation) == [.error])
        #expect(decisions.first?.message.contains(message) ?? false, "\(decisions.map(\.message))")
    }

    static let payloads: [(String, String, String)] = [
        ("Envoy", #"{"attributes": {"reqest": {}}}"#, "unknown field `attributes.reqest`"),
        (
            "Envoy", #"{"attributes": {"request": {"http": {"method": 1}}}}"#,
            "`attributes.request.http.method` must be a string"
        ),
        ("Envoy", #"{"attributes": {"contextExtensions": {}, "context_extensions": {}}}"#, "given twice"),
        ("Envoy", "[]", "the payload must be an object"),
        ("HTTP", #"{"attributes": {"body": "%"}}"#, "`attributes.body` must be base64"),
        ("HTTP", #"{"attributes": {"header": {"a": "b"}}}"#, "`attributes.header.a` must be a list"),
    ]

    @Test("judge nothing that is no such request", arguments: payloads)
    func payload(mode: String, text: String, message: String) throws {
        let root = try JSONReader.read(SourceFile(name: "request.json", text: text)).root
        let problem = PolicyLanguages.problem(inPayload: root, mode == "HTTP" ? .httpRequests : .envoyRequests)
        #expect(problem?.message.contains(message) ?? false, "\(problem?.message ?? "nothing")")
    }

    @Test("pass over fields that Go passes over")
    func otherFields() throws {
        let root = try JSONReader.read(SourceFile(name: "r", text: #"{"other": 1, "ATTRIBUTES": {"Method": "GET"}}"#))
            .root
        #expect(PolicyLanguages.problem(inPayload: root, .httpRequests) == nil)
    }

    @Test("say that they have no effect where objects are judged")
    func admission() throws {
        let (set, log) = try Support.load(policy("validations: [{expression: 'null'}]", mode: "HTTP"))
        #expect(log.diagnostics.map(\.id) == ["kyverno-mode"])
        #expect(log.diagnostics.map(\.severity) == [.warning])
        #expect(log.diagnostics.first?.range?.start.line == 5)
        let verdict = try #require(set).review(try Support.request(Support.pod))
        #expect(verdict.evaluations.isEmpty && verdict.isAllowed)
    }
}
