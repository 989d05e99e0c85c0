import Documents
import Foundation
import OutgoingHTTP
import Testing

@testable import KubernetesAPI

@Suite struct ConfigurationTests {
    private let directory = FileManager.default.temporaryDirectory.appending(path: "kubeconfig-\(UUID().uuidString)")

    private func write(_ name: String, _ text: String) throws -> String {
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appending(path: name)
        try Data(text.utf8).write(to: file)
        return file.path
    }

    private func kubeconfig(cluster: String, user: String, current: String = "here") -> String {
        """
        apiVersion: v1
        kind: Config
        current-context: \(current)
        contexts:
        - {name: other, context: {cluster: none, user: none}}
        - {name: here, context: {cluster: c, user: u}}
        clusters:
        - name: c
          cluster: {\(cluster)}
        users:
        - name: u
          user: {\(user)}
        """
    }

    @Test("server, authority and client certificate in the file itself")
    func dataFields() throws {
        let text = kubeconfig(
            cluster: "server: 'https://h:6443/', certificate-authority-data: QUJD",
            user: "client-certificate-data: REVG, client-key-data: R0hJ")
        let connection = try Kubeconfig.connection(path: write("config", text))
        #expect(connection.server == "https://h:6443")
        #expect(connection.authorities == .data(Array("ABC".utf8)))
        let expected = HTTPClientConfiguration.ClientCertificate(
            certificate: .data(Array("DEF".utf8)), key: .data(Array("GHI".utf8)))
        #expect(connection.clientCertificate == expected)
        #expect(connection.token == nil)
    }

    @Test("files beside the kubeconfig, and a token file that is read again after a minute or a refusal")
    func files() throws {
        let authority = try write("ca.crt", "x")
        _ = try write("token", "one\n")
        let text = kubeconfig(cluster: "server: 'https://h', certificate-authority: ca.crt", user: "tokenFile: token")
        let connection = try Kubeconfig.connection(path: write("config", text))
        #expect(connection.authorities == .file(authority))
        #expect(connection.token?.current() == "one")
        _ = try write("token", "two\n")
        #expect(connection.token?.current() == "one")
        connection.token?.refused()
        #expect(connection.token?.current() == "two")
        try FileManager.default.removeItem(at: directory)
        connection.token?.refused()
        #expect(connection.token?.current() == "two")
    }

    @Test(
        "what is not supported or not there is refused by name",
        arguments: [
            ("server: 'https://h'", "exec: {command: aws}", "kubeconfig-unsupported", "`exec` of user `u`"),
            ("server: 'https://h'", "auth-provider: {name: gcp}", "kubeconfig-unsupported", "auth-provider"),
            ("server: 'https://h'", "username: a, password: b", "kubeconfig-unsupported", "`username`"),
            ("server: 'https://h', insecure-skip-tls-verify: true", "token: t", "kubeconfig-unsupported", "insecure"),
            ("server: 'https://h', proxy-url: 'http://p'", "token: t", "kubeconfig-unsupported", "proxy-url"),
            ("certificate-authority-data: QUJD", "token: t", "kubeconfig-server", "no server"),
            ("server: 'https://h', certificate-authority-data: '*'", "token: t", "kubeconfig-base64", "no base64"),
            ("server: 'https://h', certificate-authority: missing", "token: t", "file-not-found", "missing"),
            ("server: 'https://h'", "client-certificate-data: QUJD", "kubeconfig-client-certificate", "both"),
        ])
    func refused(cluster: String, user: String, id: String, words: String) throws {
        let path = try write("config", kubeconfig(cluster: cluster, user: user))
        let error = #expect(throws: DocumentError.self) { try Kubeconfig.connection(path: path) }
        #expect(error?.id == id)
        #expect(error?.message.contains(words) == true, "\(error?.message ?? "")")
    }

    @Test("a context that is not there")
    func missingContext() throws {
        let text = kubeconfig(cluster: "server: 'https://h'", user: "token: t", current: "nowhere")
        let error = #expect(throws: DocumentError.self) { try Kubeconfig.connection(path: write("config", text)) }
        #expect(error?.id == "kubeconfig-context")
    }

    @Test("what a Pod is given")
    func inCluster() throws {
        _ = try write("ca.crt", "x")
        _ = try write("token", "t")
        let environment = ["KUBERNETES_SERVICE_HOST": "fd00::1", "KUBERNETES_SERVICE_PORT": "443"]
        let connection = try ClusterConnection.inCluster(
            environment: { environment[$0] }, directory: directory.path)
        #expect(connection.server == "https://[fd00::1]:443")
        #expect(connection.token?.current() == "t")
        let error = #expect(throws: DocumentError.self) {
            try ClusterConnection.inCluster(environment: { _ in nil }, directory: directory.path)
        }
        #expect(error?.id == "kubernetes-not-in-cluster")
    }
}
