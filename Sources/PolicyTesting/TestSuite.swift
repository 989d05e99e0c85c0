package import Diagnostics
import Documents
import Glibc
import Values

/// A test as it was read, whatever its format, with what is wrong with it.
package struct LoadedTest: Sendable {
    enum Content: Sendable {
        case kyverno(PolicyTest)
    }

    let content: Content
    let problems: DiagnosticLog

    package var name: String {
        switch content {
        case .kyverno(let test): test.name
        }
    }

    /// The file that it was read from.
    package var path: String {
        switch content {
        case .kyverno(let test): test.file?.name ?? ""
        }
    }

    /// Whether any of it is to run.
    func isIncluded(in filter: TestFilter) -> Bool { filter.includes(test: name) }
}

/// The tests of files and directories.
package struct TestSuite: Sendable {
    /// The name of the files that hold tests, in directories.
    package static let fileNames = ["kyverno-test.yaml", "kyverno-test.yml"]

    package private(set) var tests: [LoadedTest] = []
    /// Files that could not be read, and paths without a test.
    package private(set) var log = DiagnosticLog()

    package init() {}

    /// Reads the tests of a file, or of all `kyverno-test.yaml` below a directory.
    package mutating func load(path: String) {
        guard DirectoryWalk.isDirectory(path) else { return load(file: path) }
        let walk = DirectoryWalk(path: path)
        walk.errors.forEach { log.report($0.diagnostic) }
        let files = walk.files.filter { file in Self.fileNames.contains { file == $0 || file.hasSuffix("/\($0)") } }
        for file in files { load(file: file) }
        if files.isEmpty {
            log.report(
                Diagnostic(
                    "test-none", .error, "there is no test below `\(path)`",
                    help: "tests are in files named `\(Self.fileNames[0])`"))
        }
    }

    private mutating func load(file path: String) {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        do throws(DocumentError) {
            var stream = DocumentStream(try FileReader.read(path: path))
            var count = 0
            while let document = try stream.next() {
                guard PolicyTest.isTest(document.root) else {
                    PolicyTest.report(
                        "test-kind", "the document is no test", at: document.root,
                        help: "a test has `apiVersion: cli.kyverno.io/v1alpha1` and `kind: Test`", &log)
                    continue
                }
                var problems = DiagnosticLog()
                let test = PolicyTest(document.root, directory: directory, log: &problems)
                tests.append(LoadedTest(content: .kyverno(test), problems: problems))
                count += 1
            }
            if count == 0, !log.hasErrors {
                log.report(Diagnostic("test-none", .error, "there is no test in `\(path)`"))
            }
        } catch {
            log.report(error.diagnostic)
        }
    }

    /// Keeps the tests of which something is to run.
    package mutating func select(_ filter: TestFilter) {
        tests.removeAll { !$0.isIncluded(in: filter) }
    }
}
