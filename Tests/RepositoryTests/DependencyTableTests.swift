import Testing

@Suite struct DependencyTableTests {
    @Test("Sources imports what the table in docs/architecture.md says")
    func importsFollowTheTable() throws {
        let table = DependencyTable(markdown: try Repository.text("docs/architecture.md"))
        #expect(table.rows.count > 10, "the table was not found")
        var imports: [String: Set<String>] = [:]
        for target in try Repository.names(in: "Sources") {
            let modules = try Repository.files(below: "Sources/\(target)", suffix: ".swift")
                .map { importedModules(try Repository.text($0)) }
            imports[target] = modules.reduce(into: []) { $0.formUnion($1) }
        }
        #expect(table.violations(of: imports) == [])
    }

    private static let markdown = """
        | tool | why |
        |---|---|
        | `X` | `Y` |

        | target | what it is | may import |
        |---|---|---|
        | *every target* | libc, not `Z` | `Glibc` |
        | `A` | uses `B` | |
        | `B` | more | `A` `C` |

        | target | what it is | may import |
        |---|---|---|
        | `D` | another table | |
        """

    @Test("each contradiction of the table is found")
    func violations() {
        let table = DependencyTable(markdown: Self.markdown)
        #expect(table.rows == ["A": [], "B": ["A", "C"]])
        #expect(table.common == ["Glibc"])
        #expect(table.violations(of: ["A": ["Glibc"], "B": ["A"]]) == [])
        let expected = [
            "A imports B, which its row does not name", "B has a row, and no directory below Sources", "E has no row",
        ]
        #expect(table.violations(of: ["A": ["B"], "E": []]) == expected)
    }

    @Test(
        "import statements in all their forms",
        arguments: [
            ("import A", ["A"]),
            ("package import A\n  internal import B", ["A", "B"]),
            ("@testable import A", ["A"]),
            ("@_spi(Some) public import A", ["A"]),
            ("import struct A.B", ["A"]),
            ("// import A\nlet important = 1", []),
        ])
    func statements(source: String, modules: [String]) {
        #expect(importedModules(source) == Set(modules))
    }
}
