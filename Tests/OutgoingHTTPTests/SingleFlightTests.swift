import Foundation
import Synchronization
import Testing

@testable import OutgoingHTTP

@Suite struct SingleFlightTests {
    private struct Failure: Error {}

    @Test("who comes while another one gets it shares what that one gets")
    func shared() {
        let flights = SingleFlight<String, Int>()
        let (isIn, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let results = Mutex<[Int]>([])
        let group = DispatchGroup()
        Thread.detachNewThread(group) {
            let value = flights.value(for: "k", until: nil) { () -> Int in
                isIn.signal()
                mayEnd.wait()
                return 1
            }
            results.withLock { $0.append(value) }
        }
        isIn.wait()
        for _ in 0..<4 {
            Thread.detachNewThread(group) {
                let value = flights.value(for: "k", until: nil) { () -> Int in 2 }
                results.withLock { $0.append(value) }
            }
        }
        while flights.waiting < 4 { usleep(1_000) }
        mayEnd.signal()
        group.wait()
        #expect(results.withLock { $0 } == [1, 1, 1, 1, 1])
        #expect(flights.value(for: "k", until: nil, { 7 }) == 7)
        #expect(flights.value(for: "other", until: nil, { 8 }) == 8)
    }

    @Test("another's failure is nobody else's")
    func failure() {
        let flights = SingleFlight<String, Int>()
        let calls = Atomic<Int>(0)
        let failures = Atomic<Int>(0)
        let group = DispatchGroup()
        for _ in 0..<4 {
            Thread.detachNewThread(group) {
                do {
                    _ = try flights.value(for: "k", until: nil) { () throws(Failure) -> Int in
                        guard calls.add(1, ordering: .relaxed).oldValue == 0 else { return 1 }
                        while flights.waiting < 3 { usleep(1_000) }
                        throw Failure()
                    }
                } catch {
                    failures.add(1, ordering: .relaxed)
                }
            }
        }
        group.wait()
        #expect(failures.load(ordering: .relaxed) == 1)
    }

    @Test("nobody waits beyond the deadline")
    func deadline() {
        let flights = SingleFlight<String, Int>()
        let (isIn, mayEnd) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let group = DispatchGroup()
        Thread.detachNewThread(group) {
            _ = flights.value(for: "k", until: nil) { () -> Int in
                isIn.signal()
                mayEnd.wait()
                return 1
            }
        }
        isIn.wait()
        #expect(flights.value(for: "k", until: .now.advanced(by: .milliseconds(20)), { 2 }) == 2)
        mayEnd.signal()
        group.wait()
    }
}

extension Thread {
    /// A thread that a group waits for.
    fileprivate static func detachNewThread(_ group: DispatchGroup, _ body: @escaping @Sendable () -> Void) {
        group.enter()
        detachNewThread {
            body()
            group.leave()
        }
    }
}
