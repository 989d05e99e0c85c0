package import Diagnostics
import Documents
import Glibc
import Values

/// A test as it was read, whatever its format, with what is wrong with it.
package struct LoadedTest: Sendable {
    enum Content: Sendable {
        case kyverno(PolicyTest)
        case gator(GatorTest)
    }

    let content: Content
    let problems: DiagnosticLog

    package var name: String {
        switch content {
        case .kyverno(let test): test.name
        case .gator(let test): test.name
        }
    }

    /// The file that it was read from.
    package var path: String {
        switch content {
        case .kyverno(let test): test.file?.name ?? ""
        case .gator(let test): test.file?.name ?? ""
        }
    }

    /// Whether it compares objects with what policies make of them.
    package var comparesObjects: Bool {
        switch content {
        case .kyverno(let test): test.expectations.contains { $0.patched != nil }
        case .gator: false
        }
    }

    /// Whether any of it is to run.
    func isIncluded(in filter: TestFilter) -> Bool { filter.includes(test: name) }
}

/// The tests of files and directories.
package struct TestSuite: Sendable {
    /// The name of the files that hold tests, in directories.
    package static let fileNames = ["kyverno-test.yaml", "kyverno-test.yml"]
    /// What a file of another name must contain to be looked into: the groups of both formats.
    private static let marks = ["cli.kyverno.io/", "\(GatorSuite.group)/"]

    package private(set) var tests: [LoadedTest] = []
    /// Files that could not be read, and paths without a test.
    package private(set) var log = DiagnosticLog()

    package init() {}

    /// Reads the tests of a file, or of all files with tests below a directory.
    package mutating func load(path: String) {
        guard DirectoryWalk.isDirectory(path) else {
            let count = tests.count
            if load(file: path, isNamed: true), tests.count == count {
                log.report(Diagnostic("test-none", .error, "there is no test in `\(path)`", help: Self.help))
            }
            return
        }
        let walk = DirectoryWalk(path: path)
        walk.errors.forEach { log.report($0.diagnostic) }
        let count = tests.count
        var isRead = true
        for file in walk.files where !file.hasSuffix(".json") {
            let isNamed = Self.fileNames.contains { file == $0 || file.hasSuffix("/\($0)") }
            isRead = load(file: file, isNamed: isNamed) && isRead
        }
        if tests.count == count, isRead {
            log.report(Diagnostic("test-none", .error, "there is no test below `\(path)`", help: Self.help))
        }
    }

    private static let help =
        "tests are in files named `kyverno-test.yaml`, in gator's suites, or beside policies as `kind: Test`"

    /// - Parameter isNamed: whether the file is meant to have tests; others are looked into if they may have some.
    /// - Returns: false if it cannot be read, which is reported.
    private mutating func load(file path: String, isNamed: Bool) -> Bool {
        let directory = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        do throws(DocumentError) {
            let file = try FileReader.read(path: path)
            guard isNamed || Self.marks.contains(where: { file.bytes.contains(mark: $0) }) else { return true }
            var stream = DocumentStream(file)
            var documents: [Document] = []
            while let document = try stream.next() { documents.append(document) }
            add(documents, directory: directory, isNamed: isNamed)
            return true
        } catch {
            log.report(error.diagnostic)
            return false
        }
    }

    private mutating func add(_ documents: [Document], directory: String, isNamed: Bool) {
        var others: [Document] = []
        var usesOthers = false
        var count = 0
        for document in documents {
            let root = document.root
            if PolicyTest.isTest(root, anyVersion: isNamed) {
                var problems = DiagnosticLog()
                let test = PolicyTest(root, directory: directory, log: &problems)
                if test.usesOwnFile { usesOthers = true }
                tests.append(LoadedTest(content: .kyverno(test), problems: problems))
                count += 1
            } else if GatorSuite.isSuite(root) {
                tests += GatorSuite.tests(root, directory: directory)
                count += 1
            } else {
                others.append(document)
            }
        }
        guard !usesOthers, isNamed, count > 0 || !documents.isEmpty else { return }
        for document in others {
            PolicyTest.report(
                "test-kind", "the document is no test, and no test in this file uses it", at: document.root,
                help: "a test has `apiVersion: cli.kyverno.io/v1alpha1` and `kind: Test`; without `policies` or "
                    + "`resources` it takes those of its own file", &log)
        }
    }

    /// Keeps the tests of which something is to run.
    package mutating func select(_ filter: TestFilter) {
        tests.removeAll { !$0.isIncluded(in: filter) }
    }
}

extension [UInt8] {
    /// Whether a short text occurs anywhere.
    fileprivate func contains(mark: String) -> Bool {
        let mark = Array(mark.utf8)
        guard let first = mark.first else { return true }
        return withUnsafeBytes { bytes in
            guard let base = bytes.baseAddress else { return false }
            var at = 0
            while at + mark.count <= bytes.count, let found = memchr(base + at, Int32(first), bytes.count - at) {
                let offset = base.distance(to: UnsafeRawPointer(found))
                if offset + mark.count <= bytes.count, memcmp(found, mark, mark.count) == 0 { return true }
                at = offset + 1
            }
            return false
        }
    }
}
