package import Documents
import OutgoingHTTP
import Values

/// The current context of a kubeconfig file.
///
/// What it asks for and is not supported is refused by name: another way to sign in would be a silent change of who
/// asks.
package enum Kubeconfig {
    /// - Throws: ids beginning with `kubeconfig-`, and what is wrong with the file.
    package static func connection(path: String) throws(DocumentError) -> ClusterConnection {
        let file = try FileReader.read(path: path, maximumBytes: KubernetesAPILimits.configurationBytes)
        var documents = DocumentStream(file)
        guard let root = try documents.next()?.root, root.isMap else {
            throw DocumentError("kubeconfig-syntax", "`\(path)` is no kubeconfig")
        }
        let directory = path.lastIndex(of: "/").map { String(path[...$0]) } ?? ""
        return try KubeconfigReader(root: root, path: path, directory: directory).connection()
    }
}

private struct KubeconfigReader {
    let root: Node
    let path: String
    /// With its slash; empty for the working directory.
    let directory: String

    func connection() throws(DocumentError) -> ClusterConnection {
        guard let current = text(root["current-context"]) else {
            throw DocumentError("kubeconfig-context", "`\(path)` names no current-context")
        }
        let context = try entry("contexts", named: current, content: "context")
        guard let clusterName = text(context["cluster"]) else {
            throw DocumentError("kubeconfig-context", "the context `\(current)` of `\(path)` names no cluster")
        }
        let cluster = try entry("clusters", named: clusterName, content: "cluster")
        try refuse(
            ["insecure-skip-tls-verify", "tls-server-name", "proxy-url"], in: cluster, "cluster `\(clusterName)`")
        guard let server = text(cluster["server"]) else {
            throw DocumentError("kubeconfig-server", "the cluster `\(clusterName)` of `\(path)` has no server")
        }
        var connection = ClusterConnection(server: server.hasSuffix("/") ? String(server.dropLast()) : server)
        connection.authorities = try source("certificate-authority", in: cluster)
        guard let userName = text(context["user"]) else { return connection }
        let user = try entry("users", named: userName, content: "user")
        try refuse(
            ["exec", "auth-provider", "username", "password", "as", "as-uid", "as-groups", "as-user-extra"], in: user,
            "user `\(userName)`")
        switch (try source("client-certificate", in: user), try source("client-key", in: user)) {
        case (.some(let certificate), .some(let key)):
            connection.clientCertificate = .init(certificate: certificate, key: key)
        case (nil, nil): break
        default:
            throw DocumentError(
                "kubeconfig-client-certificate",
                "the user `\(userName)` of `\(path)` needs both a client-certificate and a client-key")
        }
        if let token = text(user["token"]) {
            connection.token = BearerToken(fixed: token)
        } else if let file = text(user["tokenFile"]) {
            connection.token = BearerToken(file: resolved(file))
        }
        return connection
    }

    private func entry(_ list: String, named name: String, content: String) throws(DocumentError) -> Node {
        for entry in root[list]?.elements ?? NodeElements(root) where entry["name"]?.string == name {
            if let found = entry[content], found.isMap { return found }
        }
        throw DocumentError("kubeconfig-\(content)", "`\(path)` has no \(content) `\(name)`")
    }

    private func refuse(_ fields: [String], in node: Node, _ owner: String) throws(DocumentError) {
        for field in fields {
            guard let value = node[field], !value.isNull, value.bool != false, value.string != "" else { continue }
            throw DocumentError(
                "kubeconfig-unsupported", "`\(field)` of \(owner) in `\(path)` is not supported",
                help: field == "exec" || field == "auth-provider"
                    ? "make a token for a ServiceAccount with `kubectl create token` and use `token` or `tokenFile`"
                    : nil)
        }
    }

    /// `NAME-data`, base64, or the file that `NAME` names.
    private func source(_ name: String, in node: Node) throws(DocumentError) -> PEMSource? {
        if let data = text(node["\(name)-data"]) {
            guard let bytes = Base64.decode(data, padded: true) else {
                throw DocumentError("kubeconfig-base64", "`\(name)-data` in `\(path)` is no base64")
            }
            return .data(bytes)
        }
        guard let file = text(node[name]) else { return nil }
        _ = try FileReader.read(path: resolved(file), maximumBytes: KubernetesAPILimits.configurationBytes)
        return .file(resolved(file))
    }

    /// Relative paths are relative to the kubeconfig's directory.
    private func resolved(_ file: String) -> String { file.hasPrefix("/") ? file : directory + file }

    private func text(_ node: Node?) -> String? { node?.string.flatMap { $0.isEmpty ? nil : $0 } }
}
