import Foundation
import Testing

/// The script of action.yml with the real bash and policy-check.
@Suite struct ActionTests {
    @Test("the action annotates, summarises, writes SARIF and fails as told")
    func action() throws {
        let directory = try Samples.directory()
        let text = try String(contentsOf: CommandRun.root.appendingPathComponent("action.yml"), encoding: .utf8)
        let start = try #require(text.range(of: "      run: |\n"))
        let script = text[start.upperBound...].split(separator: "\n").map { $0.dropFirst(8) }.joined(separator: "\n")
        try directory.write(script, to: "action.sh")
        let output = try SelectionTests.shell(
            """
            export POLICY=$'policies\\n' PATHS=$'bad.yaml\\ngood.yaml\\n' CONTEXT= BASELINE= CHANGED= SARIF=out.sarif
            export GITHUB_STEP_SUMMARY=summary.md
            FAIL_ON=error bash -e action.sh; echo "exit $?"
            FAIL_ON=never bash -e action.sh > /dev/null; echo "exit $?"
            head -c 200 summary.md; test -s out.sarif && echo sarif
            """, in: directory)
        #expect(output.contains("::error file=bad.yaml,line=3"), "\(output)")
        #expect(output.contains("exit 1") && output.contains("exit 0"), "\(output)")
        #expect(output.components(separatedBy: "### policy-check").count == 2, "\(output)")
        #expect(output.contains("### policy-check") && output.hasSuffix("sarif\n"), "\(output)")
    }
}
