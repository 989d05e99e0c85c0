import Admission
import Diagnostics
import PolicyEngine
import Values

extension PolicyTest {
    private static let fields = [
        "apiVersion", "kind", "metadata", "policies", "resources", "targetResources", "paramResources", "jsonPayload",
        "jsonPayloads", "httpPayloads", "envoyPayloads", "variables", "values", "userinfo", "exceptions", "context",
        "clusterResources", "apiCallResponses", "globalContextEntries", "results", "checks",
    ]
    private static let resultFields = [
        "policy", "rule", "result", "kind", "resources", "resource", "resourceSpecs", "operation", "namespace",
        "isValidatingAdmissionPolicy", "isMutatingAdmissionPolicy", "isValidatingPolicy", "isImageValidatingPolicy",
        "isMutatingPolicy", "isGeneratingPolicy", "isDeletingPolicy", "patchedResource", "patchedResources",
        "generatedResource", "generatedResources", "cloneSourceResource", "failOnMissingResources",
    ]

    /// Whether a document is a test at all.
    ///
    /// - Parameter anyVersion: whether any `apiVersion` will do, as for Kyverno's runner.
    static func isTest(_ root: Node, anyVersion: Bool = true) -> Bool {
        guard root["kind"]?.string == "Test", let version = root["apiVersion"]?.string else { return false }
        return anyVersion ? !version.isEmpty : version.hasPrefix("\(group)/")
    }

    static let group = "cli.kyverno.io"

    /// Reads a test; what is wrong goes into the log, and the test is then not to be run.
    init(_ root: Node, directory: String, log: inout DiagnosticLog) {
        name = root["metadata"]?["name"]?.string ?? ""
        file = root.document.source
        self.root = root
        self.directory = directory
        if let version = root["apiVersion"], version.string?.hasPrefix("cli.kyverno.io/") != true {
            // Kyverno's runner takes any text.
            log.report(
                Diagnostic(
                    "test-api-version", .warning, "`apiVersion` of a test is `cli.kyverno.io/v1alpha1`", file: file,
                    range: version.position.map { SourceRange(at: $0) }))
        }
        Self.allow(Self.fields, in: root, &log)
        policies = Self.strings("policies", in: root, &log)
        resources = Self.strings("resources", in: root, &log)
        targets = Self.strings("targetResources", in: root, &log)
        documents = Self.strings("jsonPayloads", in: root, &log)
        if let one = root["jsonPayload"], one.string != nil { documents.append(one) }
        usesOwnPolicies = root["policies"] == nil
        for (field, subject) in [("httpPayloads", PolicySubject.httpRequests), ("envoyPayloads", .envoyRequests)] {
            payloads += Self.strings(field, in: root, &log).map { ($0, subject) }
        }
        usesOwnObjects = [
            "resources", "targetResources", "jsonPayload", "jsonPayloads", "httpPayloads", "envoyPayloads",
        ].allSatisfy { root[$0] == nil }
        exceptions = Self.strings("exceptions", in: root, &log)
        contexts = Self.strings("paramResources", in: root, &log)
        if let one = root["context"], !one.isNull { contexts.append(one) }
        clusterResources = Self.strings("clusterResources", in: root, &log)
        userInfo = root["userinfo"]
        variables = root["variables"]
        values = root["values"]
        callResponses = Array(root["apiCallResponses"]?.elements ?? NodeElements(root))
        globalContext = Array(root["globalContextEntries"]?.elements ?? NodeElements(root))
        if root["checks"] != nil { unsupported.append("`checks`: assertions on reports") }
        let results = root["results"]
        for entry in results?.elements ?? NodeElements(root) { readExpectation(entry, &log) }
        if expectations.isEmpty, unsupported.isEmpty, !log.hasErrors {
            Self.report("test-no-results", "the test expects nothing", at: results ?? root, &log)
        }
    }

    private mutating func readExpectation(_ entry: Node, _ log: inout DiagnosticLog) {
        guard entry.isMap else { return Self.report("test-field-type", "a result must be an object", at: entry, &log) }
        Self.allow(Self.resultFields, in: entry, &log)
        guard let policy = entry["policy"]?.string, !policy.isEmpty else {
            return Self.report("test-field-required", "a result must name its `policy`", at: entry, &log)
        }
        let resultNode = entry["result"] ?? entry
        guard let result = resultNode.string.flatMap(Result.init(rawValue:)) else {
            return Self.report(
                "test-result", "`result` must be one of \(Result.allCases.map(\.rawValue).joined(separator: ", "))",
                at: resultNode, &log)
        }
        for field in ["generatedResource", "generatedResources"] where entry[field] != nil {
            unsupported.append("`\(field)`: generation")
        }
        var patched: Node?
        for field in ["patchedResource", "patchedResources"] {
            guard let file = entry[field], !file.isNull else { continue }
            if file.string?.isEmpty ?? true {
                Self.report("test-field-type", "`\(field)` must name a file", at: file, &log)
            } else {
                patched = file
            }
        }
        let operation = Operation.allCases.first { $0.name.description == entry["operation"]?.string }
        if operation == nil, let node = entry["operation"], !node.isNull {
            Self.report(
                "test-operation",
                "`operation` must be one of \(Operation.allCases.map(\.name.description).joined(separator: ", "))",
                at: node, &log)
        }
        var resources = Self.strings("resources", in: entry, &log).map { (name: $0.string ?? "", node: $0) }
        if let one = entry["resource"], let name = one.string { resources.append((name, one)) }
        for spec in entry["resourceSpecs"]?.elements ?? NodeElements(entry) where spec.isMap {
            let namespace = spec["namespace"]?.string ?? ""
            let name = spec["name"]?.string ?? ""
            resources.append((namespace.isEmpty ? name : "\(namespace)/\(name)", spec))
        }
        expectations.append(
            Expectation(
                node: entry, policy: policy, rule: entry["rule"]?.string ?? "", resultNode: resultNode, result: result,
                kind: entry["kind"]?.string ?? "", operation: operation, resources: resources,
                patched: patched))
    }

    // MARK: Fields

    private static func allow(_ known: [String], in node: Node, _ log: inout DiagnosticLog) {
        for (key, _) in node.entries where !known.contains(key.string ?? "") {
            let name = key.string ?? ""
            report(
                "test-field-unknown", "unknown field `\(name)`", at: key,
                help: closestMatch(to: name, among: known).map { "did you mean `\($0)`?" }, &log)
        }
    }

    private static func strings(_ name: String, in node: Node, _ log: inout DiagnosticLog) -> [Node] {
        guard let list = node[name], !list.isNull else { return [] }
        guard list.isList else {
            report("test-field-type", "`\(name)` must be a list", at: list, &log)
            return []
        }
        return list.elements.filter { element in
            if element.string == nil { report("test-field-type", "`\(name)` must hold strings", at: element, &log) }
            return element.string != nil
        }
    }

    static func report(_ id: String, _ message: String, at node: Node, help: String? = nil, _ log: inout DiagnosticLog)
    {
        log.report(
            Diagnostic(
                id, .error, message, file: node.document.source, range: node.position.map { SourceRange(at: $0) },
                help: help))
    }
}
