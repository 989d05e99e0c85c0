import Glibc
import ImageVerification
import OutgoingHTTP

/// One request to one endpoint, with what it takes until there is an answer: tokens, other credentials, patience.
struct RegistryRequest {
    let client: RegistryClient
    let endpoint: RegistryEndpoint
    let resource: RegistryResource
    let options: ImageFetchOptions
    let maximumBytes: Int
    var method = "GET"
    var accept: [String] = []
    /// How many endpoints the time that is left is for.
    var share = 1
    /// Of a further page; within the same registry.
    var url: String?

    /// Where a response was found in time, of status 200, 400, 404, 405, 406 or 501: the caller knows what they mean.
    func send() throws(VerificationError) -> HTTPResponse {
        let scheme = try client.scheme(endpoint, options)
        var request = HTTPRequest(method, url ?? "\(scheme)://\(endpoint.host)\(resource.path(at: endpoint))")
        if !accept.isEmpty { request.headers = [HTTPHeader("Accept", accept.joined(separator: ", "))] }
        request.maximumBodyBytes = maximumBytes
        request.maximumRedirects = HTTPLimits.maximumRedirects
        var access = RegistryAccess(self, scheme: scheme)
        request.authorization = try access.initial()
        var attempt = 0
        while true {
            attempt += 1
            let response: HTTPResponse
            do throws(HTTPError) {
                client.prepare(&request, options, share: share, registry: endpoint.host)
                response = try client.http(endpoint).send(request)
            } catch {
                let fault = RegistryFault.error(error, registry: endpoint.domain, what: resource.description)
                guard error.isTransient else { throw fault }
                try wait(client.configuration.retry.delay(after: attempt, wanted: nil), or: fault)
                continue
            }
            switch response.status {
            case 200, 400, 404, 405, 406, 501: return response
            case 401, 403:
                request.authorization = try access.next(response)
                // Another question, and not the same once more.
                attempt -= 1
            case 408, 429, 500...599:
                let fault = RegistryFault.status(response, registry: endpoint.domain, what: resource.description)
                let wanted = RetryPolicy.seconds(response["retry-after"])
                try wait(client.configuration.retry.delay(after: attempt, wanted: wanted), or: fault)
            default:
                throw RegistryFault.status(response, registry: endpoint.domain, what: resource.description)
            }
        }
    }

    /// Waits, if there is a delay and it ends before the deadline; throws the fault otherwise.
    private func wait(_ delay: Duration?, or fault: VerificationError) throws(VerificationError) {
        guard let delay else { throw fault }
        let end = ContinuousClock.now.advanced(by: delay)
        if let deadline = options.deadline, end >= deadline { throw fault }
        while true {
            if options.cancellation?.isCancelled == true {
                throw VerificationError(.registryCancelled, "registry `\(endpoint.domain)`: the request was cancelled")
            }
            let left = ContinuousClock.now.duration(to: end)
            guard left > .zero else { return }
            // In pieces, to notice a cancellation.
            let nanoseconds = min(left, .milliseconds(50)).components.attoseconds / 1_000_000_000
            var time = timespec(tv_sec: 0, tv_nsec: Int(max(nanoseconds, 1)))
            nanosleep(&time, nil)
        }
    }
}
