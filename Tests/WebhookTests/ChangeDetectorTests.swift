import Testing

@testable import Webhook

/// A detector whose looks may stand in an expectation.
private final class Watcher {
    private var detector: ChangeDetector

    init(loaded: UInt64) { detector = ChangeDetector(loaded: loaded) }

    func look(_ current: UInt64, now: Int) -> Bool { detector.look(current, now: now) }
    func finished(_ outcome: ReloadOutcome, now: Int) { detector.finished(outcome, now: now) }
    func request(now: Int) { detector.request(now: now) }
}

@Suite struct ChangeDetectorTests {
    @Test func loadsAChangeOnceItHasSettled() {
        let detector = Watcher(loaded: 1)
        #expect(!detector.look(1, now: 0))
        #expect(!detector.look(2, now: 1))
        #expect(!detector.look(3, now: 2), "still being written")
        #expect(detector.look(3, now: 3))
        detector.finished(.loaded, now: 3)
        #expect(!detector.look(3, now: 4))
    }

    @Test func forgetsAChangeThatWasTakenBack() {
        let detector = Watcher(loaded: 1)
        #expect(!detector.look(2, now: 0))
        #expect(!detector.look(1, now: 1))
        #expect(!detector.look(2, now: 2))
        #expect(detector.look(2, now: 3))
    }

    @Test func loadsWhatNeverSettles() {
        let detector = Watcher(loaded: 0)
        let looks = (1...UInt64(WebhookLimits.unsettledLooks + 1)).map { detector.look($0, now: Int($0)) }
        #expect(looks.last == true)
        #expect(!looks.dropLast().contains(true))
    }

    @Test func triesAgainOnlyWhatCouldNotBeRead() {
        let detector = Watcher(loaded: 1)
        _ = detector.look(2, now: 0)
        #expect(detector.look(2, now: 1))
        detector.finished(.refused, now: 1)
        #expect(!detector.look(2, now: 1000), "the files say the same as before")
        _ = detector.look(3, now: 1001)
        #expect(detector.look(3, now: 1002))
        detector.finished(.unreadable, now: 1002)
        #expect(!detector.look(3, now: 1003))
        #expect(detector.look(3, now: 1002 + WebhookLimits.reloadRetrySeconds))
    }

    @Test func loadsWhenToldTo() {
        let detector = Watcher(loaded: 1)
        detector.request(now: 5)
        #expect(detector.look(1, now: 5))
        #expect(!detector.look(1, now: 6))
    }
}
