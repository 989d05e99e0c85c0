import Foundation
import ImageVerification
import OutgoingHTTP
import Testing

@testable import ImageRegistry

/// Texts of registries, of users and of programs, broken in all ways: each must be answered.
@Suite struct TextMutationTests {
    private static let rounds = ProcessInfo.processInfo.environment["GUARDRAIL_MUTATIONS"].flatMap { Int($0) } ?? 2_000

    private struct Mutator {
        var state: UInt64

        init(seed: UInt64) {
            let shift = ProcessInfo.processInfo.environment["GUARDRAIL_MUTATION_SEED"].flatMap { UInt64($0) } ?? 0
            state = (seed &+ shift &* 1_000) &* 0x9E37_79B9_7F4A_7C15 | 1
        }

        mutating func next(_ bound: Int) -> Int {
            state ^= state << 13
            state ^= state >> 7
            state ^= state << 17
            return Int(state % UInt64(max(bound, 1)))
        }

        mutating func broken(_ text: String) -> String {
            var bytes = Array(text.utf8)
            for _ in 0...next(4) {
                guard !bytes.isEmpty else { break }
                let at = next(bytes.count)
                switch next(5) {
                case 0: bytes[at] = [0, 0x22, 0x2C, 0x3D, 0x5C, 0x7B, 0x2F, 0x3A, 0x2A, 0xFF][next(10)]
                case 1: bytes.removeSubrange(at..<min(bytes.count, at + 1 + next(8)))
                case 2: bytes.insert(contentsOf: bytes[at..<min(bytes.count, at + 1 + next(16))], at: at)
                case 3: bytes.swapAt(at, next(bytes.count))
                default: bytes.removeLast(next(bytes.count))
                }
            }
            return String(decoding: bytes, as: UTF8.self)
        }
    }

    @Test("Docker configurations")
    func configurations() throws {
        let config =
            #"{"auths":{"https://index.docker.io/v1/":{"auth":"dTpw"},"*.r.example:5000/a":{"username":"u","password":"p"},"x":{"identitytoken":"t"}},"credHelpers":{"ghcr.io":"a"},"credsStore":"b"}"#
        var mutator = Mutator(seed: 1)
        for _ in 0..<Self.rounds {
            guard let read = try? RegistryCredentials(json: Array(mutator.broken(config).utf8)) else { continue }
            for domain in ["docker.io", "a.r.example:5000", "ghcr.io", mutator.broken("r.example")] {
                #expect(
                    read.candidates(domain: domain, path: mutator.broken("a/b")).count
                        <= RegistryLimits.maximumCredentialTries)
                _ = read.helper(domain: domain)
            }
        }
    }

    @Test("challenges, links and addresses")
    func headers() {
        let challenge = #"Bearer realm="https://a/b",service="c\"d",scope="repository:x:pull", Basic realm=e"#
        let link = #"</v2/a/referrers/b?n=2&last=c>; rel="next""#
        var mutator = Mutator(seed: 2)
        for _ in 0..<Self.rounds {
            let found = AuthenticationChallenge.parse(mutator.broken(challenge))
            #expect(found.count <= RegistryLimits.maximumChallenges)
            let head = HTTPResponseHead(
                status: 200, headers: [HTTPHeader("Link", mutator.broken(link))], url: "https://r.example/v2/")
            let next = RegistrySession.next(HTTPResponse(head: head, body: []))
            // Credentials go there.
            #expect(next?.hasPrefix("https://r.example/") ?? true)
            _ = NetworkZone(address: mutator.broken("[::ffff:169.254.169.254]"))
            _ = NetworkZone(address: mutator.broken("10.0.0.1"))
            _ = try? HTTPURL(mutator.broken("https://r.example:5000/v2/a?b=c#d"))
            _ = RetryPolicy.seconds(mutator.broken("120"))
        }
    }

    @Test("manifests, indexes and answers with errors")
    func replies() {
        let digest = ImageDigest(of: [1])
        let manifest =
            #"{"schemaVersion":2,"mediaType":"m","artifactType":"a","config":{"mediaType":"c","digest":"\#(digest)","size":1},"subject":{"mediaType":"m","digest":"\#(digest)","size":1},"layers":[{"mediaType":"l","digest":"\#(digest)","size":3,"annotations":{"a":"b"}}],"manifests":[{"mediaType":"m","digest":"\#(digest)","size":1,"platform":{"os":"linux","architecture":"arm","variant":"v7"}}]}"#
        let errors = #"{"errors":[{"code":"DENIED","message":"no \u0007","detail":{}}]}"#
        var mutator = Mutator(seed: 3)
        for _ in 0..<Self.rounds {
            if let read = try? Manifest(Array(mutator.broken(manifest).utf8)) {
                #expect(read.layers.allSatisfy { $0.size >= 0 })
            }
            let head = HTTPResponseHead(status: 403, headers: [], url: "https://r.example/v2/")
            let text = RegistryFault.message(HTTPResponse(head: head, body: Array(mutator.broken(errors).utf8)))
            #expect(text.unicodeScalars.allSatisfy { $0.value >= 0x20 })
        }
    }
}
