import Foundation
import Testing

@testable import ImageVerification

@Suite struct KeyTests {
    private let message = Array("what is signed".utf8)

    @Test(
        "verifies ECDSA with the curve's hash and with SHA-256",
        arguments: [("P-256", "-sha256"), ("P-384", "-sha384"), ("P-521", "-sha512")])
    func ecdsa(curve: String, native: String) throws {
        let pair = try TestKey.ec(curve)
        let key = try pair.key()
        for hash in [native, "-sha256"] {
            let signature = try pair.sign(message, [hash])
            #expect(key.verifiesAsCosign(signature, over: message))
            #expect(!key.verifiesAsCosign(signature, over: message + [0]))
            #expect(!key.verifiesAsCosign(Array(signature.dropLast()), over: message))
            #expect(!key.verifiesAsCosign(signature + [0], over: message))
        }
        let other = try TestKey.ec(curve).key()
        #expect(!other.verifiesAsCosign(try pair.sign(message, [native]), over: message))
        let sha256 = try pair.sign(message)
        #expect(key.verifies(sha256, overHash: Digest.sha256.hash(message), .sha256))
        #expect(!key.verifies(sha256, overHash: Digest.sha256.hash(message + [1]), .sha256))
        #expect(!key.verifies(sha256, overHash: [1, 2], .sha256))
    }

    @Test("verifies RSA as PKCS#1 v1.5, and as PSS only where allowed")
    func rsa() throws {
        let pair = try TestKey(["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:2048"])
        let key = try pair.key()
        #expect(key.kind == .rsa(bits: 2_048))
        #expect(key.verifiesAsCosign(try pair.sign(message), over: message))
        let pss = try pair.sign(
            message, ["-sha256", "-sigopt", "rsa_padding_mode:pss", "-sigopt", "rsa_pss_saltlen:32"])
        #expect(!key.verifiesAsCosign(pss, over: message))
        #expect(key.verifiesAsCosign(pss, over: message, allowsPSS: true))
        #expect(!key.verifiesAsCosign(pss, over: message + [0], allowsPSS: true))
    }

    @Test("verifies Ed25519")
    func ed25519() throws {
        let pair = try TestKey(["-algorithm", "ED25519"])
        let key = try pair.key()
        let signature = try pair.sign(message, nil)
        #expect(key.verifiesAsCosign(signature, over: message))
        #expect(!key.verifiesAsCosign(signature, over: message + [0], allowsPrehash: true))
        #expect(!key.verifies(signature, overHash: Digest.sha512.hash(message), .sha512))
    }

    @Test("verifies Ed25519ph as RFC 8032's example has it")
    func ed25519Prehash() throws {
        let raw = try #require(
            BinaryText.decodeHex("ec172b93ad5e563bf4932c70e1245034c35467ef2efd4d64ebf819683467e2bf".utf8))
        let signature = try #require(
            BinaryText.decodeHex(
                ("98a70222f0b8121aa9d30f813d683f809e462b469c7ff87639499bb94e6dae41"
                    + "31f85042463c2a355a2003d062adf5aaa10b8c61e636062aaad11c2a26083406").utf8))
        let abc = Array("abc".utf8)
        #expect(Ed25519Prehash.verifies(signature, over: abc, key: raw))
        #expect(!Ed25519Prehash.verifies(signature, over: Array("abd".utf8), key: raw))
        for position in [0, 31, 32, 63] {
            var broken = signature
            broken[position] ^= 1
            #expect(!Ed25519Prehash.verifies(broken, over: abc, key: raw))
        }
        // S plus the group's order is the same scalar: it must not be a second signature.
        let order: [UInt8] = [
            0xED, 0xD3, 0xF5, 0x5C, 0x1A, 0x63, 0x12, 0x58, 0xD6, 0x9C, 0xF7, 0xA2, 0xDE, 0xF9, 0xDE, 0x14, 0, 0, 0, 0,
            0, 0, 0,
            0, 0, 0, 0, 0, 0, 0, 0, 0x10,
        ]
        var malleable = signature
        var carry = 0
        for position in 0..<32 {
            let sum = Int(malleable[32 + position]) + Int(order[position]) + carry
            malleable[32 + position] = UInt8(sum & 0xFF)
            carry = sum >> 8
        }
        #expect(!Ed25519Prehash.verifies(malleable, over: abc, key: raw))
        let key = try PublicKey(der: [0x30, 0x2A, 0x30, 0x05, 0x06, 0x03, 0x2B, 0x65, 0x70, 0x03, 0x21, 0x00] + raw)
        #expect(key.verifiesAsCosign(signature, over: abc, allowsPrehash: true))
        #expect(!key.verifiesAsCosign(signature, over: abc))
    }

    @Test("refuses keys of other kinds and sizes")
    func otherKeys() throws {
        for options in [
            ["-algorithm", "RSA", "-pkeyopt", "rsa_keygen_bits:1024"], ["-algorithm", "X25519"],
            ["-algorithm", "ED448"],
            ["-algorithm", "EC", "-pkeyopt", "ec_paramgen_curve:secp256k1"],
        ] {
            let pair = try TestKey(options)
            do throws(VerificationError) {
                _ = try PublicKey(pem: pair.publicPEM)
                Issue.record("\(options) was accepted")
            } catch {
                #expect(error.id == "unsupported-key")
            }
        }
    }

    @Test("refuses what is no public key")
    func malformedKeys() throws {
        let pair = try TestKey.ec("P-256")
        let pem = pair.publicPEM
        let secret = String(decoding: try TestKey.openssl(["pkey", "-in", pair.path]), as: UTF8.self)
        for text in [
            "", "x", pem + pem, secret, String(pem.dropLast(10)), pem.replacingOccurrences(of: "M", with: "!"),
        ] {
            #expect(throws: VerificationError.self) { try PublicKey(pem: text) }
        }
        let der = try pair.key().der
        #expect(throws: VerificationError.self) { try PublicKey(der: der + [0]) }
        #expect(throws: VerificationError.self) { try PublicKey(der: Array(der.dropLast())) }
    }
}
