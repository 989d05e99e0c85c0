import Foundation
import Synchronization

/// A registry on loopback over an OCI image layout, with the faults that real ones have.
package final class LayoutRegistry: Sendable {
    package enum Authentication: Sendable {
        case none
        case basic(user: String, password: String)
        /// Without a user, anybody gets a token.
        case bearer(user: String?, password: String)
    }

    package enum Referrers: Sendable {
        /// In pages of so many.
        case api(page: Int)
        /// Only the tag that stands in for it.
        case fallback
        /// No lists; the tag of a digest is the digest itself.
        case digestTags
    }

    package enum Fault: Sendable {
        case status(Int, headers: [String: String])
        /// Bytes that are not HTTP.
        case garbage
        /// An answer of HTTP with a body of its own.
        case body(String)
        /// The last byte changed.
        case corrupt
        /// So many spaces behind the body.
        case padded(Int)
        /// Half of the body, then the end.
        case truncated
        /// Nothing, for as long as the other side waits.
        case silence
        case delay(milliseconds: Int)
        case redirect(String)
    }

    private struct Entry: Sendable {
        let repository: String
        let name: String
        let digest: String
        let type: String
    }

    private let server: ScriptedServer

    package var host: String { server.host }
    package var requests: [ScriptedServer.Request] { server.requests }
    package var connections: Int { server.connections }
    /// Paths, in the order in which they were asked for.
    package var targets: [String] { server.requests.map(\.target) }

    /// - Parameter fault: looked up for each request; nil for none.
    package init(
        layout: String, authentication: Authentication = .none, referrers: Referrers = .fallback,
        prefix: String = "", fault: @escaping @Sendable (ScriptedServer.Request) -> Fault? = { _ in nil }
    ) throws {
        let data = try Data(contentsOf: URL(fileURLWithPath: layout + "/index.json"))
        let index = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        let entries = (index?["manifests"] as? [[String: Any]] ?? []).compactMap { entry -> Entry? in
            let annotations = entry["annotations"] as? [String: String]
            guard let name = annotations?["org.opencontainers.image.ref.name"], let digest = entry["digest"] as? String,
                let separator = name.lastIndex(of: name.contains("@") ? "@" : ":")
            else { return nil }
            return Entry(
                repository: prefix + name[..<separator], name: String(name[name.index(after: separator)...]),
                digest: digest, type: entry["mediaType"] as? String ?? "")
        }
        let handler = Handler(layout: layout, entries: entries, authentication: authentication, referrers: referrers)
        server = try ScriptedServer { request, connection in
            handler.answer(request, connection, fault(request))
        }
    }

    private struct Handler: Sendable {
        let layout: String
        let entries: [Entry]
        let authentication: Authentication
        let referrers: Referrers

        func blob(_ digest: String) -> Data? {
            guard digest.hasPrefix("sha256:"), digest.count == 71, !digest.contains("/") else { return nil }
            return try? Data(contentsOf: URL(fileURLWithPath: "\(layout)/blobs/sha256/\(digest.dropFirst(7))"))
        }

        func answer(_ request: ScriptedServer.Request, _ connection: ScriptedServer.Connection, _ fault: Fault?) {
            switch fault {
            case .status(let status, let headers):
                connection.respond(
                    status, #"{"errors":[{"code":"INJECTED","message":"told to"}]}"#, headers: headers)
            case .garbage:
                connection.write("\u{16}\u{3}\u{1}garbage\r\n\r\n")
                connection.close()
            case .body(let text): connection.respond(200, text, headers: ["Content-Type": "application/json"])
            case .silence: connection.waitForEnd()
            case .redirect(let url): connection.respond(307, headers: ["Location": url])
            case .delay(let milliseconds):
                usleep(UInt32(milliseconds) * 1_000)
                serve(request, connection, nil)
            case .corrupt, .padded, .truncated, nil: serve(request, connection, fault)
            }
        }

        private func serve(_ request: ScriptedServer.Request, _ connection: ScriptedServer.Connection, _ fault: Fault?)
        {
            guard let url = URLComponents(string: request.target) else { return connection.close() }
            if url.path == "/token" { return token(request, url, connection) }
            if url.path == "/v2/" { return _ = connection.respond(200, "{}") }
            guard let match = url.path.wholeMatch(of: #/\/v2\/(.+)\/(manifests|blobs|referrers)\/([^\/]+)/#) else {
                return _ = connection.respond(404)
            }
            let (repository, kind, reference) = (String(match.1), match.2, String(match.3))
            guard isAllowed(request, repository, connection) else { return }
            let here = entries.filter { $0.repository == repository }
            guard !here.isEmpty else { return notFound(connection, "NAME_UNKNOWN") }
            switch kind {
            case "referrers": list(reference, here, url, connection, host: request.headers["host"] ?? "")
            case "blobs":
                guard let data = blob(reference) else { return notFound(connection, "BLOB_UNKNOWN") }
                send(data, "application/octet-stream", reference, request, connection, fault)
            default:
                var key = reference
                if case .digestTags = referrers, key.hasPrefix("sha256-"), !key.contains(".") {
                    key = "sha256:" + key.dropFirst(7)
                }
                if case .api = referrers, key.hasPrefix("sha256-"), !key.contains(".") {
                    return notFound(connection, "MANIFEST_UNKNOWN")
                }
                guard let entry = here.last(where: { $0.name == key || $0.digest == key }),
                    let data = blob(entry.digest),
                    request.headers["accept"]?.contains(entry.type) == true
                else { return notFound(connection, "MANIFEST_UNKNOWN") }
                send(data, entry.type, entry.digest, request, connection, fault)
            }
        }

        private func send(
            _ data: Data, _ type: String, _ digest: String, _ request: ScriptedServer.Request,
            _ connection: ScriptedServer.Connection, _ fault: Fault?
        ) {
            var bytes = [UInt8](data)
            let headers = ["Content-Type": type, "Docker-Content-Digest": digest]
            switch fault {
            case .corrupt: bytes[bytes.count - 1] ^= 1
            case .padded(let count): bytes += [UInt8](repeating: 0x20, count: count)
            case .truncated:
                connection.write("HTTP/1.1 200 OK\r\nContent-Length: \(bytes.count)\r\n\r\n")
                connection.write(Array(bytes.prefix(bytes.count / 2)))
                return connection.close()
            default: break
            }
            if request.method == "HEAD" {
                let lines = headers.map { "\($0): \($1)\r\n" }.joined()
                connection.write("HTTP/1.1 200 OK\r\n\(lines)Content-Length: \(bytes.count)\r\n\r\n")
            } else {
                connection.respond(200, bytes: bytes, headers: headers)
            }
        }

        private func notFound(_ connection: ScriptedServer.Connection, _ code: String) {
            connection.respond(404, #"{"errors":[{"code":"\#(code)","message":"not here"}]}"#)
        }

        private func list(
            _ digest: String, _ here: [Entry], _ url: URLComponents, _ connection: ScriptedServer.Connection,
            host: String
        ) {
            guard case .api(let page) = referrers else {
                return _ = connection.respond(404, "404 page not found\n", headers: ["Content-Type": "text/plain"])
            }
            let found = here.filter { entry in
                let object =
                    blob(entry.digest).flatMap { try? JSONSerialization.jsonObject(with: $0) } as? [String: Any]
                return (object?["subject"] as? [String: Any])?["digest"] as? String == digest
            }
            let start = url.queryItems?.first { $0.name == "start" }.flatMap { Int($0.value ?? "") } ?? 0
            let items = found.dropFirst(start).prefix(page).map {
                // As some registries do: neither the type nor annotations are right.
                #"{"mediaType":"\#($0.type)","digest":"\#($0.digest)","size":2,"artifactType":"x/y"}"#
            }
            var headers = ["Content-Type": "application/vnd.oci.image.index.v1+json"]
            if start + page < found.count { headers["Link"] = #"<\#(url.path)?start=\#(start + page)>; rel="next""# }
            connection.respond(
                200, #"{"schemaVersion":2,"manifests":[\#(items.joined(separator: ","))]}"#, headers: headers)
        }

        // MARK: - Authentication

        private static func header(_ user: String, _ password: String) -> String {
            "Basic " + Data("\(user):\(password)".utf8).base64EncodedString()
        }

        private func isAllowed(
            _ request: ScriptedServer.Request, _ repository: String, _ connection: ScriptedServer.Connection
        ) -> Bool {
            let shown = request.headers["authorization"] ?? ""
            let challenge: String
            switch authentication {
            case .none: return true
            case .basic(let user, let password):
                if shown == Self.header(user, password) { return true }
                challenge = #"Basic realm="layout""#
            case .bearer:
                let scope = "repository:\(repository):pull"
                if shown == "Bearer \(Data(scope.utf8).base64EncodedString())" { return true }
                let host = request.headers["host"] ?? ""
                challenge = #"Bearer realm="http://\#(host)/token",service="layout",scope="\#(scope)""#
            }
            connection.respond(
                401, #"{"errors":[{"code":"UNAUTHORIZED","message":"authentication required"}]}"#,
                headers: ["WWW-Authenticate": challenge])
            return false
        }

        private func token(
            _ request: ScriptedServer.Request, _ url: URLComponents, _ connection: ScriptedServer.Connection
        ) {
            guard case .bearer(let user, let password) = authentication else { return _ = connection.respond(404) }
            var fields = url.queryItems ?? []
            var isAllowed = user == nil
            if request.method == "POST" {
                var form = URLComponents()
                form.percentEncodedQuery = String(decoding: request.body, as: UTF8.self)
                fields = form.queryItems ?? []
                isAllowed = fields.contains { $0.name == "refresh_token" && $0.value == password }
            } else if let user {
                isAllowed = request.headers["authorization"] == Self.header(user, password)
            }
            let scope = fields.first { $0.name == "scope" }?.value ?? ""
            guard isAllowed else {
                return _ = connection.respond(401, #"{"errors":[{"code":"UNAUTHORIZED","message":"bad credentials"}]}"#)
            }
            connection.respond(
                200, #"{"token":"\#(Data(scope.utf8).base64EncodedString())","expires_in":300}"#)
        }
    }
}
