import Documents
package import OutgoingHTTP
package import Values

/// What can be asked of the Kubernetes API. Every function blocks; they may be called from several threads at once.
package struct KubernetesClient: Sendable {
    private let transport: any APITransport
    private let cancellation: HTTPCancellation?

    /// - Parameter cancellation: ends all requests of this client, now and later.
    package init(_ transport: any APITransport, cancellation: HTTPCancellation? = nil) {
        self.transport = transport
        self.cancellation = cancellation
    }

    /// The same server, with requests that end together.
    package func with(_ cancellation: HTTPCancellation) -> KubernetesClient {
        KubernetesClient(transport, cancellation: cancellation)
    }

    /// An object with the server's time when it was read.
    package struct Answer: Sendable {
        package let object: Node
        /// In seconds since 1970; nil where the server did not say.
        package let date: Int?
    }

    /// - Parameter timeout: for the whole of it.
    package func get(
        _ resource: ServedResource, namespace: String = "", name: String,
        within timeout: Duration = KubernetesAPILimits.requestTimeout
    ) throws(APIFailure) -> Answer {
        var request = APIRequest("GET", resource.path(namespace: namespace, name: name))
        request.timeout = timeout
        return try answer(request)
    }

    /// - Parameter body: the object as JSON.
    package func create(_ resource: ServedResource, namespace: String = "", _ body: [UInt8]) throws(APIFailure)
        -> Answer
    {
        try answer(
            APIRequest(
                "POST", resource.path(namespace: namespace), contentType: "application/json", body: body))
    }

    /// Replaces an object; `conflict` if it has another `metadata.resourceVersion` by now.
    package func update(
        _ resource: ServedResource, namespace: String = "", name: String, _ body: [UInt8]
    ) throws(APIFailure) -> Answer {
        try answer(
            APIRequest(
                "PUT", resource.path(namespace: namespace, name: name), contentType: "application/json", body: body))
    }

    /// - Parameter patch: a JSON Patch.
    package func patch(
        _ resource: ServedResource, namespace: String = "", name: String, _ patch: [UInt8]
    ) throws(APIFailure) -> Answer {
        try answer(
            APIRequest(
                "PATCH", resource.path(namespace: namespace, name: name),
                contentType: "application/json-patch+json", body: patch))
    }

    private func answer(_ request: APIRequest) throws(APIFailure) -> Answer {
        let response = try send(request)
        return Answer(object: try Self.parse(response.body, request.maximumBytes), date: response.date)
    }

    func send(_ request: APIRequest) throws(APIFailure) -> APIResponse {
        var request = request
        request.cancellation = cancellation
        return try transport.send(request)
    }

    func stream(
        _ request: APIRequest, seconds: Int, accepted: () -> Void, chunk: ([UInt8]) -> Bool
    ) throws(APIFailure) {
        var request = request
        request.cancellation = cancellation
        try transport.stream(request, seconds: seconds, accepted: accepted, chunk: chunk)
    }

    static func parse(_ body: [UInt8], _ maximumBytes: Int) throws(APIFailure) -> Node {
        do throws(DocumentError) {
            let root = try JSONParser(maximumBytes: maximumBytes).parse(body).root
            if root.isMap { return root }
        } catch {
            throw APIFailure(.malformed, "the answer is no JSON: \(error.message)")
        }
        throw APIFailure(.malformed, "the answer is no JSON object")
    }
}
