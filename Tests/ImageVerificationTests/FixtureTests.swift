import ImageVerification
import SignatureFixtures
import Testing

/// The signed images of the shared OCI layout: every format, right and wrong.
@Suite struct FixtureTests {
    @Test(
        "gives the expected verdict and reasons",
        .enabled(if: SharedSignatures.root != nil, Comment(rawValue: SharedSignatures.missing)))
    func cases() throws {
        let index = try SignatureCases.load()
        let expected = try ExpectedReasons.load("fixture-reasons.tsv")
        let layout = try OCILayout(directory: try SignatureCases.layout())
        var count = 0
        var seen = Set<String>()
        for entry in index.cases {
            for (position, check) in entry.checks.enumerated() {
                count += 1
                let name = "\(entry.id)#\(position)"
                seen.insert(name)
                let reasons = try SignatureCases.run(entry, check, in: layout)
                #expect(reasons.isEmpty == (check.expect == "pass"), "\(name): \(reasons)")
                if !reasons.isEmpty {
                    let text = reasons.map(\.id).joined(separator: ",")
                    #expect(text == expected[name], "\(name)\t\(text)")
                }
            }
        }
        #expect(count == 194)
        #expect(Set(expected.keys).subtracting(seen).isEmpty)
    }
}
