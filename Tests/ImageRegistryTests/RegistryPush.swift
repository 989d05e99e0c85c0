import Foundation
import OutgoingHTTP
import TestServers

/// Debian's docker-registry, with everything of an image layout in it.
enum RealRegistry {
    static let isThere = FileManager.default.isExecutableFile(atPath: "/usr/bin/docker-registry")

    /// Starts one on loopback and fills it.
    static func start(layout: String) throws -> ServerProcess {
        let port = try ServerProcess.freePort()
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("registry-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let configuration = directory.appendingPathComponent("config.yml")
        try """
        version: 0.1
        log: {level: error}
        storage: {filesystem: {rootdirectory: \(directory.path)/data}}
        http: {addr: "127.0.0.1:\(port)"}
        """.write(to: configuration, atomically: true, encoding: .utf8)
        let server = try ServerProcess(["/usr/bin/docker-registry", "serve", configuration.path], port: port)
        try push(layout: layout, to: "http://127.0.0.1:\(port)")
        return server
    }

    private struct Failure: Error { let text: String }

    private static func push(layout: String, to registry: String) throws {
        var configuration = HTTPClientConfiguration()
        configuration.plainHTTP = .loopback
        let client = try HTTPClient(configuration)
        func blob(_ digest: String) throws -> [UInt8] {
            [UInt8](try Data(contentsOf: URL(fileURLWithPath: "\(layout)/blobs/sha256/\(digest.dropFirst(7))")))
        }
        func object(_ bytes: [UInt8]) throws -> [String: Any] {
            try JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any] ?? [:]
        }
        func send(_ method: String, _ url: String, _ body: [UInt8], _ type: String) throws -> HTTPResponse {
            var request = HTTPRequest(method, url)
            request.body = body
            request.headers = [HTTPHeader("Content-Type", type)]
            return try client.send(request)
        }
        var uploaded = Set<String>()
        func upload(_ digest: String, _ repository: String) throws {
            guard uploaded.insert(repository + digest).inserted else { return }
            let start = try send("POST", "\(registry)/v2/\(repository)/blobs/uploads/", [], "application/octet-stream")
            let location = try HTTPURL(registry).resolving(start["location"] ?? "").text
            let url = location + (location.contains("?") ? "&" : "?") + "digest=\(digest)"
            let end = try send("PUT", url, try blob(digest), "application/octet-stream")
            guard end.status == 201 else { throw Failure(text: "\(end.status) for \(digest)") }
        }
        let index = try object([UInt8](try Data(contentsOf: URL(fileURLWithPath: layout + "/index.json"))))
        var left = index["manifests"] as? [[String: Any]] ?? []
        // An index is taken only behind what it lists: those that are refused come again.
        while !left.isEmpty {
            var refused: [[String: Any]] = []
            for entry in left {
                let name = (entry["annotations"] as? [String: String])?["org.opencontainers.image.ref.name"] ?? ""
                let digest = entry["digest"] as? String ?? ""
                let isTagged = !name.contains("@")
                guard let separator = name.lastIndex(of: isTagged ? ":" : "@") else { continue }
                let repository = String(name[..<separator])
                let bytes = try blob(digest)
                let manifest = (try? object(bytes)) ?? [:]
                let config = manifest["config"] as? [String: Any]
                for part in (manifest["layers"] as? [[String: Any]] ?? []) + (config.map { [$0] } ?? []) {
                    // What a fixture lacks on purpose cannot be pushed.
                    if let digest = part["digest"] as? String, (try? blob(digest)) != nil {
                        try upload(digest, repository)
                    }
                }
                let reference = isTagged ? String(name[name.index(after: separator)...]) : digest
                let url = "\(registry)/v2/\(repository)/manifests/\(reference)"
                let response = try send("PUT", url, bytes, entry["mediaType"] as? String ?? "")
                if response.status != 201 { refused.append(entry) }
            }
            guard refused.count < left.count else { throw Failure(text: "\(refused.count) manifests are refused") }
            left = refused
        }
    }
}
