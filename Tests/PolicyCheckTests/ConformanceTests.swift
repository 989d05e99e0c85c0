import Foundation
import Testing

/// Every recorded case of Kubernetes' own policies through the built command line.
@Suite("policy-check against recorded answers of Kubernetes", .enabled(if: RecordedCases.directory != nil))
struct ConformanceTests {
    @Test("gives the same answer", arguments: RecordedCases.files)
    func cases(file: String) throws {
        let cases = try RecordedCases.read(file)
        #expect(!cases.isEmpty)
        if file == "map.json" { #expect(cases.count == 30) }
        for testCase in cases {
            let differences = try CaseRun(testCase).differences()
            #expect(differences.isEmpty, "\(testCase.id)\n\(differences.joined(separator: "\n"))")
        }
    }
}

/// One case of shared/conformance/vap.
struct RecordedCase {
    let json: [String: Any]

    var id: String { json["id"] as? String ?? "" }
    func list(_ key: String) -> [[String: Any]] { json[key] as? [[String: Any]] ?? [] }
    func object(_ key: String) -> [String: Any] { json[key] as? [String: Any] ?? [:] }
}

enum RecordedCases {
    static let directory: URL? = {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = CommandRun.root.deletingLastPathComponent().appendingPathComponent("shared")
        return [named, beside].compactMap { $0?.appendingPathComponent("conformance/vap") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    static let files: [String] = {
        let names = directory.flatMap { try? FileManager.default.contentsOfDirectory(atPath: $0.path) } ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted()
    }()

    static func read(_ file: String) throws -> [RecordedCase] {
        guard let directory else { return [] }
        let data = try Data(contentsOf: directory.appendingPathComponent(file))
        let json = try JSONSerialization.jsonObject(with: data) as? [String: Any]
        return (json?["cases"] as? [[String: Any]] ?? []).map { RecordedCase(json: $0) }
    }
}

/// A case as files, the command that judges it, and what its report says.
private struct CaseRun {
    private let testCase: RecordedCase

    init(_ testCase: RecordedCase) { self.testCase = testCase }

    func differences() throws -> [String] {
        let directory = try TemporaryDirectory()
        func write(_ name: String, _ objects: [[String: Any]]) throws -> String {
            let list: [String: Any] = ["apiVersion": "v1", "kind": "List", "items": objects]
            let data = try JSONSerialization.data(withJSONObject: list)
            return try directory.write(String(decoding: data, as: UTF8.self), to: name)
        }
        var arguments = [
            "--policy", try write("policies.json", testCase.list("policies") + testCase.list("bindings")),
            "--context", try write("context.json", context), "--complete-context", "--stored-policies",
            "--mutate", "--allow-empty", "--output", "json",
        ]
        // Some cases are about the object as an API server has decoded it, or decoded it and filled in its defaults.
        for form in ["decoded", "defaulted"]
        where testCase.id.hasPrefix(form == "decoded" ? "mode-typed-" : "mode-defaulted-") {
            arguments += ["--review-objects", form]
        }
        let review: [String: Any] = [
            "apiVersion": "admission.k8s.io/v1", "kind": "AdmissionReview", "request": testCase.object("request"),
        ]
        arguments.append(try write("review.json", [review]))
        let run = try CommandRun(arguments, in: directory.url)
        guard let report = try? JSONSerialization.jsonObject(with: Data(run.output.utf8)) as? [String: Any],
            let file = (report["files"] as? [[String: Any]])?.first,
            let object = (file["objects"] as? [[String: Any]])?.first
        else { return ["no report: \(run.errors.prefix(500))"] }
        return try compare(object)
    }

    // MARK: Context

    /// Namespaces, params with what defines their kinds, and the authorizer's answers.
    private var context: [[String: Any]] {
        testCase.list("namespaces") + definitions + testCase.list("params")
            + testCase.list("authz").map(Self.accessReview)
    }

    private var definitions: [[String: Any]] {
        if testCase.json["unknownParamKind"] as? Bool == true { return [] }
        let scope = testCase.json["paramScope"] as? String ?? "Namespaced"
        return testCase.list("policies").compactMap { policy in
            guard let kind = (policy["spec"] as? [String: Any])?["paramKind"] as? [String: Any],
                let name = kind["kind"] as? String, let version = kind["apiVersion"] as? String
            else { return nil }
            let parts = version.split(separator: "/").map(String.init)
            guard parts.count == 2 else { return nil }
            let names = ["kind": name, "plural": name.lowercased() + "s"]
            let spec: [String: Any] = [
                "group": parts[0], "scope": scope, "names": names, "versions": [["name": parts[1]]],
            ]
            return [
                "apiVersion": "apiextensions.k8s.io/v1", "kind": "CustomResourceDefinition",
                "metadata": ["name": "\(name.lowercased())s.\(parts[0])"], "spec": spec,
            ]
        }
    }

    private static func accessReview(_ rule: [String: Any]) -> [String: Any] {
        func text(_ key: String) -> String { rule[key] as? String ?? "" }
        var spec: [String: Any] = [:]
        if !text("user").isEmpty { spec["user"] = text("user") }
        if text("path").isEmpty {
            var attributes: [String: String] = [:]
            for key in ["verb", "group", "resource", "subresource", "namespace", "name"] where !text(key).isEmpty {
                attributes[key] = text(key)
            }
            spec["resourceAttributes"] = attributes
        } else {
            spec["nonResourceAttributes"] = ["path": text("path"), "verb": text("verb")]
        }
        var status: [String: Any] = ["allowed": text("decision") == "allow", "denied": text("decision") == "deny"]
        if !text("reason").isEmpty { status["reason"] = text("reason") }
        if !text("error").isEmpty { status["evaluationError"] = text("error") }
        return [
            "apiVersion": "authorization.k8s.io/v1", "kind": "SubjectAccessReview", "spec": spec, "status": status,
        ]
    }

    // MARK: Comparison

    private func compare(_ report: [String: Any]) throws -> [String] {
        let expected = testCase.object("expected")
        let verdict = report["verdict"] as? [String: Any] ?? [:]
        var differences: [String] = []
        func expect(_ what: String, _ actual: Any?, _ wanted: Any?) {
            let (actual, wanted) = (Self.comparable(actual), Self.comparable(wanted))
            if actual != wanted { differences.append("\(what): \(actual.prefix(400)) != \(wanted.prefix(400))") }
        }
        let (status, wanted) = (verdict["status"] as? [String: Any], expected["status"] as? [String: Any])
        expect("allowed", verdict["allowed"], expected["allowed"])
        for key in ["message", "reason", "code"] { expect(key, status?[key], wanted?[key]) }
        let warnings = expected["warnings"] as? [String] ?? []
        expect("warnings", verdict["warnings"] as? [String] ?? [], warnings)
        expect(
            "audit", verdict["auditAnnotations"] ?? [:] as [String: Any],
            expected["auditAnnotations"] ?? [:] as [String: Any])
        if let object = expected["objectAfterMutation"] as? [String: Any] { try compare(report, object, &differences) }
        return differences
    }

    /// The recorded object is typed, and defaulted once a mutation was applied: it must have all that the object has with
    /// the patch applied, and no other labels and annotations.
    private func compare(_ report: [String: Any], _ wanted: [String: Any], _ differences: inout [String]) throws {
        let patch = (report["mutation"] as? [String: Any])?["patch"] as? [[String: Any]] ?? []
        var object: Any = testCase.object("request")["object"] ?? NSNull()
        for operation in patch {
            let path = (operation["path"] as? String ?? "").split(separator: "/").map {
                $0.replacingOccurrences(of: "~1", with: "/").replacingOccurrences(of: "~0", with: "~")
            }
            object = Self.applied(operation, at: path[...], to: object)
        }
        guard var result = object as? [String: Any] else { return }
        // Typed objects do not carry their kind.
        result["apiVersion"] = nil
        result["kind"] = nil
        if !Self.contains(wanted, result) { differences.append("\(wanted) is not \(result) after \(patch)") }
        for key in ["labels", "annotations"] {
            let (own, recorded) = (
                Self.value(at: ["metadata", key], in: result), Self.value(at: ["metadata", key], in: wanted)
            )
            if Set((own as? [String: Any] ?? [:]).keys) != Set((recorded as? [String: Any] ?? [:]).keys) {
                differences.append("\(key): \(own ?? "") != \(recorded ?? "")")
            }
        }
    }

    private static func applied(_ operation: [String: Any], at path: ArraySlice<String>, to value: Any) -> Any {
        let isRemoval = operation["op"] as? String == "remove"
        guard let first = path.first else { return operation["value"] ?? NSNull() }
        if var map = value as? [String: Any] {
            map[first] =
                path.count > 1
                ? map[first].map { applied(operation, at: path.dropFirst(), to: $0) }
                : isRemoval ? nil : operation["value"]
            return map
        }
        guard var list = value as? [Any], let index = first == "-" ? list.count : Int(first) else { return value }
        if path.count > 1 {
            if list.indices.contains(index) { list[index] = applied(operation, at: path.dropFirst(), to: list[index]) }
        } else if isRemoval {
            if list.indices.contains(index) { list.remove(at: index) }
        } else if operation["op"] as? String == "add", index <= list.count {
            list.insert(operation["value"] ?? NSNull(), at: index)
        } else if list.indices.contains(index) {
            list[index] = operation["value"] ?? NSNull()
        }
        return list
    }

    private static func value(at path: ArraySlice<String>, in value: Any) -> Any? {
        guard let first = path.first else { return value }
        if let list = value as? [Any] {
            guard let index = Int(first), list.indices.contains(index) else { return nil }
            return Self.value(at: path.dropFirst(), in: list[index])
        }
        return (value as? [String: Any])?[first].flatMap { Self.value(at: path.dropFirst(), in: $0) }
    }

    /// Whether a recorded value has all that a patch put there; defaults may have come on top.
    private static func contains(_ recorded: Any, _ value: Any) -> Bool {
        if let map = value as? [String: Any] {
            guard let recorded = recorded as? [String: Any] else { return false }
            // Typed objects leave out what is empty.
            return map.allSatisfy { key, part in
                recorded[key].map { contains($0, part) } ?? ((part as? [String: Any])?.isEmpty == true)
            }
        }
        if let list = value as? [Any] {
            guard let recorded = recorded as? [Any], recorded.count == list.count else { return false }
            return zip(recorded, list).allSatisfy { contains($0, $1) }
        }
        return comparable(recorded) == comparable(value)
    }

    /// Compile errors are worded by this project; only that there is one, and where, is compared.
    private static func comparable(_ value: Any?) -> String {
        guard let value, !(value is NSNull) else { return "" }
        let data = try? JSONSerialization.data(withJSONObject: [value], options: [.sortedKeys])
        let text = data.map { String(decoding: $0, as: UTF8.self) } ?? "\(value)"
        guard let range = text.range(of: "compilation failed: ") ?? text.range(of: "fails to compile: ") else {
            return text
        }
        return String(text[..<range.upperBound])
    }
}
