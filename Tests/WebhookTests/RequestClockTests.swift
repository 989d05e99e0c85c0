import NIOCore
import Testing

@testable import Webhook

@Suite struct RequestClockTests {
    private let start = NIODeadline.uptimeNanoseconds(1_000_000)
    private let timeouts = WebhookConfiguration.Timeouts()

    private func at(_ seconds: Int64) -> NIODeadline { start + .seconds(seconds) }

    @Test func idleConnectionsExpire() {
        let clock = RequestClock(timeouts: timeouts, now: start)
        #expect(clock.check(now: at(179)) == .wait(until: at(180)))
        #expect(clock.check(now: at(180)) == .expired(.idle))
    }

    @Test func aHeadHasItsOwnTimeFromTheFirstByte() {
        var clock = RequestClock(timeouts: timeouts, now: start)
        clock.bytesArrived(now: at(100))
        clock.bytesArrived(now: at(105))
        #expect(clock.check(now: at(109)) == .wait(until: at(110)))
        #expect(clock.check(now: at(110)) == .expired(.head))
    }

    @Test func aBodyHasItsOwnTimeFromTheHead() {
        var clock = RequestClock(timeouts: timeouts, now: start)
        clock.bytesArrived(now: start)
        clock.headReceived(now: at(1))
        clock.bytesArrived(now: at(20))
        #expect(clock.check(now: at(30)) == .wait(until: at(31)))
        #expect(clock.check(now: at(31)) == .expired(.body))
        clock.requestEnded(now: at(30))
        #expect(clock.check(now: at(31)) == .wait(until: at(210)))
    }

    @Test func drainingShortensIdleTimeOnly() {
        var clock = RequestClock(timeouts: timeouts, now: start)
        clock.drain(now: at(1))
        #expect(clock.check(now: at(1)) == .wait(until: at(2)))
        var busy = RequestClock(timeouts: timeouts, now: start)
        busy.headReceived(now: start)
        busy.drain(now: at(1))
        #expect(busy.check(now: at(1)) == .wait(until: at(30)))
        busy.requestEnded(now: at(3))
        #expect(busy.check(now: at(4)) == .expired(.idle))
    }

    @Test func blockedOutputHasItsOwnTime() {
        var clock = RequestClock(timeouts: timeouts, now: start)
        clock.outputBlocked(now: start)
        clock.bytesArrived(now: at(1))
        #expect(clock.check(now: at(30)) == .expired(.blocked))
        clock.outputUnblocked(betweenRequests: true, now: at(10))
        #expect(clock.check(now: at(10)) == .wait(until: at(190)))
        clock.outputUnblocked(betweenRequests: false, now: at(20))
        #expect(clock.phase == .idle, "nothing was blocked any more")
    }
}
