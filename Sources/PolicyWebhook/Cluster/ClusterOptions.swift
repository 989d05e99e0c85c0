import ArgumentParser
import Diagnostics
import Documents
import KubernetesAPI
import OutgoingHTTP

/// What the server reads from the Kubernetes API, and how it gets there.
struct ClusterOptions: ParsableArguments {
    @Flag(help: "Watch Namespaces and the params of policies through the Kubernetes API, as this Pod's ServiceAccount.")
    var kubernetes = false

    @Option(help: "Reach the Kubernetes API as the current context of this file says, instead of as a Pod.")
    var kubeconfig: String?

    @Option(help: "Take policies and bindings with these labels from the API too: `team=a,stage in (x,y)`.")
    var watchPolicies: String?

    @Option(help: "Take PolicyExceptions of this namespace from the API too; `*` for those of all namespaces.")
    var watchExceptions: String?

    @Option(
        help: """
            Seconds after which the server becomes ready with what it has, if the API has not been read by then; 0 waits \
            for it.
            """)
    var syncTimeout = 0

    func validate() throws {
        guard (0...86_400).contains(syncTimeout) else {
            throw ValidationError("--sync-timeout must be between 0 and 86400")
        }
        let needy = [("--watch-policies", watchPolicies), ("--watch-exceptions", watchExceptions)]
        for (name, value) in needy {
            guard let value else { continue }
            guard kubernetes else { throw ValidationError("\(name) needs --kubernetes") }
            guard !value.isEmpty else { throw ValidationError("\(name) must not be empty") }
        }
        guard kubernetes || syncTimeout == 0 else { throw ValidationError("--sync-timeout needs --kubernetes") }
    }

    /// - Throws: `StartFailure` for a configuration that cannot be used.
    func client() throws -> KubernetesClient {
        do {
            let connection = try kubeconfig.map(Kubeconfig.connection(path:)) ?? ClusterConnection.inCluster()
            return KubernetesClient(try HTTPTransport(connection))
        } catch let error as DocumentError {
            let help = error.diagnostic.help.map { "\nhelp: \($0)" } ?? ""
            throw StartFailure(exitCode: 2, text: "error: \(error.message)\(help)")
        } catch let error as HTTPError {
            throw StartFailure(exitCode: 2, text: "error: cannot reach the Kubernetes API: \(error.detail)")
        }
    }

    /// What is watched from the beginning; params follow when policies name them.
    var definitions: [ResourceWatch.Definition] {
        var all = [ResourceWatch.Definition(KindReference(apiVersion: "v1", kind: "Namespace"))]
        if let watchPolicies {
            all += ClusterObjects.policyKinds.map {
                ResourceWatch.Definition($0, ObjectSelection(labels: watchPolicies))
            }
        }
        if let watchExceptions {
            all.append(
                ResourceWatch.Definition(
                    ClusterObjects.exceptionKind,
                    ObjectSelection(namespace: watchExceptions == "*" ? "" : watchExceptions)))
        }
        return all
    }
}
