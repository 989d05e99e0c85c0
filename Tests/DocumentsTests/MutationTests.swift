import Diagnostics
import Testing
import Values

@testable import Documents

/// Damaged input: no crash, and every position lies within the file.
@Suite struct MutationTests {
    private static let seeds = [
        "a: &x {p: 1, q: [1, 2.5]}\nb:\n  <<: *x\n  r: |-\n    one\n\n      two\n  s: >\n    fold\n    ed\n---\n? k\n: 'it''s'\n",
        "%YAML 1.1\n---\nkind: List\nitems:\n- !!str 12\n- !!binary aGk=\n- \"e\\n\\u00e9\\U0001F600 \\\n  j\"\n- 0x1F\n- é: ü\r\n...\n",
        "{\"a\":[1,-2.5e3,true,null,\"\\ud83d\\ude00\\n\"],\"b\":{\"c\":{}}}\n---\n{\"d\":18446744073709551616}\n",
    ]

    /// A small generator of our own, so that a failure repeats.
    private struct Random: RandomNumberGenerator {
        var state: UInt64

        mutating func next() -> UInt64 {
            state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
            return state ^ (state >> 29)
        }
    }

    @Test("survives dropped, doubled, swapped and changed bytes", arguments: seeds)
    func mutations(_ seed: String) {
        var random = Random(state: 42)
        let parser = JSONParser()
        for _ in 0..<3000 {
            var bytes = Array(seed.utf8)
            for _ in 0...Int.random(in: 0..<3, using: &random) where bytes.count > 2 {
                let at = Int.random(in: 0..<bytes.count, using: &random)
                switch Int.random(in: 0..<5, using: &random) {
                case 0: bytes.remove(at: at)
                case 1: bytes.insert(bytes[at], at: at)
                case 2: bytes.swapAt(at, Int.random(in: 0..<bytes.count, using: &random))
                case 3: bytes[at] = UInt8.random(in: 0...255, using: &random)
                default: bytes.removeSubrange(at...)
                }
            }
            check(bytes)
            do throws(DocumentError) { walk(try parser.parse(bytes).root) } catch {}
        }
    }

    private func check(_ bytes: [UInt8]) {
        var stream = ManifestStream(SourceFile(name: "mutant", bytes: bytes))
        var steps = 0
        while steps < 1000 {
            steps += 1
            do throws(DocumentError) {
                guard let node = try stream.next() else { return }
                walk(node)
            } catch {
                if let range = error.diagnostic.range { isInside(range.start, stream.source) }
                for note in error.diagnostic.notes {
                    if let range = note.range { isInside(range.start, stream.source) }
                }
            }
        }
        Issue.record("endless stream for \(bytes)")
    }

    private func walk(_ node: Node) {
        if let position = node.position, let source = node.document.source { isInside(position, source) }
        if let map = ScalarMap(node), let source = node.document.source {
            for offset in 0...node.utf8.count { isInside(map.position(utf8Offset: offset), source) }
        }
        for element in node.elements { walk(element) }
        for (key, value) in node.entries {
            walk(key)
            walk(value)
        }
    }

    private func isInside(_ position: SourcePosition, _ source: SourceFile) {
        guard let offset = source.byteOffset(of: position), offset <= source.bytes.count else {
            Issue.record("\(position) is outside of \(source.bytes)")
            return
        }
    }
}
