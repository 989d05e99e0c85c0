import Foundation
import ImageVerification
import TestServers
import Testing

@testable import ImageRegistry

@Suite struct RegistryAccessTests {
    private static let bearer = LayoutRegistry.Authentication.bearer(user: "u", password: "p")
    private static let basic = LayoutRegistry.Authentication.basic(user: "u", password: "p")

    private static func credentials(_ registry: LayoutRegistry, _ user: String, _ password: String)
        -> RegistryCredentials
    {
        RegistryCredentials(host: registry.host, .basic(user: user, password: password))
    }

    @Test("users and passwords open it, in both ways", arguments: [true, false])
    func password(usesTokens: Bool) throws {
        let registry = try LayoutRegistry(
            layout: TestImages.directory, authentication: usesTokens ? Self.bearer : Self.basic)
        let good = TestImages.options(Self.credentials(registry, "u", "p"))
        #expect(try TestImages.reasons(registry, "team/app:signed", good) == [])
        let wrong = try TestImages.reasons(
            registry, "team/app:signed", TestImages.options(Self.credentials(registry, "u", "wrong")))
        #expect(wrong.map(\.id) == ["registry-unauthorized"])
        #expect(wrong.first?.detail.hasSuffix("the credentials that were given for it do not open it") == true)
        #expect(wrong.first?.detail.contains("wrong") == false)
        let none = try TestImages.reasons(registry)
        #expect(none.map(\.id) == ["registry-unauthorized"])
        #expect(none.first?.detail.hasSuffix("no credentials were given for it") == true, "\(none)")
        let elsewhere = RegistryCredentials(host: "other.example", .basic(user: "u", password: "p"))
        #expect(
            try TestImages.reasons(registry, "team/app:signed", TestImages.options(elsewhere)).map(\.id)
                == ["registry-unauthorized"])
    }

    @Test("a token is asked for once, and without a refusal before it for the next repository")
    func tokens() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, authentication: Self.bearer)
        let client = try TestImages.client()
        let options = TestImages.options(Self.credentials(registry, "u", "p"))
        #expect(try TestImages.reasons(registry, "team/app:signed", options, client: client) == [])
        #expect(registry.targets.count { $0.hasPrefix("/token") } == 1)
        let token = registry.requests.first { $0.target.hasPrefix("/token") }
        #expect(token?.target == "/token?service=layout&scope=repository%3Ateam%2Fapp%3Apull")
        let before = registry.requests.count
        _ = try TestImages.reasons(registry, "team/other:v1", options, client: client)
        let later = registry.requests.dropFirst(before)
        #expect(later.first?.target.hasPrefix("/token") == true)
        #expect(later.allSatisfy { $0.headers["authorization"] != nil })
    }

    @Test("nobody uses the token of another")
    func isolation() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, authentication: Self.bearer)
        let client = try TestImages.client()
        let owner = TestImages.options(Self.credentials(registry, "u", "p"))
        #expect(try TestImages.reasons(registry, "team/app:signed", owner, client: client) == [])
        for stranger in [RegistryCredentials.none, Self.credentials(registry, "u", "guess")] {
            let reasons = try TestImages.reasons(
                registry, "team/app:signed", TestImages.options(stranger), client: client)
            #expect(reasons.map(\.id) == ["registry-unauthorized"])
        }
    }

    @Test("a token that is no longer taken is replaced")
    func expiry() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, authentication: Self.bearer)
        let client = try TestImages.client()
        let credential = RegistryCredential.basic(user: "u", password: "p")
        let options = TestImages.options(RegistryCredentials(host: registry.host, credential))
        #expect(try TestImages.reasons(registry, "team/app:signed", options, client: client) == [])
        let key = TokenCache.Key(host: registry.host, repository: "team/app", credential: credential)
        client.tokens.add("stale", key, lifetime: 300)
        #expect(try TestImages.reasons(registry, "team/app:signed", options, client: client) == [])
        #expect(client.tokens.token(key) != "stale")
    }

    @Test("tokens are kept for as long as they last, and not for ever")
    func lifetimes() {
        let cache = TokenCache()
        let key = TokenCache.Key(host: "h", repository: "r", credential: nil)
        let now = ContinuousClock.now
        cache.add("t", key, lifetime: 60, now: now)
        #expect(cache.token(key, now: now.advanced(by: .seconds(49))) == "t")
        #expect(cache.token(key, now: now.advanced(by: .seconds(51))) == nil)
        cache.add("long", key, lifetime: .max, now: now)
        #expect(cache.token(key, now: now.advanced(by: .seconds(3_600))) == nil)
        for lifetime in [Int64.min, -1, 0, 10] {
            let other = TokenCache.Key(host: "h", repository: "\(lifetime)", credential: nil)
            cache.add("t", other, lifetime: lifetime, now: now)
            #expect(cache.token(other, now: now) == nil)
        }
    }

    @Test("anybody may read what is public, with credentials that are of no use too")
    func anonymous() throws {
        let registry = try LayoutRegistry(
            layout: TestImages.directory, authentication: .bearer(user: nil, password: ""))
        #expect(try TestImages.reasons(registry) == [])
        let options = TestImages.options(Self.credentials(registry, "old", "password"))
        #expect(try TestImages.reasons(registry, "team/app:signed", options) == [])
    }

    @Test("one credential after the other is tried")
    func several() throws {
        for authentication in [Self.bearer, Self.basic] {
            let registry = try LayoutRegistry(layout: TestImages.directory, authentication: authentication)
            let credentials = Self.credentials(registry, "u", "first").merging(Self.credentials(registry, "u", "p"))
            #expect(try TestImages.reasons(registry, "team/app:signed", TestImages.options(credentials)) == [])
        }
    }

    @Test("refresh tokens are exchanged, and ready tokens sent")
    func otherTokens() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, authentication: Self.bearer)
        let refresh = RegistryCredentials(host: registry.host, .identityToken("p"))
        #expect(try TestImages.reasons(registry, "team/app:signed", TestImages.options(refresh)) == [])
        let post = registry.requests.first { $0.method == "POST" }
        #expect(post?.headers["content-type"] == "application/x-www-form-urlencoded")
        let scope = Data("repository:team/app:pull".utf8).base64EncodedString()
        let ready = RegistryCredentials(host: registry.host, .registryToken(scope))
        #expect(try TestImages.reasons(registry, "team/app:signed", TestImages.options(ready)) == [])
    }

    @Test("a helper that is not run is named")
    func helpers() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, authentication: Self.basic)
        let credentials = try RegistryCredentials(json: Array(#"{"credsStore":"desktop"}"#.utf8))
        let reasons = try TestImages.reasons(registry, "team/app:signed", TestImages.options(credentials))
        #expect(
            reasons.first?.detail.contains("the helper `desktop`, which the configuration names, is not run") == true)
    }

    @Test(
        "a token service that is none",
        arguments: [
            #"Bearer realm="file:///etc/passwd""#, #"Bearer realm="nowhere""#, "Bearer", #"Bearer realm="""#,
            #"Bearer realm="https://u:p@127.0.0.1/token""#, #"Bearer realm="http://example.test/token""#,
        ])
    func realms(challenge: String) throws {
        let registry = try LayoutRegistry(layout: TestImages.directory) { request in
            request.target.hasPrefix("/v2/team") ? .status(401, headers: ["WWW-Authenticate": challenge]) : nil
        }
        let options = TestImages.options(Self.credentials(registry, "u", "p"))
        let reasons = try TestImages.reasons(registry, "team/app:signed", options)
        #expect(reasons.map(\.id) == ["registry-response"], "\(reasons)")
        #expect(reasons.first?.detail.contains("token service") == true)
    }

    @Test(
        "what a token service says is read with care",
        arguments: [
            "", "[]", "{}", #"{"token":""}"#, #"{"token":"a\r\nX: b"}"#, #"{"token":5}"#,
            #"{"token":"a","expires_in":"x"}"#,
        ])
    func answers(body: String) throws {
        let registry = try LayoutRegistry(layout: TestImages.directory, authentication: Self.bearer) { request in
            request.target.hasPrefix("/token") ? .body(body) : nil
        }
        let reasons = try TestImages.reasons(
            registry, "team/app:signed", TestImages.options(Self.credentials(registry, "u", "p")))
        #expect(reasons.map(\.id) == ["registry-response"], "\(reasons)")
        #expect(reasons.first?.detail.contains(registry.host) == true)
    }

    @Test("a token service that fails")
    func failures() throws {
        for (fault, reason) in [
            (LayoutRegistry.Fault.status(503, headers: [:]), "registry-failed"), (.silence, "registry-timeout"),
            (.status(403, headers: [:]), "registry-unauthorized"), (.garbage, "registry-response"),
        ] {
            let registry = try LayoutRegistry(layout: TestImages.directory, authentication: Self.bearer) {
                $0.target.hasPrefix("/token") ? fault : nil
            }
            let options = TestImages.options(Self.credentials(registry, "u", "p"), seconds: 1)
            #expect(try TestImages.reasons(registry, "team/app:signed", options).map(\.id) == [reason])
        }
    }
}
