package import ImageVerification
import OutgoingHTTP
import Synchronization

/// A client of registries that speak OCI distribution 1.1 or the Docker registry protocol, for reading.
///
/// One for the whole process: it keeps connections, tokens, and what it learned of hosts. It may be used from many
/// threads at once.
package final class RegistryClient: Sendable {
    let configuration: RegistryConfiguration
    let tokens = TokenCache()
    private let helpers = CredentialHelpers()
    private let client: HTTPClient
    /// Of registries with authorities of their own.
    private let clients: [String: HTTPClient]
    /// Hosts that may be asked without TLS, and how they are.
    private let schemes = Mutex<[String: String]>([:])
    private let probes = SingleFlight<String, String>()
    /// Hosts without lists of referrers, and until when that is believed.
    private let withoutReferrers = Mutex<[String: ContinuousClock.Instant]>([:])

    /// - Throws: `store-unreadable` where authorities cannot be read.
    package init(_ configuration: RegistryConfiguration = RegistryConfiguration()) throws(VerificationError) {
        self.configuration = configuration
        var http = configuration.http
        // The scheme is decided here, by registry; no redirect leads from TLS to plain HTTP.
        http.plainHTTP = configuration.plainHTTP.isEmpty ? .loopback : .allowed
        do throws(HTTPError) {
            client = try HTTPClient(http)
            var clients: [String: HTTPClient] = [:]
            for (host, source) in configuration.authorities {
                http.authorities = .systemAnd(source)
                clients[host] = try HTTPClient(http)
            }
            self.clients = clients
        } catch {
            throw VerificationError(.storeUnreadable, error.detail)
        }
    }

    /// Everything of one registry, with what goes for one look at an image.
    package func session(_ domain: String, _ options: ImageFetchOptions) -> RegistrySession {
        var options = options
        if configuration.runsCredentialHelpers {
            options.credentials = helpers.resolve(options.credentials, domain: domain, deadline: options.deadline)
        }
        let mirrors = (configuration.mirrors[domain] ?? []).prefix(RegistryLimits.maximumMirrors)
        return RegistrySession(
            client: self, endpoints: mirrors.map { RegistryEndpoint($0) } + [RegistryEndpoint(domain: domain)],
            options: options)
    }

    func http(_ endpoint: RegistryEndpoint) -> HTTPClient { clients[endpoint.host] ?? client }

    /// `https`, but for hosts that may do without and are found to.
    func scheme(_ endpoint: RegistryEndpoint, _ options: ImageFetchOptions) throws(VerificationError) -> String {
        let host = endpoint.host
        guard let url = try? HTTPURL("http://\(host)/"), url.isLoopback || configuration.plainHTTP.contains(host) else {
            return "https"
        }
        if let known = schemes.withLock({ $0[host] }) { return known }
        return try probes.value(for: host, until: options.deadline) { () throws(VerificationError) in
            if let known = schemes.withLock({ $0[host] }) { return known }
            return try probe(endpoint, options)
        }
    }

    private func probe(
        _ endpoint: RegistryEndpoint, _ options: ImageFetchOptions
    ) throws(VerificationError) -> String {
        let host = endpoint.host
        // Without credentials, whatever answers. A server that wants TLS hangs up, or says 400.
        var request = HTTPRequest("GET", "http://\(host)/v2/")
        prepare(&request, options, share: 1)
        var scheme = "http"
        do throws(HTTPError) {
            if try http(endpoint).send(request).status == 400 { scheme = "https" }
        } catch {
            switch error.kind {
            case .connectionLost, .malformedResponse: scheme = "https"
            default: throw RegistryFault.error(error, registry: endpoint.domain, what: "its version")
            }
        }
        schemes.withLock { schemes in
            if schemes.count >= RegistryLimits.maximumKnownHosts { schemes = [:] }
            schemes[host] = scheme
        }
        return scheme
    }

    /// Whether a host had no lists of referrers a while ago.
    func lacksReferrers(_ endpoint: RegistryEndpoint, now: ContinuousClock.Instant = .now) -> Bool {
        withoutReferrers.withLock { hosts in hosts[endpoint.host].map { $0 > now } ?? false }
    }

    func learn(lacksReferrers endpoint: RegistryEndpoint, now: ContinuousClock.Instant = .now) {
        let end = now.advanced(by: .seconds(RegistryLimits.missingReferrersLifetime))
        withoutReferrers.withLock { hosts in
            if hosts.count >= RegistryLimits.maximumKnownHosts { hosts = [:] }
            hosts[endpoint.host] = end
        }
    }

    /// Sets what all requests have in common.
    ///
    /// - Parameters:
    ///   - share: how many endpoints the time that is left is for.
    ///   - registry: the host on whose behalf something is asked, where it is not the request's own.
    func prepare(_ request: inout HTTPRequest, _ options: ImageFetchOptions, share: Int, registry: String? = nil) {
        let host = registry ?? (try? HTTPURL(request.url).origin.description) ?? ""
        if configuration.innermostZone < .linkLocal, !configuration.allowedHosts.contains(host) {
            request.innermostZone = min(request.innermostZone ?? .linkLocal, configuration.innermostZone)
        }
        let now = ContinuousClock.now
        var end = now.advanced(by: configuration.requestTimeout)
        if let deadline = options.deadline {
            let part = now.duration(to: deadline) / share
            end = min(end, now.advanced(by: max(part, .zero)))
        }
        request.deadline = end
        request.connectTimeout = min(request.connectTimeout, configuration.requestTimeout / 2)
        request.cancellation = options.cancellation
    }
}
