import CEL
import Testing

@Suite(.enabled(if: ConformanceData.isPresent, "the conformance data is not there"))
struct CheckerConformanceTests {
    @Test(
        "compiles what Kubernetes compiles, to the same type",
        arguments: [
            "generated", "library-tests", "crd-validation-tests",
        ])
    func kubernetes(file: String) {
        var counts = (passed: 0, later: 0, column: 0, positioned: 0)
        var failures: [String] = []
        for test in ConformanceData.cases(file) where test.id != "gen-5220" {
            // gen-5220 starts with a byte order mark, which Foundation's JSON reader drops; ParserErrorTests has it.
            let environment = test.environment
            do throws(CompileError) {
                let parsed = try ParsedExpression(parsing: test.expression, in: environment)
                let checked = try CheckedExpression(checking: parsed, in: environment)
                if test.compileError != nil {
                    if isConstantValidation(test.message) {
                        counts.later += 1
                    } else {
                        failures.append(
                            "\(test.id) compiled: \(test.expression.prefix(120)) :: \(test.message.prefix(100))")
                    }
                } else if checked.type.runtimeDescription != test.type {
                    failures.append(
                        "\(test.id) \(test.expression.prefix(120)): \(checked.type.runtimeDescription) is not \(test.type ?? "")"
                    )
                } else {
                    counts.passed += 1
                }
            } catch {
                let issue = error.issues[0]
                guard test.compileError != nil else {
                    failures.append("\(test.id) \(test.expression.prefix(120)): \(issue.message)")
                    continue
                }
                counts.passed += 1
                if let position = test.position, position.line > 0 {
                    counts.positioned += 1
                    let found = linePosition(issue.span.start, in: test.expression)
                    if found == position {
                        counts.column += 1
                    } else if !isConstantValidation(test.message) {
                        failures.append(
                            "\(test.id) column \(found) not \(position): \(test.expression.prefix(120)) :: \(issue.message) :: \(test.message.prefix(80))"
                        )
                    }
                }
            }
        }
        print(
            "\(file): \(counts.passed) as expected, \(counts.later) left to the planner,",
            "\(failures.count) differ; \(counts.column) of \(counts.positioned) first positions are equal")
        for failure in failures.prefix(150) { print("  ", failure) }
        #expect(failures.isEmpty)
    }

    /// Errors in constants, which the planner finds.
    private func isConstantValidation(_ message: String) -> Bool {
        message.contains("program instantiation failed") || message.contains("format")
            || message.contains("out of range")
            || message.hasPrefix("invalid ") && message.hasSuffix(" argument")
            || message.contains("precision") || message == "unexpected end of string" || message.contains("clause")
    }

    /// Line from 1 and column from 0 in code points, as the data has them.
    private func linePosition(_ offset: UInt32, in text: String) -> (line: Int, column: Int) {
        let before = String(decoding: Array(text.utf8.prefix(Int(offset))), as: UTF8.self)
        let lines = before.unicodeScalars.split(separator: "\n", omittingEmptySubsequences: false)
        return (lines.count, lines.last?.count ?? 0)
    }
}
