import Diagnostics
import RegularExpressions
import Values

/// One of the `tests` of a `Suite` of test.gatekeeper.sh, read but not run.
struct GatorTest: Sendable {
    struct Assertion: Sendable {
        enum Count: Sendable, Equatable {
            case some, none
            case exactly(Int)
        }

        var node: Node
        var count: Count
        /// Where the count stands; nil if it is left out.
        var countNode: Node?
        /// Which violations count, and how the expression is written.
        var message: RegularExpression?
    }

    struct Case: Sendable {
        var node: Node
        var name: String
        var object: Node
        var inventory: [Node]
        var assertions: [Assertion]
        var isSkipped: Bool
    }

    var name: String
    var file: SourceFile?
    /// The directory that paths in the file start from.
    var directory: String
    var node: Node
    var template: Node
    var constraint: Node
    /// A file with ExpansionTemplates; nil without.
    var expansion: Node?
    /// Whether the constraint is expected not to fit the template's schema.
    var isInvalid: Bool
    var isSkipped: Bool
    var cases: [Case]

    func path(_ node: Node) -> String {
        let path = node.string ?? ""
        return path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)"
    }
}

/// Reads suites. Unknown fields are warnings, since gator passes over them.
enum GatorSuite {
    static let group = "test.gatekeeper.sh"

    static func isSuite(_ root: Node) -> Bool {
        root["kind"]?.string == "Suite" && root["apiVersion"]?.string?.hasPrefix("\(group)/") == true
    }

    /// A test that cannot be run has errors in its log.
    static func tests(_ root: Node, directory: String) -> [LoadedTest] {
        var head = DiagnosticLog()
        allow(["apiVersion", "kind", "metadata", "tests", "skip"], in: root, &head)
        let list = root["tests"]
        if list?.isList != true || list?.count == 0 {
            report("suite-no-tests", "the suite has no tests", at: list ?? root, &head)
        }
        let isSkipped = root["skip"]?.bool ?? false
        var tests: [LoadedTest] = []
        for entry in (list ?? root).elements {
            // What is wrong with the suite is told once.
            var log = tests.isEmpty ? head : DiagnosticLog()
            let test = read(entry, root, directory: directory, isSkipped: isSkipped, &log)
            tests.append(LoadedTest(content: .gator(test), problems: log))
        }
        if tests.isEmpty {
            let test = GatorTest(
                name: "", file: root.document.source, directory: directory, node: root, template: root,
                constraint: root, isInvalid: false, isSkipped: false, cases: [])
            tests.append(LoadedTest(content: .gator(test), problems: head))
        }
        return tests
    }

    private static func read(
        _ node: Node, _ root: Node, directory: String, isSkipped: Bool, _ log: inout DiagnosticLog
    ) -> GatorTest {
        allow(["name", "template", "constraint", "expansion", "cases", "invalid", "skip"], in: node, &log)
        func path(_ name: String) -> Node {
            guard let value = node[name], value.string?.isEmpty == false else {
                report("suite-field-required", "a test must name its `\(name)`", at: node[name] ?? node, &log)
                return node
            }
            return value
        }
        let isInvalid = flag("invalid", in: node, &log)
        let skip = flag("skip", in: node, &log) || isSkipped
        let cases = objects("cases", in: node, &log).map { readCase($0, &log) }
        if isInvalid, !cases.isEmpty {
            report("suite-invalid", "a test with `invalid` has no cases", at: node["cases"] ?? node, &log)
        } else if !isInvalid, cases.isEmpty, !skip, node.isMap {
            report(
                "suite-no-cases", "the test has no cases, so it tests nothing", at: node["cases"] ?? node,
                severity: .warning, &log)
        }
        return GatorTest(
            name: node["name"]?.string ?? "", file: root.document.source, directory: directory, node: node,
            template: path("template"), constraint: path("constraint"),
            expansion: node["expansion"].flatMap { $0.string?.isEmpty == false ? $0 : nil }, isInvalid: isInvalid,
            isSkipped: skip, cases: cases)
    }

    private static func readCase(_ node: Node, _ log: inout DiagnosticLog) -> GatorTest.Case {
        allow(["name", "object", "inventory", "assertions", "skip"], in: node, &log)
        let isSkipped = flag("skip", in: node, &log)
        if node["object"]?.string?.isEmpty ?? true {
            report("suite-field-required", "a case must name its `object`", at: node["object"] ?? node, &log)
        }
        var inventory: [Node] = []
        if let list = node["inventory"], !list.isNull {
            inventory = list.elements.filter { $0.string != nil }
            if !list.isList || inventory.count < list.count {
                report("suite-field-type", "`inventory` must be a list of paths", at: list, &log)
            }
        }
        let assertions = objects("assertions", in: node, &log).map { assertion($0, &log) }
        if assertions.isEmpty {
            report("suite-no-assertions", "a case must have assertions", at: node["assertions"] ?? node, &log)
        }
        return GatorTest.Case(
            node: node, name: node["name"]?.string ?? "", object: node["object"] ?? node, inventory: inventory,
            assertions: assertions, isSkipped: isSkipped)
    }

    private static func assertion(_ node: Node, _ log: inout DiagnosticLog) -> GatorTest.Assertion {
        allow(["violations", "message"], in: node, &log)
        var assertion = GatorTest.Assertion(node: node, count: .some)
        if let count = node["violations"], !count.isNull {
            assertion.countNode = count
            if let number = count.int, let exact = Int(exactly: number), exact >= 0 {
                assertion.count = .exactly(exact)
            } else if let answer = count.bool ?? ["yes": true, "no": false][count.string ?? ""] {
                assertion.count = answer ? .some : .none
            } else {
                report(
                    "suite-violations", "`violations` must be `yes`, `no` or a number that is not negative", at: count,
                    &log)
            }
        }
        if let message = node["message"], !message.isNull {
            do throws(RegularExpressionError) {
                assertion.message = try RegularExpression(pattern: message.string ?? "")
                if message.string == nil { report("suite-field-type", "`message` must be a string", at: message, &log) }
            } catch {
                report(
                    "suite-message", "`message` is no regular expression: \(error.message)", at: message, &log)
            }
        }
        return assertion
    }

    // MARK: Fields

    private static func flag(_ name: String, in node: Node, _ log: inout DiagnosticLog) -> Bool {
        guard let value = node[name], !value.isNull else { return false }
        if value.bool == nil { report("suite-field-type", "`\(name)` must be true or false", at: value, &log) }
        return value.bool ?? false
    }

    private static func objects(_ name: String, in node: Node, _ log: inout DiagnosticLog) -> [Node] {
        guard let list = node[name], !list.isNull else { return [] }
        if !list.isList || list.elements.contains(where: { !$0.isMap }) {
            report("suite-field-type", "`\(name)` must be a list of objects", at: list, &log)
        }
        return list.elements.filter(\.isMap)
    }

    private static func allow(_ known: [String], in node: Node, _ log: inout DiagnosticLog) {
        if !node.isMap { report("suite-field-type", "an entry must be an object", at: node, &log) }
        for (key, _) in node.entries where !known.contains(key.string ?? "") {
            let name = key.string ?? ""
            report(
                "suite-field-unknown", "unknown field `\(name)`, which gator passes over", at: key, severity: .warning,
                help: closestMatch(to: name, among: known).map { "did you mean `\($0)`?" }, &log)
        }
    }

    private static func report(
        _ id: String, _ message: String, at node: Node, severity: Severity = .error, help: String? = nil,
        _ log: inout DiagnosticLog
    ) {
        log.report(
            Diagnostic(
                id, severity, message, file: node.document.source, range: node.position.map { SourceRange(at: $0) },
                help: help))
    }
}
