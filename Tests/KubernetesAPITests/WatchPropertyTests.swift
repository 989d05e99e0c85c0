import FakeKubernetesAPI
import Synchronization
import Testing

@testable import KubernetesAPI

/// After any sequence of events and faults, once the server is left in peace, the copy equals the server's state.
@Suite struct WatchPropertyTests {
    /// Random numbers that a seed repeats (SplitMix64).
    private final class Dice: Sendable {
        private let state: Mutex<UInt64>

        init(seed: UInt64) { state = Mutex(seed) }

        func roll(_ sides: Int) -> Int {
            state.withLock { state in
                state &+= 0x9E37_79B9_7F4A_7C15
                var mixed = state
                mixed = (mixed ^ (mixed >> 30)) &* 0xBF58_476D_1CE4_E5B9
                mixed = (mixed ^ (mixed >> 27)) &* 0x94D0_49BB_1331_11EB
                return Int((mixed ^ (mixed >> 31)) % UInt64(sides))
            }
        }
    }

    private static func disturb(_ server: FakeAPIServer, _ dice: Dice) {
        switch dice.roll(12) {
        case 0: server.disconnect()
        case 1: server.compact()
        case 2: server.setAway(true)
        case 3: server.fail(.failure(410, "Expired", "gone"))
        case 4: server.fail(.failure([500, 503, 504][dice.roll(3)], "InternalError", "no"), times: 1 + dice.roll(3))
        case 5: server.fail(.failure(429, "TooManyRequests", "slow", retryAfter: 1 + dice.roll(9)))
        case 6: server.fail(.failure(403, "Forbidden", "no"))
        case 7: server.fail(FakeAnswer(status: 200, body: Array("{\"kind\":".utf8))) { method, _ in method == "GET" }
        default: server.setAway(false)
        }
    }

    private static func change(_ server: FakeAPIServer, _ dice: Dice) {
        let name = "n\(dice.roll(12))"
        if dice.roll(3) == 0 {
            server.delete(.configMaps, namespace: "d", name: name)
        } else {
            let labels = dice.roll(2) == 0 ? #"{"watched":"yes"}"# : "{}"
            server.put(
                .configMaps,
                #"{"metadata":{"name":"\#(name)","namespace":"d","labels":\#(labels)},"data":{"v":"\#(dice.roll(99))"}}"#
            )
        }
    }

    @Test("random events, disconnects and failures", arguments: 0..<150)
    func random(seed: Int) {
        let dice = Dice(seed: UInt64(seed) &+ 1)
        let simulation = Simulation()
        for _ in 0..<dice.roll(20) { Self.change(simulation.server, dice) }
        simulation.cutWatches {
            Simulation.Cut(
                events: 1 + dice.roll(4), sendsBookmark: dice.roll(3) == 0, piece: 1 + dice.roll(200),
                loses: dice.roll(6) == 0, ends: dice.roll(4) == 0)
        }
        var second = 0
        for _ in 0..<40 {
            second += 1 + dice.roll(20)
            simulation.at(second) { server in
                for _ in 0..<dice.roll(5) { Self.change(server, dice) }
                if dice.roll(2) == 0 { Self.disturb(server, dice) }
            }
        }
        simulation.at(second + 1) { $0.setAway(false) }
        let selection = ObjectSelection(labels: seed % 2 == 0 ? "watched=yes" : "")
        let watch = simulation.watch(.configMaps, selection, jitter: Double(dice.roll(100)) / 100)
        simulation.run(watch, until: second + 700)
        let expected = simulation.server.versions(.configMaps) { seed % 2 == 1 || $0["watched"] == "yes" }
        #expect(watch.versions == expected)
        #expect(watch.current.isSynced)
    }
}
