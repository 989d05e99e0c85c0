import FakeKubernetesAPI
import Foundation
import KubernetesAPI
import Synchronization
import Testing
import Values
import Webhook

@testable import PolicyWebhook

/// Namespaces that are newer than the watch's copy.
@Suite struct NamespaceLookupTests {
    /// A clock that moves when it is told to.
    private final class Clock: Sendable {
        private let time = Mutex(Duration.zero)
        var now: Duration { time.withLock { $0 } }
        func advance(_ by: Duration) { time.withLock { $0 += by } }
    }

    /// Answers nothing until it is opened.
    private final class HeldTransport: APITransport {
        private let inner: FakeTransport
        private let gate = DispatchSemaphore(value: 0)
        let asked = Mutex<[String]>([])

        init(_ server: FakeAPIServer) { inner = FakeTransport(server) }

        func open(_ requests: Int) { for _ in 0..<requests { gate.signal() } }

        func send(_ request: APIRequest) throws(APIFailure) -> APIResponse {
            asked.withLock { $0.append(request.target) }
            gate.wait()
            return try inner.send(request)
        }

        func stream(
            _ request: APIRequest, seconds: Int, accepted: () -> Void, chunk: ([UInt8]) -> Bool
        ) throws(APIFailure) {
            throw APIFailure(.unavailable, "no watches here")
        }
    }

    /// What a look-up answered, to wait for.
    private final class Answers: Sendable {
        private let seen = Mutex<[String]>([])
        private let arrived = DispatchSemaphore(value: 0)

        var callback: @Sendable (NamespaceLookup.Answer) -> Void {
            { answer in
                let text: String =
                    switch answer {
                    case .found(let node): node["metadata"]?["labels"]?["team"]?.string ?? "found"
                    case .absent: "absent"
                    case .unknown: "unknown"
                    }
                self.seen.withLock { $0.append(text) }
                self.arrived.signal()
            }
        }

        func wait(_ count: Int) -> [String] {
            for _ in 0..<count where arrived.wait(timeout: .now() + 20) == .timedOut { break }
            return seen.withLock { $0 }
        }
    }

    private let log = Log(level: .error, descriptor: open("/dev/null", O_WRONLY))
    private let server = FakeAPIServer()

    @Test("asks once, remembers for a moment, and asks again")
    func remembers() {
        server.put(.namespaces, #"{"metadata":{"name":"new","labels":{"team":"a"}}}"#)
        let clock = Clock()
        let lookup = NamespaceLookup(KubernetesClient(FakeTransport(server)), log: log) { clock.now }
        defer { lookup.stop() }
        func ask(_ name: String) -> [String] {
            let answers = Answers()
            lookup.find(name, answers.callback)
            return answers.wait(1)
        }
        #expect(ask("new") == ["a"])
        #expect(ask("none") == ["absent"])
        server.put(.namespaces, #"{"metadata":{"name":"new","labels":{"team":"b"}}}"#)
        server.put(.namespaces, #"{"metadata":{"name":"none","labels":{"team":"c"}}}"#)
        #expect(ask("new") == ["a"])
        #expect(ask("none") == ["absent"])
        #expect(server.requests == ["GET /api/v1/namespaces/new", "GET /api/v1/namespaces/none"])
        // Absence is forgotten first.
        clock.advance(ExecutableLimits.absenceMemoryTime)
        #expect(ask("none") == ["c"])
        #expect(ask("new") == ["a"])
        clock.advance(ExecutableLimits.lookupMemoryTime)
        #expect(ask("new") == ["b"])
        #expect(lookup.counters == NamespaceLookup.Counters(found: 3, absent: 1, failed: 0, refused: 0, shared: 3))
    }

    @Test("a server that cannot say is not asked again at once")
    func failures() {
        server.fail(.failure(500, "InternalError", "etcd is away"), times: .max)
        let clock = Clock()
        let lookup = NamespaceLookup(KubernetesClient(FakeTransport(server)), log: log) { clock.now }
        defer { lookup.stop() }
        for _ in 0..<3 {
            let answers = Answers()
            lookup.find("new", answers.callback)
            #expect(answers.wait(1) == ["unknown"])
        }
        #expect(server.requests.count == 1)
        #expect(lookup.counters == NamespaceLookup.Counters(found: 0, absent: 0, failed: 1, refused: 0, shared: 2))
    }

    @Test("many who wait for one name are one request; too many names are refused at once")
    func bounds() {
        let transport = HeldTransport(server)
        let clock = Clock()
        let lookup = NamespaceLookup(KubernetesClient(transport), log: log) { clock.now }
        let same = Answers()
        for _ in 0..<20 { lookup.find("same", same.callback) }
        let others = Answers()
        for number in 1..<ExecutableLimits.lookups { lookup.find("other-\(number)", others.callback) }
        let refused = Answers()
        lookup.find("too-many", refused.callback)
        #expect(refused.wait(1) == ["unknown"])
        #expect(lookup.counters.refused == 1)
        // Those that are at the server already get its answer; the others have waited for too long by now.
        while transport.asked.withLock({ $0.count }) < ExecutableLimits.lookupThreads { usleep(1000) }
        clock.advance(ExecutableLimits.lookupPatience)
        transport.open(ExecutableLimits.lookups)
        #expect(same.wait(20) == Array(repeating: "absent", count: 20))
        let rest = others.wait(ExecutableLimits.lookups - 1)
        #expect(rest.count == ExecutableLimits.lookups - 1)
        #expect(rest.filter { $0 == "unknown" }.count == ExecutableLimits.lookups - ExecutableLimits.lookupThreads)
        #expect(transport.asked.withLock { $0.count } == ExecutableLimits.lookupThreads)
        lookup.stop()
        let late = Answers()
        lookup.find("late", late.callback)
        #expect(late.wait(1) == ["unknown"])
    }

    @Test("at the end of the time a request is judged without, once")
    func expires() {
        let transport = HeldTransport(server)
        let lookup = NamespaceLookup(KubernetesClient(transport), log: log)
        let judged = Answers()
        let admission = NamespaceAdmission("slow", in: lookup, patience: .seconds(1)) { answer in
            judged.callback(answer)
            return .done(.failure(.notReady("a test")))
        }
        let completions = Mutex(0)
        admission.start { _ in completions.withLock { $0 += 1 } }
        admission.expire()
        #expect(judged.wait(1) == ["unknown"])
        transport.open(1)
        // Waits for the request that is under way.
        lookup.stop()
        #expect(completions.withLock { $0 } == 1)
        #expect(judged.wait(0) == ["unknown"])
        #expect(NamespaceAdmission.patience(of: .seconds(1)) == .milliseconds(800))
        #expect(NamespaceAdmission.patience(of: .seconds(30)) == ExecutableLimits.lookupPatience)
        #expect(NamespaceAdmission.patience(of: nil) == ExecutableLimits.lookupPatience)
    }
}
