import CEL
import Testing

@Suite(.enabled(if: ConformanceData.isPresent, "the conformance data is not there"))
struct ParserFuzzTests {
    @Test("survives damaged expressions, with spans in bounds")
    func mutations() {
        var generator = SplitMix(state: 42)
        let environment = ConformanceData.kubernetes
        let expressions = ["generated", "library-tests", "crd-validation-tests"]
            .flatMap { ConformanceData.cases($0).map(\.expression) }
        let seeds = expressions.filter { $0.utf8.count < 2_000 }.map { Array($0.utf8) }
        let clock = ContinuousClock()
        for round in 0..<30_000 {
            let seed = seeds[Int(generator.next() % UInt64(seeds.count))]
            let other = seeds[Int(generator.next() % UInt64(seeds.count))]
            let text = String(decoding: mutate(seed, other, &generator), as: UTF8.self)
            let size = UInt32(text.utf8.count)
            let time = clock.measure {
                for issue in issues(text, environment) {
                    #expect(issue.span.start <= issue.span.end && issue.span.end <= size, "round \(round): \(text)")
                }
            }
            #expect(time < .seconds(2), "round \(round): \(text)")
        }
    }

    private func mutate(_ seed: [UInt8], _ other: [UInt8], _ generator: inout SplitMix) -> [UInt8] {
        var bytes = seed
        for _ in 0...generator.next() % 3 where !bytes.isEmpty {
            let tokens = cut(bytes)
            let index = Int(generator.next() % UInt64(tokens.count))
            let token = tokens[index]
            switch generator.next() % 7 {
            case 0: bytes.removeSubrange(token)
            case 1: bytes.insert(contentsOf: bytes[token], at: token.lowerBound)
            case 2:
                let swap = tokens[Int(generator.next() % UInt64(tokens.count))]
                bytes.replaceSubrange(token, with: Array(bytes[swap]))
            case 3:
                let pieces = cut(other)
                guard !pieces.isEmpty else { continue }
                bytes.replaceSubrange(token, with: other[pieces[Int(generator.next() % UInt64(pieces.count))]])
            case 4: bytes[token.lowerBound] = UInt8(truncatingIfNeeded: generator.next())
            case 5: bytes.removeLast(bytes.count - token.lowerBound)
            default: bytes.insert(contentsOf: other, at: token.lowerBound)
            }
        }
        return bytes
    }

    /// Words, numbers and single other bytes.
    private func cut(_ bytes: [UInt8]) -> [Range<Int>] {
        var result: [Range<Int>] = []
        var start = 0
        while start < bytes.count {
            var end = start + 1
            func isWord(_ byte: UInt8) -> Bool {
                byte >= 0x30 && byte <= 0x39 || (byte | 0x20) >= 0x61 && (byte | 0x20) <= 0x7A
            }
            if isWord(bytes[start]) { while end < bytes.count, isWord(bytes[end]) { end += 1 } }
            result.append(start..<end)
            start = end
        }
        return result
    }
}

struct SplitMix {
    var state: UInt64

    mutating func next() -> UInt64 {
        state &+= 0x9E37_79B9_7F4A_7C15
        var z = state
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }
}
