import Testing

@testable import PolicyCheck

@Suite struct GlobTests {
    @Test(
        "matches as .gitignore does",
        arguments: [
            ("*.yaml", "a.yaml", true), ("*.yaml", "dir/a.yaml", true), ("*.yaml", "a.yml", false),
            ("charts", "deploy/charts/x/a.yaml", true), ("charts/", "charts/a.yaml", true),
            ("deploy/*.yaml", "deploy/a.yaml", true), ("deploy/*.yaml", "deploy/x/a.yaml", false),
            ("deploy/**/a.yaml", "deploy/x/y/a.yaml", true), ("deploy/**/a.yaml", "deploy/a.yaml", true),
            ("**/templates/**", "x/templates/a.yaml", true), ("./deploy", "deploy/a.yaml", true),
            ("deploy/x", "./deploy/x/a.yaml", true), ("a?c.yaml", "abc.yaml", true), ("a?c.yaml", "ac.yaml", false),
            ("[a-c]x", "bx", true), ("[!a-c]x", "bx", false), ("[a", "[a", true), ("\\*x", "*x", true),
            ("\\*x", "ax", false), ("*a*b*c", "xxaxxbxxc", true), ("*a*b*c", "xxaxxbxx", false),
        ])
    func matches(_ pattern: String, _ path: String, _ expected: Bool) {
        #expect(Glob(pattern).matches(path) == expected)
    }

    @Test("stays fast on patterns made to be slow")
    func hostile() {
        let pattern = String(repeating: "a*", count: 50) + "b"
        #expect(!Glob(pattern).matches(String(repeating: "a", count: 5000)))
    }
}

@Suite struct OrderedPipelineTests {
    @Test("hands results over in the order of the items", arguments: [1, 2, 8])
    func order(_ jobs: Int) {
        var results: [Int] = []
        OrderedPipeline.run(Array(0..<500), jobs: jobs, work: { $0 % 7 == 0 ? slow($0) : $0 * 2 }) {
            results.append($0)
        }
        #expect(results == (0..<500).map { $0 * 2 })
    }

    @Test("ends early when the results are not wanted any more")
    func cancelled() {
        struct Enough: Error {}
        var count = 0
        #expect(throws: Enough.self) {
            try OrderedPipeline.run(Array(0..<100_000), jobs: 4, work: { $0 }) { _ in
                count += 1
                if count == 10 { throw Enough() }
            }
        }
        #expect(count == 10)
    }
}

private func slow(_ number: Int) -> Int { (0..<2000).reduce(number * 2) { $0 + $1 - $1 } }

@Suite struct ColorChoiceTests {
    @Test(
        "follows the flag, then the variables",
        arguments: [
            (ColorChoice.always, ["NO_COLOR": "1"], true), (.never, ["CLICOLOR_FORCE": "1"], false),
            (.auto, ["NO_COLOR": "1", "CLICOLOR_FORCE": "1"], false), (.auto, ["CLICOLOR_FORCE": "1"], true),
            (.auto, ["NO_COLOR": "", "CLICOLOR_FORCE": "1"], true), (.auto, ["CLICOLOR_FORCE": "0"], false),
            (.auto, ["CLICOLOR": "0"], false), (.auto, ["TERM": "dumb"], false), (.auto, [:], false),
        ] as [(ColorChoice, [String: String], Bool)])
    func applies(_ choice: ColorChoice, _ variables: [String: String], _ expected: Bool) {
        // A descriptor that is no terminal.
        #expect(choice.applies(to: -1) { variables[$0] } == expected)
    }
}
