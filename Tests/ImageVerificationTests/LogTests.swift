import Testing

@testable import ImageVerification

@Suite struct LogTests {
    /// A Merkle tree as RFC 9162 defines it, recursively; the code under test goes the other way.
    private static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        guard leaves.count > 1 else {
            return leaves.first.map { Digest.sha256.hash([0] + $0) } ?? Digest.sha256.hash([])
        }
        let split = leaves.startIndex + half(leaves.count)
        return Digest.sha256.hash([1] + root(leaves[..<split]) + root(leaves[split...]))
    }

    private static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
        guard leaves.count > 1 else { return [] }
        let split = leaves.startIndex + half(leaves.count)
        return index < split
            ? path(index, leaves[..<split]) + [root(leaves[split...])]
            : path(index, leaves[split...]) + [root(leaves[..<split])]
    }

    /// The largest power of two below the count.
    private static func half(_ count: Int) -> Int {
        var power = 1
        while power * 2 < count { power *= 2 }
        return power
    }

    @Test("follows inclusion proofs in trees of every shape", arguments: 1...33)
    func proofs(size: Int) {
        let leaves = (0..<size).map { [UInt8($0), 7] }
        let root = Self.root(leaves[...])
        for index in 0..<size {
            let hashes = Self.path(index, leaves[...])
            func leads(_ entry: [UInt8], _ index: Int, _ size: Int, _ hashes: [[UInt8]]) -> Bool {
                InclusionProof.leads(
                    from: entry, index: UInt64(index), size: UInt64(size), hashes: hashes, to: root)
            }
            #expect(leads(leaves[index], index, size, hashes))
            #expect(!leads([9, 9], index, size, hashes))
            #expect(!leads(leaves[index], size, size, hashes))
            #expect(!leads(leaves[index], index, size, hashes + [root]))
            if !hashes.isEmpty {
                #expect(!leads(leaves[index], index, size, Array(hashes.dropLast())))
                #expect(!leads(leaves[index], index, size, hashes.map { [$0[0] ^ 1] + $0.dropFirst() }))
            }
            if size > 1 { #expect(!leads(leaves[index], (index + 1) % size, size, hashes)) }
        }
        #expect(!InclusionProof.leads(from: [], index: 0, size: 0, hashes: [], to: root))
        #expect(!InclusionProof.leads(from: [], index: .max, size: .max, hashes: [], to: root))
    }

    private static let text = "log.test\n5\n\(BinaryText.encodeBase64([UInt8](repeating: 3, count: 32)))\n"

    private func line(_ key: TestKey, _ name: String, _ text: String) throws -> String {
        let raw = Array(try key.key().fingerprint[..<4]) + (try key.sign(Array(text.utf8)))
        return "\u{2014} \(name) \(BinaryText.encodeBase64(raw))\n"
    }

    private func reason(_ envelope: String, _ key: PublicKey, host: String = "log.test", namesLog: Bool = true)
        -> String
    {
        let log = TransparencyLog(id: [], key: key, validity: ValidityPeriod(start: nil, end: nil), host: host)
        do throws(VerificationError) {
            try Checkpoint(envelope).requireSignature(by: log, namesLog: namesLog)
            return "pass"
        } catch {
            return error.id
        }
    }

    @Test("finds the log's signature among those of witnesses")
    func witnesses() throws {
        let (log, witness) = (try TestKey.ec("P-256"), try TestKey.ec("P-256"))
        let key = try log.key()
        let own = try line(log, "log.test", Self.text)
        let other = try line(witness, "witness.test", Self.text)
        #expect(reason(Self.text + "\n" + own, key) == "pass")
        #expect(reason(Self.text + "\n" + other + own, key) == "pass")
        #expect(reason(Self.text + "\n" + other, key) == "checkpoint-signature")
        #expect(reason(Self.text + "\n" + (try line(log, "elsewhere.test", Self.text)), key) == "checkpoint-signature")
        #expect(
            reason(Self.text + "\n" + (try line(log, "elsewhere.test", Self.text)), key, namesLog: false) == "pass")
        #expect(reason(Self.text + "\n" + own, key, host: "other.test") == "checkpoint-origin")
        #expect(reason(Self.text.replacing("5", with: "6") + "\n" + own, key) == "checkpoint-signature")
    }

    @Test("takes Ed25519 logs")
    func ed25519() throws {
        let pair = try TestKey(["-algorithm", "ED25519"])
        let key = try pair.key()
        let hint = Digest.sha256.hash(Array("log.test\n\u{1}".utf8) + (key.rawEd25519 ?? []))[..<4]
        let raw = Array(hint) + (try pair.sign(Array(Self.text.utf8), nil))
        #expect(reason("\(Self.text)\n\u{2014} log.test \(BinaryText.encodeBase64(raw))\n", key) == "pass")
    }

    @Test(
        "refuses checkpoints that cannot be read",
        arguments: [
            "", "\n\n", "a\n1\n", "a\n1\nAA==\n\n\u{2014} a AAAAAAA=\n", "a\nx\nROOT\n\n\u{2014} a AAAAAAA=\n",
            "a\n01\nROOT\n\n\u{2014} a AAAAAAA=\n", "a\n1\nROOT\n\u{2014} a AAAAAAA=\n", "a\n1\nROOT\n\n- a AAAAAAA=\n",
            "a\n1\nROOT\n\n\u{2014} a AAAAAAA=", "a\n1\nROOT\n\n\u{2014} a\n", "\n1\nROOT\n\n\u{2014} a AAAAAAA=\n",
            "a\n99999999999999999999\nROOT\n\n\u{2014} a AAAAAAA=\n", "a\n1\nROOT\n\n",
        ])
    func malformed(text: String) throws {
        let root = BinaryText.encodeBase64([UInt8](repeating: 0, count: 32))
        #expect(throws: VerificationError.self) { try Checkpoint(text.replacing("ROOT", with: root)) }
    }
}
