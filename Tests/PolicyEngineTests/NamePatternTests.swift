import PolicyEngine
import Testing

@Suite struct NamePatternTests {
    @Test(
        "a star stands for any characters, everything else for itself",
        arguments: [
            ("kube-system", "kube-system", true), ("kube-system", "kube-systems", false), ("kube-*", "kube-", true),
            ("kube-*", "kube-system", true), ("kube-*", "akube-system", false), ("*-system", "flux-system", true),
            ("system:serviceaccount:*:deployer", "system:serviceaccount:a:b:deployer", true),
            ("system:serviceaccount:*:deployer", "system:serviceaccount:a:deployers", false),
            ("a*b*c", "abcbc", true), ("a*b*c", "acb", false), ("", "", true), ("", "a", false), ("**", "", true),
            ("?", "a", false), ("ä*", "äé", true),
        ])
    func matches(pattern: String, name: String, expected: Bool) {
        #expect(NamePattern(pattern).matches(name) == expected)
    }

    @Test("takes no exponential time")
    func manyStars() {
        let name = String(repeating: "a", count: 2000)
        #expect(!NamePattern(String(repeating: "a*", count: 500) + "b").matches(name))
    }
}
