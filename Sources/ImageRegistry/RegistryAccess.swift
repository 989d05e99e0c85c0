import ImageVerification
import OutgoingHTTP

/// Finds what opens a repository: one credential after the other, then none.
struct RegistryAccess {
    private let request: RegistryRequest
    private let scheme: String
    private let key: (RegistryCredential?) -> TokenCache.Key
    private var left: ArraySlice<RegistryCredential?>
    /// The credential that the last request stood for.
    private var current: RegistryCredential?
    /// What was sent came from an earlier request, and may have aged.
    private var isFromCache = false
    /// That token.
    private var shown: String?
    /// The answer to the first credential says more than the one to none at all.
    private var refusal: VerificationError?
    private let hasCredentials: Bool

    init(_ request: RegistryRequest, scheme: String) {
        self.request = request
        self.scheme = scheme
        let endpoint = request.endpoint
        let repository = endpoint.repository(request.resource.repository)
        key = { TokenCache.Key(host: endpoint.host, repository: repository, credential: $0) }
        let candidates = request.options.credentials.candidates(domain: endpoint.domain, path: repository)
        hasCredentials = !candidates.isEmpty
        left = (candidates + [nil])[...]
        current = nil
    }

    private var tokens: TokenCache { request.client.tokens }

    /// What to show at once: the way in that was found before, if any.
    mutating func initial() throws(VerificationError) -> HTTPAuthorization {
        guard let first = left.first, let realm = tokens.realm(request.endpoint.host) else { return .none }
        if case .basic(let user, let password)? = first, realm.challenge.scheme == "basic" {
            current = left.removeFirst()
            return .basic(user: user, password: password)
        }
        guard realm.challenge.scheme == "bearer" else { return .none }
        if let token = tokens.token(key(first)) {
            current = left.removeFirst()
            isFromCache = true
            shown = token
            return .bearer(token)
        }
        return try advance(realm, scope: nil) ?? .none
    }

    /// What to show after a refusal.
    ///
    /// - Throws: `registry-unauthorized` where nothing is left.
    mutating func next(_ response: HTTPResponse) throws(VerificationError) -> HTTPAuthorization {
        let what = request.resource.description
        let fault = RegistryFault.status(response, registry: request.endpoint.domain, what: what)
        if refusal == nil { refusal = fault }
        let challenges = AuthenticationChallenge.all(in: response.head)
        let chosen = challenges.first { $0.scheme == "bearer" } ?? challenges.first { $0.scheme == "basic" }
        if response.status == 401, let chosen {
            let realm = TokenCache.Realm(challenge: chosen, zone: response.head.zone)
            tokens.set(realm, request.endpoint.host)
            if isFromCache {
                // Once more with a new token for the same.
                isFromCache = false
                if let shown { tokens.remove(shown, key(current)) }
                left.insert(current, at: left.startIndex)
            }
            if let authorization = try advance(realm, scope: chosen.parameters["scope"]) { return authorization }
        } else if let realm = tokens.realm(request.endpoint.host), response.status == 403,
            let authorization = try advance(realm, scope: nil)
        {
            return authorization
        }
        throw explained(refusal ?? fault)
    }

    /// The next credential's authorization; nil where nothing is left.
    private mutating func advance(
        _ realm: TokenCache.Realm, scope: String?
    ) throws(VerificationError) -> HTTPAuthorization? {
        while let candidate = left.popFirst() {
            current = candidate
            switch (realm.challenge.scheme, candidate) {
            case ("bearer", .registryToken(let token)): return .bearer(token)
            case ("bearer", _):
                let service = TokenService(
                    client: request.client, endpoint: request.endpoint, realm: realm, scheme: scheme,
                    options: request.options)
                let wanted = scope ?? "repository:\(request.endpoint.repository(request.resource.repository)):pull"
                let key = key(candidate)
                let (tokens, shown) = (tokens, shown)
                let answer = try tokens.flights.value(for: key, until: request.options.deadline) {
                    () throws(VerificationError) in
                    // Somebody else may have got one meanwhile.
                    if let token = tokens.token(key), token != shown { return .token(token, lifetime: 0) }
                    let answer = try service.token(scope: wanted, candidate)
                    if case .token(let text, let lifetime) = answer { tokens.add(text, key, lifetime: lifetime) }
                    return answer
                }
                switch answer {
                case .token(let text, _): return .bearer(text)
                case .refused(let fault):
                    // That nobody in particular is refused too says less.
                    if candidate != nil || refusal == nil { refusal = fault }
                }
            case ("basic", .basic(let user, let password)): return .basic(user: user, password: password)
            default: continue
            }
        }
        return nil
    }

    private func explained(_ fault: VerificationError) -> VerificationError {
        let credentials = request.options.credentials
        var why =
            hasCredentials
            ? "; the credentials that were given for it do not open it" : "; no credentials were given for it"
        if !credentials.notes.isEmpty {
            why += ": " + credentials.notes.joined(separator: "; ")
        } else if !hasCredentials, !request.client.configuration.runsCredentialHelpers,
            let helper = credentials.helper(domain: request.endpoint.domain) ?? credentials.helpers.sorted().first
        {
            why += ", and the helper `\(helper)`, which the configuration names, is not run"
        }
        return VerificationError(.registryUnauthorized, fault.detail + why)
    }
}
