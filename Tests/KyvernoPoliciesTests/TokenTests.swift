import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Testing
import Values

@Suite("JSON Web Tokens in policies")
struct TokenTests {
    /// 2026-01-01.
    private static let now = Support.time(1_767_225_600)

    /// What a condition comes to, for a policy on Envoy's requests; the key set lies at `https://keys/`.
    private func judge(_ condition: String) throws -> Decision? {
        var loader = PolicyLoader(languages: PolicyLanguages.bindingUnbound)
        loader.load(
            policies: SourceFile(
                name: "policy.yaml",
                text: """
                    apiVersion: policies.kyverno.io/v1
                    kind: ValidatingPolicy
                    metadata: {name: p}
                    spec:
                      evaluation: {mode: Envoy}
                      validations:
                      - expression: |-
                          (\(condition)) ? envoy.Allowed().Response() : envoy.Denied(403).Response()
                    """))
        let keys = try JSONReader.read(SourceFile(name: "keys.json", text: SampleTokens.keySet)).root
        loader.declare {
            $0.external.responses.append(
                ExternalData.Response(method: "GET", url: "https://keys/", statusCode: 200, body: keys))
        }
        let (loaded, _) = loader.finish()
        let set = try #require(loaded, "\(loader.log.diagnostics.map(\.message))")
        let request = try JSONReader.read(SourceFile(name: "request.json", text: "{}"))
        return set.review(document: request.root, as: .envoyRequests, now: Self.now)?.verdict.evaluations.first?
            .decisions.first
    }

    private static let set = #"jwks.Fetch("https://keys/")"#

    @Test("are verified by the key that they name", arguments: SampleTokens.signed.indices)
    func verified(index: Int) throws {
        let (algorithm, token) = SampleTokens.signed[index]
        let decision = try judge(
            #"jwt.Decode("\#(token)", \#(Self.set)).Valid && jwt.Decode("\#(token)", \#(Self.set)).Claims == "#
                + #"{"iss": dyn("test"), "sub": dyn("alice"), "aud": dyn(["shop"]), "exp": dyn(1893456000.0), "#
                + #""nbf": dyn(1700000000.0), "role": dyn("admin"), "n": dyn(3.0), "deep": dyn({"a": [dyn(1.0), dyn("x")]})}"#
        )
        #expect(decision?.evaluation == .admit, "\(algorithm): \(decision?.message ?? "")")
        // Another signature, of the same length.
        let start = token.index(after: token.lastIndex(of: ".") ?? token.startIndex)
        let other = token[start] == "A" ? "B" : "A"
        let forged = token[..<start] + other + token[token.index(after: start)...]
        let refused = try judge(#"jwt.Decode("\#(forged)", \#(Self.set)).Valid"#)
        #expect(refused?.evaluation == .error, "\(algorithm)")
        #expect(refused?.message.contains("the token's signature does not match") ?? false, "\(refused?.message ?? "")")
    }

    @Test("hold from `nbf` and `iat` on, before `exp`, and are read all the same")
    func times() throws {
        for (token, isValid) in [
            (SampleTokens.plain, true), (SampleTokens.empty, true), (SampleTokens.texts, true),
            (SampleTokens.expired, false), (SampleTokens.early, false), (SampleTokens.issuedLater, false),
        ] {
            let decision = try judge(#"jwt.Decode("\#(token)", "secret").Valid == \#(isValid)"#)
            #expect(decision?.evaluation == .admit, "\(token): \(decision?.message ?? "")")
        }
        let texts = #"jwt.Decode("\#(SampleTokens.texts)", "secret").Claims"#
        #expect(try judge(#"\#(texts).aud == ["a", "b"] && \#(texts).exp == 1893456000.0"#)?.evaluation == .admit)
        #expect(try judge(#"jwt.Decode("\#(SampleTokens.empty)", "secret").Claims == {}"#)?.evaluation == .admit)
        #expect(
            try judge(#"jwt.Decode("\#(SampleTokens.plain)", "secret").Claims.?role.orValue("") == """#)?.evaluation
                == .admit)
    }

    private static let rsa = SampleTokens.signed[0].token

    static let refusals: [(String, String)] = [
        (#"jwt.Decode("\#(SampleTokens.plain)", "other").Valid"#, "the token's signature does not match"),
        (#"jwt.Decode("\#(SampleTokens.none)", "secret").Valid"#, "the algorithm `none` does not go with the key"),
        (#"jwt.Decode("\#(SampleTokens.badExp)", "secret").Valid"#, "`exp` is not a number of seconds"),
        (#"jwt.Decode("\#(SampleTokens.list)", "secret").Valid"#, "the token's claims is not a JSON object"),
        (#"jwt.Decode("\#(SampleTokens.crit)", "secret").Valid"#, "headers that are not known"),
        // A key that is given as text has no name.
        (#"jwt.Decode("\#(SampleTokens.kid)", "secret").Valid"#, "there is no key `k`"),
        (#"jwt.Decode("\#(SampleTokens.plain)", \#(set)).Valid"#, "the token names no key, and there is not just one"),
        // The text of a public key must not become a secret: the token's algorithm does not go with a secret.
        (#"jwt.Decode("\#(rsa)", "secret").Valid"#, "there is no key `rsa`"),
        (#"jwt.Decode("a.b.c", "secret").Valid"#, "is not valid base64"),
        (#"jwt.Decode("", "secret").Valid"#, "three parts"),
    ]

    @Test("that cannot be trusted are errors", arguments: refusals)
    func refused(condition: String, message: String) throws {
        let decision = try judge(condition)
        #expect(decision?.evaluation == .error)
        #expect(decision?.message.contains(message) ?? false, "\(decision?.message ?? "")")
    }
}
