import Certificates
import Documents
import FakeKubernetesAPI
import Foundation
import Synchronization
import Testing
import Values

@testable import KubernetesAPI
@testable import PolicyWebhook

/// Certificates of our own making: agreed on through a Secret, in a time of the test's own.
@Suite struct CertificateKeeperTests {
    private static let identity = ServiceIdentity(service: "hook", namespace: "sys", configurations: ["guardrail"])
    private static let start = 1_800_000_000

    /// A replica with its clocks and what it was told.
    private final class Replica: Sendable {
        struct State {
            var elapsed = Duration.zero
            /// How far this node's clock is off, in seconds.
            var wallOffset = 0
            var adopted: [CertificateSet] = []
            var renewals: [String] = []
            var patched: [String] = []
            var failures: [String] = []
        }

        let state = Mutex(State())
        let keeper: CertificateKeeper
        let watches: [ResourceWatch]

        init(_ server: FakeAPIServer) {
            let client = KubernetesClient(FakeTransport(server))
            watches = CertificateKeeper.definitions(identity).map {
                ResourceWatch($0, client, ResourceWatch.Environment())
            }
            let relay = Relay()
            keeper = CertificateKeeper(
                identity, client: client, watches: watches,
                environment: CertificateKeeper.Environment(
                    now: { relay.get()?.state.withLock { $0.elapsed } ?? .zero },
                    wallClock: {
                        relay.get()?.state.withLock { start + Int($0.elapsed.components.seconds) + $0.wallOffset }
                            ?? start
                    }, jitter: { 0.5 }, tell: { relay.get()?.note($0) ?? false }))
            relay.set(self)
        }

        private func note(_ event: CertificateKeeper.Event) -> Bool {
            state.withLock { state in
                switch event {
                case .adopted(let set): state.adopted.append(set)
                case .renewed(let reason): state.renewals.append(reason)
                case .patched(let name): state.patched.append(name)
                case .failed(let message): state.failures.append(message)
                }
            }
            return true
        }

        /// Reads the configurations anew.
        func list() {
            for watch in watches { for _ in 0..<2 { _ = watch.step() } }
        }

        func pass(_ seconds: Int) { state.withLock { $0.elapsed += .seconds(seconds) } }
        var current: CertificateSet? { state.withLock { $0.adopted.last } }
    }

    /// Lets closures refer to a replica that is not made yet.
    private final class Relay: Sendable {
        private struct Weak: Sendable { weak var replica: Replica? }

        private let reference = Mutex(Weak())

        func get() -> Replica? { reference.withLock { $0.replica } }
        func set(_ replica: Replica) { reference.withLock { $0.replica = replica } }
    }

    private func server() -> FakeAPIServer {
        let server = FakeAPIServer()
        server.setClock { Self.start }
        return server
    }

    private static func configuration(bundle: String) -> String {
        #"""
        {"metadata":{"name":"guardrail"},"webhooks":[
        {"name":"other.example.com","clientConfig":{"url":"https://o","caBundle":"b3RoZXI="}},
        {"name":"ours.example.com","clientConfig":{"caBundle":"\#(bundle)","service":{"name":"hook","namespace":"sys"}}},
        {"name":"theirs.example.com","clientConfig":{"caBundle":"b3RoZXI=","service":{"name":"hook","namespace":"x"}}}]}
        """#
    }

    @Test("the first makes the Secret, the second uses it")
    func agreement() throws {
        let server = server()
        let (first, second) = (Replica(server), Replica(server))
        #expect(first.keeper.step() == ExecutableLimits.certificateLook)
        #expect(second.keeper.step() == ExecutableLimits.certificateLook)
        #expect(first.current != nil)
        #expect(first.current == second.current)
        #expect(first.state.withLock { $0.renewals } == ["there is no usable authority"])
        #expect(second.state.withLock { $0.renewals }.isEmpty)
        let secret = try #require(server.json(.secrets, namespace: "sys", name: "hook-tls"))
        for part in ["\"type\":\"kubernetes.io\\/tls\"", "\"tls.crt\"", "\"tls.key\"", "\"ca.crt\"", "\"ca.key\""] {
            #expect(secret.contains(part), "\(part) in \(secret)")
        }
        // Nothing new: nothing is written.
        let before = server.versions(.secrets)
        _ = first.keeper.step()
        _ = second.keeper.step()
        #expect(server.versions(.secrets) == before)
        #expect(first.state.withLock { $0.adopted.count } == 1)
    }

    @Test("both find no Secret at the same time: one is refused with 409 and takes the other's")
    func createConflict() {
        let server = server()
        let (first, second) = (Replica(server), Replica(server))
        _ = first.keeper.step()
        // The second's read happened before the first's write.
        server.fail(.failure(404, "NotFound", "not found")) { method, target in
            method == "GET" && target.contains("/secrets/")
        }
        _ = second.keeper.step()
        #expect(first.current == second.current)
        #expect(second.state.withLock { $0.renewals }.isEmpty)
        #expect(server.requests.filter { $0.hasPrefix("POST") }.count == 2)
    }

    @Test("both renew at the same time: the conflict is read again, and both serve the same")
    func updateConflict() {
        let server = server()
        let (first, second) = (Replica(server), Replica(server))
        _ = first.keeper.step()
        _ = second.keeper.step()
        let later = 61 * 86_400
        server.setClock { Self.start + later }
        server.fail(.failure(409, "Conflict", "modified")) { method, _ in method == "PUT" }
        _ = first.keeper.step()
        _ = second.keeper.step()
        #expect(first.current == second.current)
        #expect(first.state.withLock { $0.adopted.count } == 2)
        #expect(first.state.withLock { $0.renewals.count } == 2)
        #expect(second.state.withLock { $0.renewals.count } == 0)
    }

    @Test("caBundle is written where our Service is called, and again when somebody reverts it, not without pauses")
    func patches() throws {
        let server = server()
        server.put(.validatingConfigurations, Self.configuration(bundle: "cGxhY2Vob2xkZXI="))
        server.put(.mutatingConfigurations, Self.configuration(bundle: "cGxhY2Vob2xkZXI="))
        let replica = Replica(server)
        replica.list()
        _ = replica.keeper.step()
        let bundle = Base64.encode(try #require(replica.current).authorities)
        for resource in [FakeResource.validatingConfigurations, .mutatingConfigurations] {
            let json = try #require(server.json(resource, name: "guardrail")).replacingOccurrences(of: "\\/", with: "/")
            #expect(json.components(separatedBy: bundle).count == 2)
            #expect(json.components(separatedBy: "b3RoZXI=").count == 3)
        }
        #expect(
            replica.state.withLock { $0.patched }
                == ["ValidatingWebhookConfiguration/guardrail", "MutatingWebhookConfiguration/guardrail"])
        // The watch has not seen it yet: at once is too soon.
        #expect(replica.keeper.step() < .seconds(1))
        #expect(replica.state.withLock { $0.patched.count } == 2)
        var patches = 0
        for _ in 0..<60 {
            replica.pass(1)
            server.put(.validatingConfigurations, Self.configuration(bundle: "cmV2ZXJ0ZWQ="))
            let fresh = Replica(server)
            fresh.list()
            _ = fresh.keeper.step()
            patches += fresh.state.withLock { $0.patched.count }
        }
        #expect(patches == 60)
    }

    @Test("who fights for the caBundle is not fought every second")
    func fight() {
        let server = server()
        server.put(.validatingConfigurations, Self.configuration(bundle: "cmV2ZXJ0ZWQ="))
        let replica = Replica(server)
        replica.list()
        // The watch shows the reverted one for ever.
        for _ in 0..<300 {
            _ = replica.keeper.step()
            replica.pass(1)
        }
        let patches = replica.state.withLock { $0.patched.count }
        #expect((8...20).contains(patches), "\(patches)")
    }

    @Test("somebody else's certificate is left alone, and it is said")
    func foreign() {
        let server = server()
        server.put(
            .secrets, #"{"metadata":{"name":"hook-tls","namespace":"sys"},"data":{"tls.crt":"eA==","tls.key":"eQ=="}}"#)
        let before = server.versions(.secrets)
        let replica = Replica(server)
        _ = replica.keeper.step()
        #expect(server.versions(.secrets) == before)
        #expect(replica.current == nil)
        #expect(replica.state.withLock { $0.failures.first }?.contains("somebody else's certificate") == true)
    }

    @Test("a damaged Secret is mended, and its labels stay")
    func damaged() throws {
        let server = server()
        server.put(
            .secrets,
            #"{"metadata":{"name":"hook-tls","namespace":"sys","labels":{"a":"b"}},"type":"Opaque","data":{"ca.key":"eA=="}}"#
        )
        let replica = Replica(server)
        _ = replica.keeper.step()
        #expect(replica.current != nil)
        let secret = try #require(server.json(.secrets, namespace: "sys", name: "hook-tls"))
        #expect(secret.contains(#""labels":{"a":"b"}"#))
        #expect(secret.contains(#""type":"Opaque""#))
    }

    @Test("the API is away: the certificate stays in use, and attempts are spread")
    func away() {
        let server = server()
        let replica = Replica(server)
        _ = replica.keeper.step()
        server.setAway(true)
        let delays = (0..<10).map { _ in replica.keeper.step() }
        #expect(delays == delays.sorted())
        #expect(delays.last.map { $0 >= .seconds(15) } == true)
        server.setAway(false)
        #expect(replica.keeper.step() == ExecutableLimits.certificateLook)
        #expect(replica.state.withLock { $0.adopted.count } == 1)
    }

    @Test("this node's clock jumps: the API server's time counts", arguments: [-20, -1, 1, 20])
    func clockJumps(years: Int) {
        let server = server()
        let (broken, other) = (Replica(server), Replica(server))
        _ = other.keeper.step()
        broken.state.withLock { $0.wallOffset = years * 365 * 86_400 }
        _ = broken.keeper.step()
        broken.pass(3600)
        _ = broken.keeper.step()
        #expect(broken.current == other.current)
        #expect(broken.state.withLock { $0.renewals }.isEmpty)
        #expect(broken.keeper.serverTime == Self.start)
    }

    @Test("a year of two replicas: one set at any time, and every certificate of an authority that was known before")
    func year() {
        let server = FakeAPIServer()
        let now = Atomic<Int>(Self.start)
        server.setClock { now.load(ordering: .relaxed) }
        let replicas = [Replica(server), Replica(server)]
        for quarter in 0..<(400 * 4) {
            now.store(Self.start + quarter * 6 * 3600, ordering: .relaxed)
            for replica in replicas { _ = replica.keeper.step() }
            #expect(replicas[0].keeper.serverTime == replicas[1].keeper.serverTime)
            guard let first = replicas[0].current, let second = replicas[1].current else {
                Issue.record("no certificate")
                return
            }
            // Only the one that looked before a change may be one look behind.
            let lag = replicas[1].state.withLock { $0.adopted.count } - replicas[0].state.withLock { $0.adopted.count }
            #expect(first == second || abs(lag) <= 1)
        }
        let renewals = replicas.reduce(0) { sum, replica in sum + replica.state.withLock { $0.renewals.count } }
        #expect((8...12).contains(renewals), "\(renewals)")
    }
}
