import Testing

@testable import ImageRegistry

@Suite struct ChallengeTests {
    @Test("challenges are read as servers write them")
    func parses() {
        let cases: [(String, [(String, [String: String])])] = [
            (
                #"Bearer realm="https://auth.example/token",service="registry.example",scope="repository:a/b:pull,push""#,
                [
                    (
                        "bearer",
                        [
                            "realm": "https://auth.example/token", "service": "registry.example",
                            "scope": "repository:a/b:pull,push",
                        ]
                    )
                ]
            ),
            (#"Basic realm="a \"b\"", Bearer realm=x"#, [("basic", ["realm": #"a "b""#]), ("bearer", ["realm": "x"])]),
            ("Negotiate, BASIC Realm = x", [("negotiate", [:]), ("basic", ["realm": "x"])]),
            ("", []), (",,", []), ("=", []), (#"Bearer realm="open"#, [("bearer", ["realm": "open"])]),
            (#"Bearer "loose""#, [("bearer", [:])]),
        ]
        for (text, expected) in cases {
            let found = AuthenticationChallenge.parse(text)
            #expect(found == expected.map { AuthenticationChallenge(scheme: $0.0, parameters: $0.1) }, "\(text)")
        }
    }

    @Test("no text makes the reader stumble")
    func mutations() {
        let start = Array(#"Bearer realm="https://a/b",service="c\"d", Basic realm=e"#.utf8)
        for length in 0...start.count {
            _ = AuthenticationChallenge.parse(String(decoding: start[..<length], as: UTF8.self))
        }
        for index in start.indices {
            for byte in [0, 0x22, 0x2C, 0x3D, 0x5C, 0xFF] as [UInt8] {
                var text = start
                text[index] = byte
                let found = AuthenticationChallenge.parse(String(decoding: text, as: UTF8.self))
                #expect(found.count <= RegistryLimits.maximumChallenges)
            }
        }
    }
}
