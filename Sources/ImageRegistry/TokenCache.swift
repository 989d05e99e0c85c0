import OutgoingHTTP
import Synchronization

/// Tokens by what they are for and whose they are, and how registries want to be asked.
final class TokenCache: Sendable {
    struct Key: Hashable, Sendable {
        let host: String
        let repository: String
        /// Tokens are never shared between those who show other credentials.
        let credential: RegistryCredential?
    }

    /// What a registry said when it was asked without a token.
    struct Realm: Hashable, Sendable {
        let challenge: AuthenticationChallenge
        /// Where the registry lies: its token service may not lie further inside.
        let zone: NetworkZone?
    }

    private struct Token {
        let text: String
        let expiry: ContinuousClock.Instant
    }

    private struct State {
        var tokens: [Key: Token] = [:]
        var realms: [String: Realm] = [:]
    }

    private let state = Mutex(State())
    /// Several images of a repository are looked at at once; one asks for the token.
    let flights = SingleFlight<Key, TokenService.Answer>()

    func token(_ key: Key, now: ContinuousClock.Instant = .now) -> String? {
        state.withLock { state in
            guard let token = state.tokens[key], token.expiry > now else { return nil }
            return token.text
        }
    }

    /// - Parameter lifetime: as its service says, in seconds.
    func add(_ text: String, _ key: Key, lifetime: Int64, now: ContinuousClock.Instant = .now) {
        // Some time early: a token must not expire on its way.
        guard lifetime > 10 else { return }
        let seconds = min(lifetime, Int64(RegistryLimits.maximumTokenLifetime)) - 10
        state.withLock { state in
            if state.tokens.count >= RegistryLimits.maximumTokens {
                state.tokens = state.tokens.filter { $0.value.expiry > now }
                if state.tokens.count >= RegistryLimits.maximumTokens { state.tokens = [:] }
            }
            state.tokens[key] = Token(text: text, expiry: now.advanced(by: .seconds(seconds)))
        }
    }

    /// Forgets a token, unless there is another one by now.
    func remove(_ text: String, _ key: Key) {
        state.withLock { state in
            if state.tokens[key]?.text == text { state.tokens.removeValue(forKey: key) }
        }
    }

    func realm(_ host: String) -> Realm? { state.withLock { $0.realms[host] } }

    func set(_ realm: Realm, _ host: String) {
        state.withLock { state in
            if state.realms.count >= RegistryLimits.maximumKnownHosts { state.realms = [:] }
            state.realms[host] = realm
        }
    }
}
