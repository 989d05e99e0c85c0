import Foundation
import ImageVerification
import Testing

@testable import ImageRegistry

@Suite struct CredentialTests {
    private static func packed(_ text: String) -> String { Data(text.utf8).base64EncodedString() }

    private static func read(_ json: String) throws -> RegistryCredentials {
        try RegistryCredentials(json: Array(json.utf8))
    }

    @Test("all forms of credentials are read")
    func forms() throws {
        let json = """
            {"auths": {
                "https://index.docker.io/v1/": {"auth": "\(Self.packed("hub:p:w"))"},
                "plain.example": {"username": "u", "password": "p", "email": "x"},
                "token.example": {"identitytoken": "refresh", "auth": "\(Self.packed("00000000:"))"},
                "azure.example": {"auth": "\(Self.packed("<token>:refresh2"))"},
                "ready.example:5000": {"registrytoken": "ready"},
                "empty.example": {}
            }, "credsStore": "desktop", "credHelpers": {"gcr.io": "gcloud"}}
            """
        let credentials = try Self.read(json)
        func first(_ domain: String) -> RegistryCredential? {
            credentials.candidates(domain: domain, path: "a/b").first
        }
        #expect(first("docker.io") == .basic(user: "hub", password: "p:w"))
        #expect(first("plain.example") == .basic(user: "u", password: "p"))
        #expect(first("token.example") == .identityToken("refresh"))
        #expect(first("azure.example") == .identityToken("refresh2"))
        #expect(first("ready.example:5000") == .registryToken("ready"))
        #expect(first("ready.example") == nil)
        #expect(first("empty.example") == nil)
        #expect(credentials.helpers == ["desktop", "gcloud"])
    }

    @Test("the form of kubernetes.io/dockercfg is read")
    func oldForm() throws {
        let credentials = try Self.read(#"{"https://r.example/v2/": {"auth": "\#(Self.packed("u:p"))"}}"#)
        #expect(credentials.candidates(domain: "r.example", path: "x") == [.basic(user: "u", password: "p")])
        #expect(try Self.read("{}").isEmpty)
        #expect(try Self.read(#"{"auths": {}}"#).isEmpty)
        #expect(try Self.read(#"{"HttpHeaders": {"A": "b"}}"#).isEmpty)
    }

    @Test("keys match as kubelet matches them, the longest first")
    func matching() throws {
        let names = [
            "*.example.com", "a.example.com", "a.example.com/team", "a.example.com/team/app", "a.example.com:5000",
            "*.*.example.com", "eu*.gcr.io", "http://plain.test/v1/", "*.kubernetes.io:8080",
        ]
        let auths = names.map { #""\#($0)": {"username": "\#($0)", "password": "p"}"# }.joined(separator: ",")
        let credentials = try Self.read(#"{"auths": {\#(auths)}}"#)
        func users(_ domain: String, _ path: String) -> [String] {
            credentials.candidates(domain: domain, path: path).map {
                if case .basic(let user, _) = $0 { user } else { "" }
            }
        }
        #expect(
            users("a.example.com", "team/app/x")
                == ["a.example.com/team/app", "a.example.com/team", "a.example.com", "*.example.com"])
        #expect(users("a.example.com", "teams/app") == ["a.example.com", "*.example.com"])
        #expect(users("a.example.com:5000", "x") == ["a.example.com:5000"])
        #expect(users("b.a.example.com", "x") == ["*.*.example.com"])
        #expect(users("example.com", "x") == [])
        #expect(users("eu.gcr.io", "x") == ["eu*.gcr.io"])
        #expect(users("eu-west.gcr.io", "x") == ["eu*.gcr.io"])
        #expect(users("us.gcr.io", "x") == [])
        #expect(users("PLAIN.test", "x") == ["http://plain.test/v1/"])
        #expect(users("a.kubernetes.io:8080", "x") == ["*.kubernetes.io:8080"])
        #expect(users("a.kubernetes.io", "x") == [])
    }

    @Test("what came first comes first, and the number of tries is bounded")
    func merging() throws {
        let first = RegistryCredentials(host: "r.example", .basic(user: "first", password: ""))
        let second = RegistryCredentials(host: "r.example", .basic(user: "second", password: ""))
        let merged = first.merging(second)
        #expect(merged.candidates(domain: "r.example", path: "x").count == 2)
        #expect(merged.candidates(domain: "r.example", path: "x").first == .basic(user: "first", password: ""))
        var many = RegistryCredentials.none
        for number in 0..<20 {
            many = many.merging(RegistryCredentials(host: "r.example", .registryToken("\(number)")))
        }
        #expect(many.candidates(domain: "r.example", path: "x").count == RegistryLimits.maximumCredentialTries)
    }

    @Test(
        "what is malformed is refused, and nothing secret is said",
        arguments: [
            #"{"auths": {"r": {"auth": "c2VjcmV0LW5vLWNvbG9u"}}}"#, #"{"auths": {"r": {"auth": "sec ret"}}}"#,
            #"{"auths": {"r": {"auth": 5}}}"#, #"{"auths": {"r": "secret"}}"#, #"{"auths": ["secret"]}"#, "[]",
            "secret", "", #"{"auths": {"r": {"username": ["secret"]}}}"#,
            #"{"auths": {"r": {"auth": "secret", "auth": "secret"}}}"#,
        ])
    func malformed(json: String) {
        do throws(VerificationError) {
            _ = try RegistryCredentials(json: Array(json.utf8))
            Issue.record("passed")
        } catch {
            #expect(error.id == "registry-credentials")
            #expect(!error.detail.contains("secret"), "\(error.detail)")
        }
    }
}
