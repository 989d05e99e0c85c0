import Diagnostics
import PolicyEngine
import PolicyLanguages
import Testing
import Values

@Suite("x509.decode")
struct CertificateTests {
    /// Judges a Pod whose annotation holds the text, by an expression about `cert`, which is the decoded text.
    private func review(_ text: String, _ expression: String) throws -> Verdict {
        let indented = text.replacing("\n", with: "\n      ")
        let pod = """
            apiVersion: v1
            kind: Pod
            metadata:
              name: web
              annotations:
                cert: |
                  \(indented)
            spec: {containers: []}
            """
        let (set, log) = try Support.load(
            Support.policy(
                """
                variables:
                - {name: cert, expression: "x509.decode(object.metadata.annotations.cert)"}
                validations:
                - expression: >-
                    \(expression)
                  messageExpression: json.marshal(variables.cert)
                """))
        return try #require(set, "\(log.diagnostics.map(\.message))").review(try Support.request(pod))
    }

    static let truths: [String] = [
        #"variables.cert.PublicKeyAlgorithm == 1 && variables.cert.SerialNumber == 4711"#,
        #"variables.cert.PublicKey.N == "\#(SampleCertificates.modulus)" && variables.cert.PublicKey.E == 65537"#,
        #"variables.cert.Issuer.CommonName == "web.example.com" && variables.cert.Issuer.Country == ["CH"]"#,
        #"variables.cert.Issuer.Organization == ["Example"] && variables.cert.Issuer.Locality == null"#,
        #"variables.cert.Issuer.Names[3].Type == [2, 5, 4, 3] && variables.cert.Issuer.SerialNumber == """#,
        #"variables.cert.NotBefore == "2026-01-01T00:00:00Z" && variables.cert.NotAfter == "2056-01-01T12:30:00Z""#,
        #"timestamp(variables.cert.NotAfter) > timestamp("2055-01-01T00:00:00Z")"#,
        // Digital signature, key encipherment and certificate signing: bits 0, 2 and 5.
        #"variables.cert.KeyUsage == 37 && variables.cert.ExtKeyUsage == [1, 2]"#,
        #"variables.cert.BasicConstraintsValid && variables.cert.IsCA"#,
        #"variables.cert.MaxPathLen == 0 && variables.cert.MaxPathLenZero"#,
        #"variables.cert.DNSNames == ["web.example.com", "www.example.com"]"#,
        #"variables.cert.IPAddresses == ["10.0.0.1", "2001:db8::1"]"#,
        #"variables.cert.EmailAddresses == ["a@example.com"]"#,
        #"variables.cert.AuthorityKeyId == "AQID" && variables.cert.PolicyIdentifiers == [[1, 2, 3, 4]]"#,
        #"variables.cert.OCSPServer == ["http://ocsp.example.com"]"#,
        #"variables.cert.IssuingCertificateURL == ["http://ca.example.com/ca.crt"]"#,
        #"variables.cert.CRLDistributionPoints == ["http://crl.example.com/a.crl"]"#,
        #"variables.cert.PermittedDNSDomainsCritical && variables.cert.PermittedDNSDomains == ["example.com"]"#,
        #"variables.cert.ExcludedDNSDomains == ["evil.example.com"] && variables.cert.ExcludedURIDomains == null"#,
        #"variables.cert.PermittedIPRanges[0].IP == "10.0.0.0" && variables.cert.PermittedIPRanges[0].Mask == "/wAAAA==""#,
        #"variables.cert.Extensions.size() == 9 && variables.cert.Extensions[0].Critical"#,
        #"variables.cert.Extensions[0].Id == [2, 5, 29, 19] && variables.cert.ExtraExtensions == null"#,
        #"base64.decode(variables.cert.Raw).size() > base64.decode(variables.cert.RawTBSCertificate).size()"#,
        #"base64.decode(variables.cert.Signature).size() == 256"#,
        #"variables.cert.RawSubject == variables.cert.RawIssuer"#,
    ]

    @Test("tells what a certificate says", arguments: truths)
    func certificate(expression: String) throws {
        let verdict = try review(SampleCertificates.authority, expression)
        #expect(verdict.isAllowed, "\(verdict.status?.message ?? "")")
    }

    static let requestTruths: [String] = [
        #"variables.cert.Subject.CommonName == "req.example.com" && variables.cert.Version == 0"#,
        #"variables.cert.DNSNames == ["req.example.com"] && variables.cert.URIs == null"#,
        #"variables.cert.SignatureAlgorithm == 4 && variables.cert.PublicKeyAlgorithm == 1"#,
        #"variables.cert.PublicKey.N == "\#(SampleCertificates.modulus)" && variables.cert.Extensions.size() == 1"#,
    ]

    @Test("tells what a request for a certificate says", arguments: requestTruths)
    func request(expression: String) throws {
        let verdict = try review(SampleCertificates.request, expression)
        #expect(verdict.isAllowed, "\(verdict.status?.message ?? "")")
    }

    @Test("knows RSA keys only, as in Kyverno")
    func elliptic() throws {
        let denial = try review(SampleCertificates.elliptic, "variables.cert.IsCA == true").denial
        #expect(denial?.message.hasSuffix("certificate should use rsa algorithm") == true)
    }

    @Test("refuses every damaged certificate, or reads it, and never stops")
    func damage() throws {
        let lines = SampleCertificates.authority.split(separator: "\n").map(String.init)
        let body = Array(lines[1..<(lines.count - 1)].joined())
        for step in stride(from: 0, to: body.count, by: 7) {
            var damaged = body
            damaged[step] = damaged[step] == "A" ? "z" : "A"
            if step % 3 == 0 { damaged.removeLast(step % 64) }
            let text = ([lines[0]] + [String(damaged)] + [lines[lines.count - 1]]).joined(separator: "\n")
            let verdict = try review(text, "variables.cert.Raw != ''")
            #expect(verdict.isAllowed || verdict.denial?.evaluation == .error)
        }
    }
}
