import Diagnostics
import PolicyLint
import Testing

@Suite struct CostTests {
    @Test("loops within loops within loops may cost too much")
    func tooMuch() throws {
        let expression = """
            object.spec.containers.all(a, object.spec.containers.all(b, object.spec.containers.all(c, \
            a.name != b.name || b.name != c.name)))
            """
        let finding = try #require(Linted(expression.validation()).findings.first { $0.code == .cost })
        #expect(finding.diagnostic.message.contains("above the limit of 1000000"))
        #expect(finding.diagnostic.range?.start.line == 10)
    }

    @Test(
        "usual expressions are far from the limit",
        arguments: [
            "object.spec.containers.all(c, c.image.matches('^registry[.]example[.]com/.*$'))",
            "object.spec.containers.all(c, object.spec.containers.exists_one(d, d.name == c.name))",
            "object.spec.containers.all(c, !has(c.ports) || c.ports.all(p, p.containerPort > 1024))",
        ])
    func usual(expression: String) {
        #expect(Linted(expression.validation()).summary == [])
    }

    @Test("two checks of the authorizer are close to the limit, three above it")
    func authorizer() {
        let check = "authorizer.group('').resource('pods').check('create').allowed()"
        func costs(_ count: Int) -> [String] {
            let expression = Array(repeating: check, count: count).joined(separator: " && ")
            return Linted(expression.validation()).findings.filter { $0.code == .cost }.map(\.diagnostic.message)
        }
        #expect(costs(1) == [])
        #expect(costs(2).count == 1 && costs(2)[0].contains("close to the limit"))
        #expect(costs(3).count == 1 && costs(3)[0].contains("above the limit"))
    }
}
