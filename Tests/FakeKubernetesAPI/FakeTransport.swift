package import KubernetesAPI
import OutgoingHTTP

/// Requests to a fake API server in the same process.
package struct FakeTransport: APITransport {
    private let server: FakeAPIServer
    private let token: String?

    package init(_ server: FakeAPIServer, token: String? = nil) {
        self.server = server
        self.token = token
    }

    package func send(_ request: APIRequest) throws(APIFailure) -> APIResponse {
        let answer = server.answer(request.method, request.target, body: request.body, token: token)
        guard let answer else { throw APIFailure(.unreachable, "connection refused") }
        guard (200..<300).contains(answer.status) else { throw APIFailure(answer) }
        return APIResponse(body: answer.body, date: server.now)
    }

    package func stream(
        _ request: APIRequest, seconds: Int, accepted: () -> Void, chunk: ([UInt8]) -> Bool
    ) throws(APIFailure) {
        guard let started = server.startWatch(request.target, token: token) else {
            throw APIFailure(.unreachable, "connection refused")
        }
        var watch: FakeWatch
        switch started {
        case .success(let open): watch = open
        case .failure(let failure): throw APIFailure(failure.answer)
        }
        accepted()
        while request.cancellation?.isCancelled != true {
            switch server.wait(&watch, patience: 0.1) {
            case .lines(let bytes): guard chunk(bytes) else { return }
            case .wait: continue
            case .end: return
            }
        }
    }
}

extension APIFailure {
    /// A fake server's answer, as a transport reports it.
    package init(_ answer: FakeAnswer) {
        self.init(status: answer.status, body: answer.body, retryAfter: answer.retryAfter.map(String.init))
    }
}
