import Foundation
import TestCertificates
import Testing

@testable import Certificates

@Suite(.enabled(if: TestCertificates.isPossible, "needs openssl")) struct CertificateSetTests {
    private static let names = [
        "policy-webhook.guardrail-system.svc", "policy-webhook.guardrail-system.svc.cluster.local",
    ]
    private static let day = 86_400

    private func withDirectory(_ body: (_ file: (_ name: String, _ bytes: [UInt8]) throws -> String) throws -> Void)
        throws
    {
        let directory = FileManager.default.temporaryDirectory.appending(path: "certificates-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: directory) }
        try body { name, bytes in
            let file = directory.appending(path: name)
            try Data(bytes).write(to: file)
            return file.path
        }
    }

    private func verify(_ set: CertificateSet, trusting authorities: [UInt8], at time: Int) throws -> Bool {
        var succeeded = false
        try withDirectory { file in
            let result = try Tool.run([
                "openssl", "verify", "-x509_strict", "-purpose", "sslserver", "-attime", String(time),
                "-verify_hostname", Self.names[1], "-CAfile", file("ca.crt", authorities),
                file("tls.crt", set.certificate),
            ])
            succeeded = result.status == 0
        }
        return succeeded
    }

    @Test("openssl verifies what was made, and shows the names, the curve and the purposes")
    func openSSLAgrees() throws {
        let now = Int(Date().timeIntervalSince1970)
        let set = try CertificateSet(names: Self.names, now: now)
        #expect(try verify(set, trusting: set.authorities, at: now))
        #expect(try !verify(set, trusting: set.authorities, at: now + CertificateLimits.servingLifetime + 1))
        try withDirectory { file in
            let text = try Tool.run(["openssl", "x509", "-noout", "-text", "-in", file("tls.crt", set.certificate)])
            for expected in [
                "Version: 3", "NIST CURVE: P-256", "Signature Algorithm: ecdsa-with-SHA256", "CA:FALSE",
                "TLS Web Server Authentication", "DNS:\(Self.names[0]), DNS:\(Self.names[1])", "Digital Signature",
            ] { #expect(text.output.contains(expected), "\(expected)") }
            let authority = try Tool.run(["openssl", "x509", "-noout", "-text", "-in", file("ca.crt", set.authorities)])
            for expected in ["CA:TRUE, pathlen:0", "Certificate Sign, CRL Sign", "X509v3 Basic Constraints: critical"] {
                #expect(authority.output.contains(expected), "\(expected)")
            }
            for (name, key) in [("tls.key", set.key), ("ca.key", set.authorityKey)] {
                let check = try Tool.run(["openssl", "pkey", "-noout", "-check", "-in", file(name, key)])
                #expect(check.status == 0, "\(check.errors)")
            }
        }
    }

    @Test("names other than the server's are not taken")
    func otherNames() throws {
        let set = try CertificateSet(names: Self.names, now: 1_800_000_000)
        #expect(set.inventory(names: Self.names).serving != nil)
        #expect(set.inventory(names: ["other.guardrail-system.svc"]).serving == nil)
    }

    @Test("a new authority: the bundle trusts the old certificate and the new one")
    func rotation() throws {
        let now = 1_800_000_000
        let old = try CertificateSet(names: Self.names, now: now)
        let later = now + 250 * Self.day
        var set = old
        try set.apply(.sign, names: Self.names, now: later - 70 * Self.day)
        let before = set
        #expect(RenewalPlan(set.inventory(names: Self.names), now: later).action == .addAuthority)
        try set.apply(.addAuthority, names: Self.names, now: later)
        #expect(set.certificate == before.certificate)
        #expect(try Certificate.all(pem: set.authorities).count == 2)
        #expect(try verify(before, trusting: set.authorities, at: later))
        let overlap = later + CertificateLimits.authorityOverlap
        let plan = RenewalPlan(set.inventory(names: Self.names), now: overlap)
        #expect(plan.action == .sign)
        try set.apply(plan.action, names: Self.names, now: overlap)
        #expect(try verify(set, trusting: set.authorities, at: overlap))
        #expect(try !verify(set, trusting: old.authorities, at: overlap))
        // The old one leaves the bundle with the next change after its end.
        let end = now + CertificateLimits.authorityLifetime + 200 * Self.day
        try set.apply(.addAuthority, names: Self.names, now: end)
        #expect(try Certificate.all(pem: set.authorities).count == 2)
        #expect(!set.authorities.contains(old.authorities))
    }

    @Test("damaged parts count as missing, and what is made of them works")
    func damaged() throws {
        let now = 1_800_000_000
        let good = try CertificateSet(names: Self.names, now: now)
        let other = try CertificateSet(names: Self.names, now: now)
        var cases: [(String, CertificateSet, RenewalPlan.Action)] = []
        func add(_ name: String, _ action: RenewalPlan.Action, _ change: (inout CertificateSet) -> Void) {
            var set = good
            change(&set)
            cases.append((name, set, action))
        }
        add("no authorities", .makeAll) { $0.authorities = [] }
        add("another authority's key", .makeAll) { $0.authorityKey = other.authorityKey }
        add("half an authority", .makeAll) { $0.authorities.removeLast(200) }
        add("another key", .sign) { $0.key = other.key }
        add("no certificate", .sign) { $0.certificate = Array("x".utf8) }
        add("a certificate of nobody in the bundle", .sign) {
            ($0.certificate, $0.key) = (other.certificate, other.key)
        }
        for (name, set, action) in cases {
            var set = set
            let plan = RenewalPlan(set.inventory(names: Self.names), now: now)
            #expect(plan.action == action, "\(name)")
            try set.apply(plan.action, names: Self.names, now: now)
            #expect(try verify(set, trusting: set.authorities, at: now), "\(name)")
            let after = RenewalPlan(set.inventory(names: Self.names), now: now + CertificateLimits.authorityOverlap)
            #expect(after.action == .keep, "\(name)")
        }
    }

    @Test("mutated PEM never crashes the reader")
    func mutated() throws {
        let set = try CertificateSet(names: Self.names, now: 1_800_000_000)
        var generator = SystemRandomNumberGenerator()
        for _ in 0..<500 {
            var broken = set
            let index = Int.random(in: 0..<broken.certificate.count, using: &generator)
            broken.certificate[index] = UInt8.random(in: 0...255, using: &generator)
            broken.authorities.removeSubrange(Int.random(in: 0..<broken.authorities.count - 1, using: &generator)...)
            #expect(broken.inventory(names: Self.names).authority == nil)
        }
        #expect(throws: CertificateError.self) { try Certificate.all(pem: []) }
        #expect(throws: CertificateError.self) { try PrivateKey(pem: set.certificate) }
    }
}
