import Diagnostics
import PolicyEngine
import PolicyLanguages
import Testing
import Values

@Suite("Kyverno's functions")
struct LibraryTests {
    static let truths: [String] = [
        #"md5("") == "d41d8cd98f00b204e9800998ecf8427e""#,
        #"md5("The quick brown fox jumps over the lazy dog") == "9e107d9d372bb6826bd81d3542a419d6""#,
        #"sha1("abc") == "a9993e364706816aba3e25717850c26c9cd0d89d""#,
        #"sha256("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855""#,
        #"hash.sha256("abc") == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad""#,
        #"sha256("aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa") == "ffe054fe7ae0cb6dc65c3af9b61d5209f439851db43d0ba5997337df154668eb""#,
        #"json.unmarshal("{\"a\": [1, {\"b\": null}]}").a[0] == 1"#,
        #"json.marshal({"b": dyn(1), "a": dyn([dyn(true), dyn(null)])}) == "{\"a\":[true,null],\"b\":1}""#,
        #"yaml.parse("a: [x, yes]").a == [dyn("x"), dyn(true)]"#,
        "math.round(2.345, 2) == 2.35 && math.round(-2.5) == -3.0",
        #"time.truncate(timestamp("2026-11-21T06:38:01.5Z"), duration("1h")) == timestamp("2026-11-21T06:00:00Z")"#,
        #"time.toCron(timestamp("2026-11-21T06:38:01Z")) == "38 6 21 11 6""#,
        #"time.now() == timestamp("2026-01-01T00:00:00Z")"#,
        #"image("nginx").registry() == "index.docker.io" && image("nginx").repository() == "library/nginx""#,
        #"parseImageReference("ghcr.io:443/a/b:v1").registry() == "ghcr.io:443" && image("ghcr.io:443/a/b:v1").tag() == "v1""#,
        #"image("nginx").identifier() == "latest" && image("nginx:1").identifierWithSeparator() == ":1""#,
        #"!isImage("NGINX") && !isImage("a b") && isImage("docker.io/redis")"#,
        #"!image("nginx:1").containsDigest() && image("nginx:1").digest() == """#,
        #"parseServiceAccount("system:serviceaccount:ns:sa").Name == "sa""#,
        #"parseServiceAccount("system:serviceaccount:ns:sa").Namespace == "ns" && parseServiceAccount("joe").Name == """#,
        #"listObjToMap([{"n": "a"}, {"n": "b"}], [{"v": "1"}, {"v": "2"}], "n", "v") == {"a": "1", "b": "2"}"#,
        #"resource.get("v1", "configmaps", "default", "cm").data.x == "1""#,
        #"size(resource.List("v1", "configmaps", "default").items) == 1"#,
        #"resource.List("v1", "configmaps", "default", {"no": "such"}).items.size() == 0"#,
        #"image.getMetadata("docker.io/nginx:1.25").config.architecture == "amd64""#,
        #"["x"].all(image, image.startsWith("x"))"#,
        #"object.spec.containers.orValue([]).size() == 1 && object.spec.?volumes.orValue([]).size() == 0"#,
        #"exceptions.allowedImages == []"#,
        #"resource.Get(resource.ToGVR("v1", "ConfigMap"), "default", "cm").data.x == "1""#,
        #"resource.list(resource.toGVR("v1", "ConfigMap"), "default").items.size() == 1"#,
        #"resource.ToGVR("apps/v1", "Deployment") == resource.toGVR("apps/v1", "Deployment")"#,
        #"random().matches("^[0-9a-z]{8}$") && random.random().size() == 8"#,
        #"random("[A-F]{3}-\\d{2,4}(x|yy)?").matches("^[A-F]{3}-[0-9]{2,4}(x|yy)?$")"#,
        #"[1, 2, 3, 4].map(i, random("[a-z]{16}")).distinct().size() == 4"#,
        #"gzip.decompress(gzip.compress("hello hello hello")) == "hello hello hello""#,
        #"gzip.decompress(gzip.compress("")) == """#,
        #"gzip.decompress(base64.decode("H4sIAAAAAAAA/8tIzcnJVyjPL8pJAQCFEUoNCwAAAA==")) == "hello world""#,
    ]

    private static let context = """
        apiVersion: cli.kyverno.io/v1alpha1
        kind: Context
        metadata: {name: context}
        spec:
          resources:
          - apiVersion: v1
            kind: ConfigMap
            metadata: {name: cm, namespace: default}
            data: {x: "1"}
          images:
          - image: nginx:1.25
            config: {architecture: amd64}
        """

    private func review(_ expression: String) throws -> Verdict {
        let (set, log) = try Support.load(
            Support.policy("validations:\n- expression: |-\n    \(expression)"), context: Self.context)
        let policies = try #require(set, "\(log.diagnostics)")
        return policies.review(try Support.request(Support.pod), now: Support.time(1_767_225_600))
    }

    @Test("are true of", arguments: truths)
    func truth(expression: String) throws {
        let verdict = try review(expression)
        #expect(verdict.isAllowed, "\(verdict.status?.message ?? "")")
    }

    static let undecided: [(String, String)] = [
        (#"resource.Get("v1", "secrets", "default", "s").data != {}"#, "the object `secrets` `default/s`"),
        (#"image.GetMetadata("busybox").config != {}"#, "metadata of the image `busybox`"),
        (#"http.Get("https://x/").body == 1"#, "the answer to GET `https://x/`"),
        (#"globalContext.Get("g") == 1"#, "the global context entry `g`"),
    ]

    @Test("say which data is missing", arguments: undecided)
    func missing(expression: String, what: String) throws {
        let decision = try #require(try review(expression).denial)
        #expect(decision.missing == .data(what))
        #expect(decision.message == "undecided: needs \(what)")
    }

    @Test("that an answer does not depend on are not missed")
    func absorbed() throws {
        #expect(try review(#"http.Get("https://x/").body == 1 || object.kind == "Pod""#).isAllowed)
    }

    @Test("fail where an object is known not to exist")
    func notFound() throws {
        let decision = try #require(try review(#"resource.Get("v1", "configmaps", "default", "no") != {}"#).denial)
        #expect(decision.missing == nil)
        #expect(decision.message.contains("`configmaps` `default/no` not found"))
    }

    static let broken: [(String, String)] = [
        (#"random("[z-a]") == """#, "a range of characters in the pattern has no order"),
        (#"random("\\bx") == """#, "`\\b` in a pattern is not supported"),
        (#"random("a{9999}") == """#, "a part is repeated too often"),
    ]

    @Test("of a constant pattern that makes no text are refused when the policy is loaded", arguments: broken)
    func brokenPattern(expression: String, message: String) throws {
        let (set, log) = try Support.load(
            Support.policy("validations:\n- expression: |-\n    \(expression)"))
        #expect(set == nil)
        #expect(log.diagnostics.map(\.id) == ["cel-invalid-constant"])
        #expect(log.diagnostics.first?.message.contains(message) == true, "\(log.diagnostics.map(\.message))")
        #expect(log.diagnostics.first?.range?.start.line == 14)
    }

    static let failing: [(String, String)] = [
        (#"gzip.decompress(b"plain text") == """#, "the data is no gzip stream"),
        (#"gzip.decompress(base64.decode("H4sIAAAAAAAA/8tI")) == """#, "the data is no gzip stream"),
        (#"x509.decode("nothing") == {}"#, "failed to decode PEM block"),
        (
            #"x509.decode("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----") == {}"#,
            "x509: malformed certificate"
        ),
        (
            #"x509.decode("-----BEGIN KEY-----\nAAAA\n-----END KEY-----") == {}"#,
            "PEM block neither contains a CERTIFICATE or CERTIFICATE REQUEST"
        ),
    ]

    @Test("fail with a reason", arguments: failing)
    func failure(expression: String, message: String) throws {
        let decision = try #require(try review(expression).denial)
        #expect(decision.missing == nil)
        #expect(decision.message.hasSuffix("resulted in error: \(message)"), "\(decision.message)")
    }

    @Test("of chance give the same text for the same request where output is compared")
    func chance() throws {
        func texts(_ randomness: ClusterContext.Randomness) throws -> [String] {
            var loader = PolicyLoader()
            loader.load(
                policies: SourceFile(
                    name: "p.yaml",
                    text: Support.policy("validations:\n- expression: 1 > 2\n  messageExpression: random('[a-z]{32}')"))
            )
            loader.declare { $0.randomness = randomness }
            let loaded = loader.finish().policies
            let set = try #require(loaded)
            let request = try Support.request(Support.pod)
            return (0..<2).compactMap { _ in set.review(request).denial?.message }
        }
        let same = try texts(.request)
        #expect(same[0] == same[1])
        let different = try texts(.system)
        #expect(different[0] != different[1])
    }
}
