import Testing

@testable import ImageVerification

@Suite struct ImageReferenceTests {
    static let hex = String(repeating: "0123456789abcdef", count: 4)
    static let sha512 = String(repeating: "0123456789abcdef", count: 8)

    @Test(
        "normalises as container runtimes do",
        arguments: [
            ("alpine", "docker.io/library/alpine:latest"),
            ("alpine:3.20", "docker.io/library/alpine:3.20"),
            ("bitnami/redis", "docker.io/bitnami/redis:latest"),
            ("docker.io/alpine", "docker.io/library/alpine:latest"),
            ("index.docker.io/library/alpine", "docker.io/library/alpine:latest"),
            ("localhost/app", "localhost/app:latest"),
            ("localhost:5000/app:v1", "localhost:5000/app:v1"),
            ("registry:5000/team/app", "registry:5000/team/app:latest"),
            ("ghcr.io/a/b/c:T_a.g-1", "ghcr.io/a/b/c:T_a.g-1"),
            ("Registry/app", "Registry/app:latest"),
            ("foo/bar__baz/a---b/c.d_e", "docker.io/foo/bar__baz/a---b/c.d_e:latest"),
            ("[2001:db8::1]:5000/app", "[2001:db8::1]:5000/app:latest"),
            ("docker.io/\(hex)", "docker.io/library/\(hex):latest"),
            ("[::1]/app", "[::1]/app:latest"),
            ("alpine@sha256:\(hex)", "docker.io/library/alpine@sha256:\(hex)"),
            ("quay.io/x/y:v1@sha256:\(hex)", "quay.io/x/y:v1@sha256:\(hex)"),
            ("quay.io/x/y@sha512:\(sha512)", "quay.io/x/y@sha512:\(sha512)"),
            (
                "alpine:" + String(repeating: "a", count: 128),
                "docker.io/library/alpine:" + String(repeating: "a", count: 128)
            ),
        ])
    func normalises(text: String, expected: String) throws {
        let reference = try ImageReference(text)
        #expect(reference.description == expected)
        #expect(try ImageReference(reference.description) == reference)
    }

    @Test(
        "refuses what is no reference",
        arguments: [
            "", ":v1", "alpine:", "alpine:-v1", "alpine:" + String(repeating: "a", count: 129), "Alpine", "a//b", "/a",
            "a/",
            "a b", "alpine@", "alpine@sha256:abc", "alpine@sha256:" + String(hex.dropLast()) + "G",
            "alpine@sha256:" + hex.uppercased(), "alpine@md5:" + hex, hex, "foo/-bar", "foo/bar-", "foo/b..r",
            "foo/b___r", "foo/b._r", "ghcr.io/Foo/bar", "-host.io/a", "host-.io/a", "host..io/a", "host.io:/a",
            "host.io:port/a",
            "host.io:99999/a", "[::1/app", "[zz::1]/app", "[]/app", "[::1]x/app", "https://ghcr.io/a", "a:b:c", "ä/b",
            "a\u{0}b",
            "a@sha256:\(hex)@sha256:\(hex)", "ghcr.io/" + String(repeating: "a", count: 248),
            String(repeating: "a/", count: 600),
        ])
    func refuses(text: String) {
        #expect(throws: VerificationError.self) { try ImageReference(text) }
        do throws(VerificationError) {
            _ = try ImageReference(text)
        } catch {
            #expect(error.id == "malformed-reference")
        }
    }

    @Test("lets the digest alone count, and names Docker Hub's host")
    func digests() throws {
        let both = try ImageReference("alpine:3.20@sha256:\(Self.hex)")
        #expect(both.manifestReference == "sha256:\(Self.hex)")
        #expect(both.tag == "3.20")
        #expect(both.registryHost == "registry-1.docker.io")
        #expect(both.name == "docker.io/library/alpine")
        #expect(try ImageReference("ghcr.io/a/b").manifestReference == "latest")
        #expect(try ImageReference("ghcr.io/a/b").registryHost == "ghcr.io")
        #expect(try ImageReference("ghcr.io/a/b@sha256:\(Self.hex)").tag == nil)
        let pinned = try ImageReference("alpine:3").pinned(to: ImageDigest("sha256:\(Self.hex)"))
        #expect(pinned.description == "docker.io/library/alpine:3@sha256:\(Self.hex)")
        #expect(try ImageDigest("sha256:\(Self.hex)").tag == "sha256-\(Self.hex)")
    }

    @Test("allows 255 characters of name and no more")
    func nameLength() throws {
        let longest = "ghcr.io/" + String(repeating: "a", count: 247)
        #expect(try ImageReference(longest).name.utf8.count == 255)
    }
}
