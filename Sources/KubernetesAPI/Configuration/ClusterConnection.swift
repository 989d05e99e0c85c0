package import Documents
import Glibc
package import OutgoingHTTP

/// Where an API server is, how it proves itself, and what proves us.
package struct ClusterConnection: Sendable {
    /// `https://host:port`, without a slash at the end.
    package var server: String
    /// nil trusts the system's authorities.
    package var authorities: PEMSource?
    package var clientCertificate: HTTPClientConfiguration.ClientCertificate?
    package var token: BearerToken?

    package init(
        server: String, authorities: PEMSource? = nil,
        clientCertificate: HTTPClientConfiguration.ClientCertificate? = nil, token: BearerToken? = nil
    ) {
        self.server = server
        self.authorities = authorities
        self.clientCertificate = clientCertificate
        self.token = token
    }

    /// Where kubelets mount what a Pod's ServiceAccount has.
    package static let serviceAccountDirectory = "/var/run/secrets/kubernetes.io/serviceaccount"

    /// The connection that every Pod is given.
    ///
    /// - Throws: `kubernetes-not-in-cluster`, or what is wrong with the files.
    package static func inCluster(
        environment: (String) -> String? = { getenv($0).map { String(cString: $0) } },
        directory: String = serviceAccountDirectory
    ) throws(DocumentError) -> ClusterConnection {
        guard let host = environment("KUBERNETES_SERVICE_HOST"), !host.isEmpty,
            let port = environment("KUBERNETES_SERVICE_PORT").flatMap({ UInt16($0) })
        else {
            throw DocumentError(
                "kubernetes-not-in-cluster",
                "there is no Kubernetes API: KUBERNETES_SERVICE_HOST and KUBERNETES_SERVICE_PORT are not set",
                help: "give a kubeconfig outside of a cluster")
        }
        // Not kept: the file is read again for new connections, since authorities are replaced.
        _ = try FileReader.read(
            path: "\(directory)/ca.crt", maximumBytes: KubernetesAPILimits.configurationBytes)
        _ = try FileReader.read(path: "\(directory)/token", maximumBytes: KubernetesAPILimits.tokenBytes)
        return ClusterConnection(
            server: "https://\(host.contains(":") ? "[\(host)]" : host):\(port)",
            authorities: .file("\(directory)/ca.crt"), token: BearerToken(file: "\(directory)/token"))
    }
}
