import Foundation
import OpenSSLTLS
import TestCertificates
import Testing

@testable import Webhook

/// Who may ask for verdicts where `--client-ca` is given, seen by `openssl s_client`.
@Suite(.enabled(if: TestCertificates.isPossible, "needs the openssl tool"))
struct ClientCertificateTests {
    /// Authorities and the certificates that they signed, in a directory of their own.
    private struct Authority {
        let directory: String
        var certificate: String { directory + "/ca.pem" }

        init() throws {
            directory = FileManager.default.temporaryDirectory.appendingPathComponent("ca-\(UUID().uuidString)").path
            try FileManager.default.createDirectory(atPath: directory, withIntermediateDirectories: true)
            try openssl(
                "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-days", "2", "-subj",
                "/CN=authority", "-keyout", "ca.key", "-out", "ca.pem")
        }

        /// Makes NAME.pem and NAME.key.
        func sign(_ name: String, subject: String, alternatives: String? = nil) throws {
            try openssl(
                "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj", subject, "-keyout",
                name + ".key", "-out", name + ".csr")
            let extensions = "extendedKeyUsage=clientAuth\n" + (alternatives.map { "subjectAltName=\($0)\n" } ?? "")
            try Data(extensions.utf8).write(to: URL(fileURLWithPath: directory + "/extensions"))
            try openssl(
                "x509", "-req", "-in", name + ".csr", "-CA", "ca.pem", "-CAkey", "ca.key", "-CAcreateserial", "-days",
                "2", "-extfile", "extensions", "-out", name + ".pem")
        }

        private func openssl(_ arguments: String...) throws {
            let result = try Tool.run(["env", "-C", directory, "openssl"] + arguments)
            #expect(result.status == 0, "\(result.errors)")
        }

        func credentials(_ name: String) -> [String] {
            ["-cert", "\(directory)/\(name).pem", "-key", "\(directory)/\(name).key"]
        }
    }

    /// The status line of an answer to a POST, or nothing where the connection failed.
    private func ask(_ port: Int, _ arguments: [String], target: String = "POST /validate") throws -> String {
        let body = target.hasPrefix("POST") ? "body" : ""
        let head = "\(target) HTTP/1.1\r\nHost: h\r\nContent-Type: application/json\r\nConnection: close\r\n"
        let request = head + "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        let result = try Tool.run(
            ["timeout", "20", "openssl", "s_client", "-quiet", "-connect", "127.0.0.1:\(port)"] + arguments,
            input: Data(request.utf8))
        return result.output.components(separatedBy: "\r\n").first ?? ""
    }

    @Test("only the API server's certificate gets verdicts", arguments: ["-tls1_2", "-tls1_3"])
    func names(version: String) throws {
        let authority = try Authority()
        try authority.sign("named", subject: "/CN=kube-apiserver")
        try authority.sign("alternative", subject: "/CN=someone", alternatives: "DNS:kube-apiserver")
        try authority.sign("other", subject: "/CN=kube-apiserver-not")
        let stranger = try Authority()
        try stranger.sign("named", subject: "/CN=kube-apiserver")
        let files = try TestCertificates.shared.get()
        let clients = TLSClientAuthority(path: authority.certificate, names: ["kube-apiserver"])
        let context = try TLSContext(certificatePath: files.certificate, keyPath: files.key, clients: clients)
        let configuration = WebhookConfiguration(host: "127.0.0.1", port: 0, threads: 1)
        let server = try WebhookServer.start(configuration, tls: TLSContextSource(context), responder: EchoResponder())
        let port = server.address.port
        #expect(try ask(port, [version] + authority.credentials("named")) == "HTTP/1.1 200 OK")
        #expect(try ask(port, [version] + authority.credentials("alternative")) == "HTTP/1.1 200 OK")
        #expect(try ask(port, [version] + authority.credentials("other")) == "HTTP/1.1 403 Forbidden")
        #expect(try ask(port, [version]) == "HTTP/1.1 403 Forbidden")
        #expect(try ask(port, [version], target: "GET /readyz") == "HTTP/1.1 200 OK", "probes have no certificate")
        #expect(try ask(port, [version], target: "GET /metrics") == "HTTP/1.1 403 Forbidden")
        #expect(try ask(port, [version] + stranger.credentials("named")) == "", "an unknown authority's certificate")
        #expect(server.drain() == .drained)
    }

    @Test func refusesAFileWithoutAuthorities() throws {
        let files = try TestCertificates.shared.get()
        let clients = TLSClientAuthority(path: files.key, names: [])
        #expect(throws: TLSContextError.self) {
            try TLSContext(certificatePath: files.certificate, keyPath: files.key, clients: clients)
        }
    }

    @Test func knowsWhenTheCertificateExpires() throws {
        let files = try TestCertificates.shared.get()
        let context = try TLSContext(certificatePath: files.certificate, keyPath: files.key)
        let left = context.notAfter - WallClock.now()
        #expect((86_400...2 * 86_400).contains(left))
    }
}
