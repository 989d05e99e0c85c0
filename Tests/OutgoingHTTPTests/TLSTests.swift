import Foundation
import OutgoingHTTP
import TestCertificates
import TestServers
import Testing

@Suite(.enabled(if: TestCertificates.isPossible, "needs the openssl tool"))
struct TLSTests {
    private static func server(_ options: [String] = []) throws -> ServerProcess {
        let files = try TestCertificates.shared.get()
        let port = try ServerProcess.freePort()
        return try ServerProcess(
            ["openssl", "s_server", "-accept", "127.0.0.1:\(port)", "-www", "-cert", files.certificate]
                + ["-key", files.key, "-quiet"] + options, port: port)
    }

    private static func send(
        _ server: ServerProcess, host: String = "localhost", _ change: (inout HTTPClientConfiguration) -> Void
    ) throws -> HTTPResponse {
        var configuration = HTTPClientConfiguration()
        change(&configuration)
        var request = HTTPRequest("GET", "https://\(host):\(server.port)/")
        request.deadline = .now.advanced(by: .seconds(10))
        return try HTTPClient(configuration).send(request)
    }

    @Test("the named authorities count, as a file and as data, alone and beside the system's")
    func authorities() throws {
        let server = try Self.server()
        let files = try TestCertificates.shared.get()
        let data = [UInt8](try Data(contentsOf: URL(fileURLWithPath: files.certificate)))
        let accepted: [HTTPClientConfiguration.TrustedAuthorities] = [
            .only(.file(files.certificate)), .only(.data(data)), .systemAnd(.file(files.certificate)),
            .systemAnd(.data(data)),
        ]
        for authorities in accepted {
            #expect(try Self.send(server) { $0.authorities = authorities }.status == 200)
        }
        let other = try Self.otherCertificate()
        for authorities in [.system, .only(.file(other)), .systemAnd(.file(other))]
            as [HTTPClientConfiguration.TrustedAuthorities]
        {
            #expect { try Self.send(server) { $0.authorities = authorities } } throws: {
                ($0 as? HTTPError)?.kind == .tls
            }
        }
        #expect(try Self.send(server) { $0.verifiesServer = false }.status == 200)
    }

    @Test("the certificate must be the host's")
    func hostName() throws {
        let server = try Self.server()
        let files = try TestCertificates.shared.get()
        #expect(
            try Self.send(server, host: "127.0.0.1") { $0.authorities = .only(.file(files.certificate)) }.status == 200)
        #expect {
            try Self.send(server, host: "other.localhost") { $0.authorities = .only(.file(files.certificate)) }
        } throws: {
            let error = $0 as? HTTPError
            return error?.kind == .tls && error?.detail.contains("certificate is not accepted") == true
        }
    }

    @Test("a client certificate is shown, from files and from data")
    func clientCertificate() throws {
        let files = try TestCertificates.shared.get()
        let server = try Self.server(["-Verify", "1", "-verify_return_error", "-CAfile", files.certificate])
        func source(_ path: String) throws -> PEMSource {
            .data([UInt8](try Data(contentsOf: URL(fileURLWithPath: path))))
        }
        let pairs = [
            HTTPClientConfiguration.ClientCertificate(certificate: .file(files.certificate), key: .file(files.key)),
            HTTPClientConfiguration.ClientCertificate(
                certificate: try source(files.certificate), key: try source(files.key)),
        ]
        for pair in pairs {
            let response = try Self.send(server) {
                $0.authorities = .only(.file(files.certificate))
                $0.clientCertificate = pair
            }
            #expect(response.status == 200)
        }
        #expect(throws: HTTPError.self) {
            try Self.send(server) { $0.authorities = .only(.file(files.certificate)) }
        }
        #expect {
            try Self.send(server) {
                $0.authorities = .only(.file(files.certificate))
                $0.clientCertificate = .init(certificate: .file(files.certificate), key: .file(files.otherKey))
            }
        } throws: {
            ($0 as? HTTPError)?.kind == .tls
        }
    }

    @Test("a server without TLS, and files that are not there")
    func broken() throws {
        let plain = try ScriptedServer { _, connection in connection.respond(200) }
        let client = try HTTPClient()
        var request = HTTPRequest("GET", "https://127.0.0.1:\(plain.port)/")
        request.deadline = .now.advanced(by: .seconds(5))
        // It waits for a request that never comes.
        #expect { try client.send(request) } throws: { [.tls, .timeout].contains(($0 as? HTTPError)?.kind) }
        var configuration = HTTPClientConfiguration()
        configuration.authorities = .systemAnd(.file("/nowhere/ca.pem"))
        #expect { try HTTPClient(configuration) } throws: { ($0 as? HTTPError)?.kind == .setup }
        let server = try Self.server()
        #expect { try Self.send(server) { $0.authorities = .only(.file("/nowhere/ca.pem")) } } throws: {
            ($0 as? HTTPError)?.kind == .tls
        }
    }

    @Test("no redirect leads from TLS to plain HTTP", .enabled(if: Tool.exists("python3"), "needs python3"))
    func downgrade() throws {
        let files = try TestCertificates.shared.get()
        let plain = try ScriptedServer { _, connection in connection.respond(200) }
        let port = try ServerProcess.freePort()
        let program = """
            import http.server, ssl
            class Handler(http.server.BaseHTTPRequestHandler):
                def do_GET(self):
                    self.send_response(302)
                    self.send_header("Location", "\(plain.url)/")
                    self.end_headers()
            server = http.server.ThreadingHTTPServer(("127.0.0.1", \(port)), Handler)
            context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            context.load_cert_chain("\(files.certificate)", "\(files.key)")
            server.socket = context.wrap_socket(server.socket, server_side=True)
            server.serve_forever()
            """
        let server = try ServerProcess(["python3", "-c", program], port: port)
        var configuration = HTTPClientConfiguration()
        configuration.authorities = .only(.file(files.certificate))
        configuration.plainHTTP = .allowed
        var request = HTTPRequest("GET", "https://localhost:\(server.port)/")
        request.maximumRedirects = 1
        request.deadline = .now.advanced(by: .seconds(20))
        let client = try HTTPClient(configuration)
        #expect { try client.send(request) } throws: { ($0 as? HTTPError)?.kind == .redirectRefused }
        #expect(plain.requests.isEmpty)
    }

    private static func otherCertificate() throws -> String {
        let files = try TestCertificates.shared.get()
        let path = files.directory + "/other-authority.pem"
        let made = try Tool.run(
            [
                "openssl", "req", "-x509", "-new", "-key", files.otherKey, "-days", "2", "-subj", "/CN=other", "-out",
                path,
            ])
        #expect(made.status == 0)
        return path
    }
}
