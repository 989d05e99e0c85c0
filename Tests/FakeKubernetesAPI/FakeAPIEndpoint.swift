import Foundation
import TestCertificates
import TestServers

/// A fake API server on loopback, over TLS, as a process in a cluster sees it.
package final class FakeAPIEndpoint: Sendable {
    private let server: FakeAPIServer
    private let plain: ScriptedServer
    private let front: ServerProcess
    private let certificates: TestCertificates

    package static let isPossible = TestCertificates.isPossible && Tool.exists("python3")

    package init(_ server: FakeAPIServer) throws {
        self.server = server
        certificates = try TestCertificates.shared.get()
        plain = try ScriptedServer { request, connection in
            Self.serve(request, connection, server)
        }
        let port = try ServerProcess.freePort()
        let script = URL(filePath: #filePath).deletingLastPathComponent().appending(path: "tls-front.py").path
        front = try ServerProcess(
            ["python3", script, String(port), String(plain.port), certificates.certificate, certificates.key],
            port: port)
    }

    /// A kubeconfig for it, with the token `let-me-in`.
    package func writeKubeconfig(to path: String) throws {
        let text = """
            apiVersion: v1
            kind: Config
            current-context: fake
            contexts: [{name: fake, context: {cluster: fake, user: me}}]
            clusters:
            - name: fake
              cluster: {server: 'https://localhost:\(front.port)', certificate-authority: \(certificates.certificate)}
            users: [{name: me, user: {token: let-me-in}}]

            """
        try Data(text.utf8).write(to: URL(filePath: path))
    }

    private static func serve(
        _ request: ScriptedServer.Request, _ connection: ScriptedServer.Connection, _ server: FakeAPIServer
    ) {
        let words = (request.headers["authorization"] ?? "").split(separator: " ").map(String.init)
        let token = words.count == 2 && words[0] == "Bearer" ? words[1] : nil
        guard !request.target.contains("watch=1") else {
            return watch(request.target, token: token, connection, server)
        }
        let answer = server.answer(
            request.method, request.target, body: request.body.isEmpty ? nil : request.body, token: token)
        guard let answer else { return connection.close() }
        respond(answer, connection, server)
    }

    private static func respond(
        _ answer: FakeAnswer, _ connection: ScriptedServer.Connection, _ server: FakeAPIServer
    ) {
        var headers = ["Content-Type": "application/json", "Date": date(server.now)]
        if let retryAfter = answer.retryAfter { headers["Retry-After"] = String(retryAfter) }
        connection.respond(answer.status, bytes: answer.body, headers: headers)
    }

    private static func watch(
        _ target: String, token: String?, _ connection: ScriptedServer.Connection, _ server: FakeAPIServer
    ) {
        guard let started = server.startWatch(target, token: token) else { return connection.close() }
        guard case .success(var watch) = started else {
            if case .failure(let failure) = started { respond(failure.answer, connection, server) }
            return
        }
        connection.write(
            "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nDate: \(date(server.now))\r\n"
                + "Transfer-Encoding: chunked\r\n\r\n")
        while true {
            switch server.wait(&watch, patience: 0.5) {
            case .lines(let bytes):
                let head = Array("\(String(bytes.count, radix: 16))\r\n".utf8)
                guard connection.write(head + bytes + Array("\r\n".utf8)) else { return }
            case .wait: continue
            case .end:
                // Without the last chunk: the connection is lost.
                return connection.close()
            }
        }
    }

    private static func date(_ seconds: Int) -> String {
        let formatter = DateFormatter()
        formatter.locale = Locale(identifier: "en_US_POSIX")
        formatter.timeZone = TimeZone(identifier: "GMT")
        formatter.dateFormat = "EEE, dd MMM yyyy HH:mm:ss 'GMT'"
        return formatter.string(from: Date(timeIntervalSince1970: Double(seconds)))
    }
}
