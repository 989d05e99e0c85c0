import ImageVerification
import OutgoingHTTP

/// The service that a registry names for its tokens.
struct TokenService {
    enum Answer: Sendable {
        /// With its lifetime in seconds.
        case token(String, lifetime: Int64)
        case refused(VerificationError)
    }

    let client: RegistryClient
    let endpoint: RegistryEndpoint
    let realm: TokenCache.Realm
    /// Of the registry.
    let scheme: String
    let options: ImageFetchOptions

    /// - Throws: faults of the service; a refusal is an answer.
    func token(scope: String, _ credential: RegistryCredential?) throws(VerificationError) -> Answer {
        let url = try serviceURL()
        var query: [(String, String)] = []
        if let service = realm.challenge.parameters["service"] { query.append(("service", service)) }
        query.append(("scope", scope))
        var request = HTTPRequest("GET", url)
        switch credential {
        case .identityToken(let token):
            request.method = "POST"
            let form = [("grant_type", "refresh_token"), ("client_id", "guardrail"), ("refresh_token", token)] + query
            request.body = Array(Self.encode(form).utf8)
            request.headers = [HTTPHeader("Content-Type", "application/x-www-form-urlencoded")]
        case .basic(let user, let password):
            request.authorization = .basic(user: user, password: password)
            request.url = Self.add(query, to: url)
        case .registryToken, nil: request.url = Self.add(query, to: url)
        }
        request.maximumBodyBytes = RegistryLimits.maximumTokenBytes
        // A registry outside must not make us show credentials, or ask at all, inside.
        if client.configuration.http.redirectScope == .notInwards { request.innermostZone = realm.zone }
        return try send(&request)
    }

    private func send(_ request: inout HTTPRequest) throws(VerificationError) -> Answer {
        let what = "a token for it"
        var attempt = 0
        while true {
            attempt += 1
            client.prepare(&request, options, share: 1, registry: endpoint.host)
            let response: HTTPResponse
            do throws(HTTPError) {
                response = try client.http(endpoint).send(request)
            } catch {
                // One broken connection is no verdict.
                if error.isTransient, error.kind != .timeout, attempt < 2 { continue }
                throw RegistryFault.error(error, registry: endpoint.domain, what: what)
            }
            switch response.status {
            case 200: return try read(response)
            case 400, 401, 403:
                return .refused(RegistryFault.status(response, registry: endpoint.domain, what: what))
            default: throw RegistryFault.status(response, registry: endpoint.domain, what: what)
            }
        }
    }

    private func read(_ response: HTTPResponse) throws(VerificationError) -> Answer {
        do throws(VerificationError) {
            let object = try JSONObject.read(response.body, what: "token", reason: .registryResponse)
            var token = try object.optionalString("token")
            if token == nil { token = try object.optionalString("access_token") }
            guard let token, !token.isEmpty, token.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7F }) else {
                throw VerificationError(.registryResponse, "there is no token in it")
            }
            // A minute, where nothing is said: the protocol's default.
            return .token(token, lifetime: object.has("expires_in") ? try object.integer("expires_in") : 60)
        } catch {
            throw VerificationError(
                .registryResponse, "the token service of registry `\(endpoint.domain)` gave no token: \(error.detail)")
        }
    }

    private func serviceURL() throws(VerificationError) -> String {
        func refuse(_ problem: String) -> VerificationError {
            VerificationError(
                .registryResponse, "registry `\(endpoint.domain)` names a token service \(problem)")
        }
        guard let text = realm.challenge.parameters["realm"], let url = try? HTTPURL(text) else {
            throw refuse("that is no URL")
        }
        // Credentials and tokens need TLS, unless neither the registry nor this host is asked with it.
        let mayBePlain =
            scheme == "http" && (url.isLoopback || client.configuration.plainHTTP.contains(url.origin.description))
        guard url.origin.scheme == "https" || mayBePlain else { throw refuse("without TLS, `\(url.origin)`") }
        return url.text
    }

    private static func add(_ query: [(String, String)], to url: String) -> String {
        url + (url.utf8.contains(UInt8(ascii: "?")) ? "&" : "?") + encode(query)
    }

    /// As in forms and queries.
    static func encode(_ fields: [(String, String)]) -> String {
        fields.map { "\(escape($0.0))=\(escape($0.1))" }.joined(separator: "&")
    }

    private static func escape(_ text: String) -> String {
        let digits = Array("0123456789ABCDEF".utf8)
        var bytes: [UInt8] = []
        for byte in text.utf8 {
            switch byte {
            case 0x30...0x39, 0x41...0x5A, 0x61...0x7A, UInt8(ascii: "-"), UInt8(ascii: "."), UInt8(ascii: "_"),
                UInt8(ascii: "~"):
                bytes.append(byte)
            default: bytes += [UInt8(ascii: "%"), digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            }
        }
        return String(decoding: bytes, as: UTF8.self)
    }
}
