import FakeKubernetesAPI
import Foundation
import Synchronization
import Testing
import Values

@testable import KubernetesAPI

/// One watch against everything that API servers do. After each fault the copy equals the server's state: nothing is
/// lost.
@Suite struct ResourceWatchTests {
    private func simulation(namespaces: Int) -> Simulation {
        let simulation = Simulation()
        for number in 0..<namespaces { simulation.server.putNamespace("n\(number)") }
        return simulation
    }

    private func lists(_ simulation: Simulation) -> [String] {
        simulation.server.requests.filter { $0.hasPrefix("GET /api/v1/namespaces") }
    }

    @Test("lists page by page, then follows changes")
    func listAndWatch() throws {
        let simulation = simulation(namespaces: 600)
        simulation.at(10) { $0.putNamespace("new", #"{"team":"a"}"#) }
        simulation.at(11) { $0.putNamespace("new", #"{"team":"b"}"#) }
        simulation.at(12) { $0.delete(.namespaces, name: "n7") }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 5)
        #expect(watch.current.isSynced)
        #expect(watch.current.cache.objects.count == 600)
        #expect(lists(simulation).count == 3)
        simulation.run(watch, until: 60)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        let node = try #require(watch.current.cache.objects[ObjectKey(name: "new")]?.node)
        #expect(node["metadata"]?["labels"]?["team"]?.string == "b")
        #expect(node["kind"]?.string == "Namespace")
        #expect(node["metadata"]?["managedFields"] == nil)
        // Listed objects get what lists leave out.
        let listed = try #require(watch.current.cache.objects[ObjectKey(name: "n1")]?.node)
        #expect(listed["apiVersion"]?.string == "v1")
        #expect(simulation.reports == [.synced(objects: 600)])
        #expect(simulation.changes == 4)
    }

    @Test("an object that leaves the selection is gone, one that joins it is new")
    func selection() {
        let simulation = Simulation()
        simulation.server.putNamespace("a", #"{"team":"x"}"#)
        simulation.server.putNamespace("b", #"{"team":"y"}"#)
        simulation.at(10) { $0.putNamespace("a", #"{"team":"y"}"#) }
        simulation.at(20) { $0.putNamespace("b", #"{"team":"x"}"#) }
        let watch = simulation.watch(.namespaces, ObjectSelection(labels: "team=x"))
        simulation.run(watch, until: 5)
        #expect(Array(watch.versions.keys) == ["/a"])
        simulation.run(watch, until: 15)
        #expect(watch.versions.isEmpty)
        simulation.run(watch, until: 25)
        #expect(Array(watch.versions.keys) == ["/b"])
    }

    @Test("after a disconnect it goes on where it was, without listing again")
    func disconnect() {
        let simulation = simulation(namespaces: 3)
        for second in 1..<20 {
            simulation.at(second * 10) { server in
                server.disconnect()
                server.putNamespace("late\(second)")
            }
        }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 250)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(lists(simulation).count == 1)
        #expect(watch.current.counters.watches >= 19)
        #expect(watch.current.failure == nil)
    }

    @Test("events that came with a connection that was lost within a line are not lost")
    func lostWithinLine() {
        let simulation = simulation(namespaces: 3)
        let losses = Atomic<Int>(0)
        simulation.cutWatches {
            // The last event must come through some time.
            Simulation.Cut(events: 2, piece: 7, loses: losses.add(1, ordering: .relaxed).newValue <= 8)
        }
        simulation.at(10) { server in for number in 0..<9 { server.putNamespace("x\(number)") } }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 400)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(lists(simulation).count == 1)
    }

    @Test("bookmarks keep the resource version young: no list after the history was dropped")
    func bookmarks() {
        let simulation = simulation(namespaces: 3)
        simulation.cutWatches { Simulation.Cut(sendsBookmark: true, ends: true) }
        simulation.at(10) { server in
            for number in 0..<5 { server.put(.configMaps, #"{"metadata":{"name":"c\#(number)","namespace":"d"}}"#) }
        }
        simulation.at(100) { $0.compact() }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 200)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(lists(simulation).count == 1)
    }

    @Test("410 Gone, as a status or within the stream: it lists again", arguments: [0, 1])
    func gone(offset: Int) {
        let simulation = simulation(namespaces: 3)
        // The fake answers even versions with a status and odd ones with an ERROR event.
        if offset == 1 { simulation.server.putNamespace("odd") }
        simulation.at(20) { server in
            server.setAway(true)
            server.delete(.namespaces, name: "n1")
            server.putNamespace("while-away")
            server.compact()
            server.setAway(false)
        }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 10)
        simulation.run(watch, until: 60)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(lists(simulation).count == 2)
        #expect(watch.current.counters.failures == 1)
        // That is how watches are; nobody is told.
        #expect(!simulation.reports.contains { if case .failed = $0 { true } else { false } })
    }

    @Test("pages that the server forgot: it begins the list again, at last without pages")
    func forgottenPages() {
        let simulation = simulation(namespaces: 600)
        simulation.server.fail(.failure(410, "Expired", "too old"), times: 3) { _, target in
            target.contains("continue=")
        }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 60)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(lists(simulation).last?.contains("limit=") == false)
    }

    @Test("a page that is too large is asked for in smaller parts")
    func largePages() {
        let simulation = simulation(namespaces: 100)
        simulation.limitPages(bytes: 6000)
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 60)
        #expect(watch.versions == simulation.server.versions(.namespaces))
    }

    @Test("401: the token file is read again at once")
    func unauthorized() throws {
        let file = FileManager.default.temporaryDirectory.appending(path: "token-\(UUID().uuidString)")
        defer { try? FileManager.default.removeItem(at: file) }
        try Data("first\n".utf8).write(to: file)
        let simulation = simulation(namespaces: 3)
        simulation.server.setTokens(["first"])
        let watch = simulation.watch(.namespaces, token: BearerToken(file: file.path) { simulation.now })
        let path = file.path
        simulation.at(10) { server in
            try? Data("second\n".utf8).write(to: URL(filePath: path))
            server.setTokens(["second"])
            server.disconnect()
            server.putNamespace("new")
        }
        simulation.run(watch, until: 14)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(simulation.reports.last == .restored)
    }

    @Test("403: it says so once, and works as soon as the role is there")
    func forbidden() {
        let simulation = simulation(namespaces: 3)
        simulation.server.fail(.failure(403, "Forbidden", "may not list"), times: 6) { _, target in
            target.contains("/namespaces")
        }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 3)
        #expect(!watch.current.isSynced)
        #expect(watch.current.failure == APIFailure(.forbidden, "may not list"))
        simulation.run(watch, until: 120)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(
            simulation.reports == [.failed(APIFailure(.forbidden, "may not list")), .synced(objects: 3), .restored])
    }

    @Test("429: not before Retry-After, and not much later")
    func tooManyRequests() {
        let simulation = simulation(namespaces: 3)
        simulation.server.fail(.failure(429, "TooManyRequests", "slow down", retryAfter: 17)) { _, target in
            target.contains("/namespaces")
        }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 16)
        #expect(!watch.current.isSynced)
        simulation.run(watch, until: 19)
        #expect(watch.current.isSynced)
    }

    @Test("5xx while listing, while watching and within the stream", arguments: [500, 502, 503, 504])
    func serverErrors(code: Int) {
        let simulation = simulation(namespaces: 3)
        simulation.server.fail(.failure(code, "InternalError", "etcd has no leader"), times: 2) { _, target in
            target.contains("/namespaces")
        }
        simulation.at(20) { server in
            server.fail(FakeAnswer(status: code, body: Array("<html>".utf8)), times: 3) { method, _ in
                method == "WATCH"
            }
            server.disconnect()
            server.putNamespace("new")
        }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 60)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(watch.current.counters.lists == 1)
        #expect(watch.current.counters.failures == 5)
    }

    @Test("the API is gone for 60 s: the copy stays, few attempts are made, and afterwards nothing is missing")
    func goneForAMinute() {
        let simulation = simulation(namespaces: 50)
        simulation.at(20) { server in
            server.setAway(true)
            server.delete(.namespaces, name: "n3")
            server.putNamespace("born-meanwhile")
        }
        simulation.at(80) { $0.setAway(false) }
        let watch = simulation.watch(.namespaces)
        simulation.run(watch, until: 70)
        #expect(watch.current.cache.objects.count == 50)
        #expect(watch.current.isSynced)
        #expect(watch.current.failure?.kind == .unreachable)
        #expect(watch.current.lastContact.map { simulation.now - $0 >= .seconds(49) } == true)
        let attempts = watch.current.counters.failures
        #expect((4...12).contains(attempts), "\(attempts)")
        simulation.run(watch, until: 80 + 31)
        #expect(watch.versions == simulation.server.versions(.namespaces))
        #expect(lists(simulation).count == 1)
        #expect(simulation.reports.last == .restored)
    }

    @Test("a kind that is not served is no failure, and is found once it is there")
    func absentKind() {
        let simulation = Simulation()
        simulation.server.serve(.exceptions, false)
        simulation.at(100) { server in
            server.serve(.exceptions, true)
            server.put(.exceptions, #"{"metadata":{"name":"e","namespace":"d"}}"#)
        }
        let watch = simulation.watch(.exceptions)
        simulation.run(watch, until: 90)
        #expect(watch.current.isSynced && watch.current.isAbsent)
        #expect(watch.current.failure == nil)
        simulation.run(watch, until: 140)
        #expect(!watch.current.isAbsent)
        #expect(watch.versions == simulation.server.versions(.exceptions))
    }

    @Test("a stopped watch does no more")
    func cancelled() {
        let simulation = simulation(namespaces: 3)
        let watch = simulation.watch(.namespaces)
        watch.cancel()
        #expect(watch.isCancelled)
    }
}
