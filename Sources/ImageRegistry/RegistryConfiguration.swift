package import OutgoingHTTP

/// How registries are reached.
package struct RegistryConfiguration: Sendable {
    /// Where a registry's content lies as well: a host with an optional port, and a path before that of the image.
    package struct Mirror: Hashable, Sendable {
        package let host: String
        /// Without slashes around it; empty where the mirror has the same paths.
        package let prefix: String

        /// As in `harbor.example.com/docker-hub`.
        package init(_ text: String) {
            let parts = text.split(separator: "/", maxSplits: 1).map(String.init)
            host = parts.first ?? ""
            prefix = parts.count > 1 ? parts[1] : ""
        }
    }

    package var http = HTTPClientConfiguration()
    /// Authorities of single registries, beside the system's; by host as in references, with its port.
    package var authorities: [String: PEMSource] = [:]
    /// Registries that may be asked without TLS, by host as in references. Loopback always may.
    package var plainHTTP: Set<String> = []
    /// Asked first, in this order, then the registry itself; by domain as in references.
    package var mirrors: [String: [Mirror]] = [:]
    /// How far inside the network registries may lie. Where strangers name them, as in Pods, loopback and link-local
    /// addresses are none of their business: other services listen there, and clouds keep credentials.
    package var innermostZone = NetworkZone.linkLocal
    /// Registries that are asked wherever they lie, by host as in references, with its port.
    package var allowedHosts: Set<String> = []
    /// Whether programs that a Docker configuration names are asked for credentials.
    package var runsCredentialHelpers = false
    /// The longest that one request takes, whatever the deadline is.
    package var requestTimeout: Duration = .seconds(10)
    package var retry = RetryPolicy()

    package init() {}
}

/// How often, and how soon again, a registry is asked that did not answer well.
package struct RetryPolicy: Hashable, Sendable {
    /// All requests together.
    package var attempts = 3
    /// Before the second request; doubled for each further one, and up to half of it added or taken at random.
    package var firstDelay: Duration = .milliseconds(200)
    /// A registry that wants to be left alone for longer is not waited for.
    package var longestDelay: Duration = .seconds(8)

    package init() {}

    /// - Parameters:
    ///   - attempt: how many requests there were.
    ///   - wanted: what the registry asked for.
    /// - Returns: Nil where it is over.
    func delay(after attempt: Int, wanted: Duration?) -> Duration? {
        guard attempt < attempts else { return nil }
        let base = firstDelay * (1 << min(attempt - 1, 10))
        let spread = base * Double.random(in: -0.5...0.5)
        let delay = max(base + spread, wanted ?? .zero)
        return delay <= longestDelay ? delay : nil
    }

    /// `Retry-After` in seconds. As a date it is not understood: clocks differ, and none of the registries sends one.
    static func seconds(_ header: String?) -> Duration? {
        guard let header, let seconds = Int(header), (0...86_400).contains(seconds) else { return nil }
        return .seconds(seconds)
    }
}
