import CEL
import Documents
import Foundation
import KubernetesCEL
import Testing
import Values

@testable import CustomResourceRules
@testable import KubernetesSchemas

/// The rules of Kubernetes' own tests, each through a schema that fits its data.
@Suite struct ConformanceTests {
    static let cases: Node? = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<4 { url.deleteLastPathComponent() }
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        let file = [named, url.appendingPathComponent("shared")].compactMap {
            $0?.appendingPathComponent("conformance/k8s-cel/crd-validation-tests.json")
        }.first { FileManager.default.fileExists(atPath: $0.path) }
        return file.flatMap { try? JSONParser().parse([UInt8](Data(contentsOf: $0))).root }
    }()

    static let isPresent: Bool = {
        if cases == nil { print("skipped: no shared data; set GUARDRAIL_SHARED") }
        return cases != nil
    }()

    /// Cases that differ, with the reason; one of them that holds fails the test.
    static let known = [
        "crd-0453": "the fixture's number is a 32-bit float cut to eight digits",
        "crd-0685": "the cost was measured over texts, where the search fails at once",
        "crd-0686": "the cost was measured over texts, where the search fails at once",
    ]

    @Test("finds what the API server finds, at its cost", .enabled(if: isPresent))
    func rules() throws {
        let data = try #require(Self.cases)
        var count = 0
        var failures: [String] = []
        for test in try #require(data["cases"]).elements {
            count += 1
            let failure = try Self.failure(of: test, data["fixtures"])
            if let reason = Self.known[test["id"]?.string ?? ""] {
                if failure == nil { failures.append("\(test["id"]?.string ?? "") holds now: \(reason)") }
            } else if let failure {
                failures.append(failure)
            }
        }
        #expect(count == 790)
        #expect(failures.isEmpty, "\(failures.count)\n\(failures.joined(separator: "\n"))")
    }

    private static func failure(of test: Node, _ fixtures: Node?) throws -> String? {
        func value(_ node: Node?) -> Node? { node?["$fixture"]?.string.map { fixtures?[$0] ?? nil } ?? node }
        let name = test["test"]?.string ?? ""
        let text = test["expr"]?.string ?? ""
        let own = try #require(value(test["vars"]?["self"]))
        let old = value(test["vars"]?["oldSelf"])
        let schemaText = FixtureSchema(name).text(of: own)
        let rule = String(
            decoding: try JSONSerialization.data(withJSONObject: [["rule": text]]), as: UTF8.self)
        let root = try JSONParser().parse(
            Array(
                "{\"type\": \"object\", \"properties\": {\"v\": \(schemaText.dropLast()), \"x-kubernetes-validations\": \(rule)}}}"
                    .utf8)
        ).root
        var parts = 1_000
        let schema = CustomSchema(root, budget: &parts)
        func object(_ value: Node?) -> Node? {
            value.map { value in
                Node.made {
                    $0.beginMap()
                    $0.appendKey("v")
                    $0.append(copyOf: value)
                    $0.endMap()
                }
            }
        }
        let whole = try #require(object(own))
        let rules = KindRules(schema, version: .latest)
        var run = RuleRun(rules: rules, root: whole)
        run.check(whole, old: object(old), schema, depth: 0)
        let isValid = run.list.findings.isEmpty && Self.fits(whole, root)
        let wanted = test["crdExpectation"]?["valid"]?.bool == true
        let found = run.list.findings.map(\.message).joined(separator: "; ")
        guard isValid == wanted else {
            let expectation = String(decoding: JSONWriter().write(try #require(test["crdExpectation"])), as: UTF8.self)
            return "\(test["id"]?.string ?? "") \(name): `\(text)` \(expectation), found: \(found) schema \(schemaText)"
        }
        if test["sameAsTypedCRD"]?.bool == true, isValid, let cost = test["cost"]?.int, test["costVaries"] == nil,
            UInt64(cost) != run.budget.used,
            // The costs were measured without types, where `in` costs nothing for the list.
            !text.contains(" in self.")
        {
            return "\(test["id"]?.string ?? "") \(name): `\(text)` costs \(run.budget.used), should cost \(cost)"
        }
        return nil
    }
}

extension ConformanceTests {
    /// Whether the data is what its schema says; where it is not, rules are not asked.
    fileprivate static func fits(_ object: Node, _ schema: Node) -> Bool {
        let definition = Node.made {
            $0.beginMap()
            for (key, value) in [("kind", "CustomResourceDefinition"), ("apiVersion", "apiextensions.k8s.io/v1")] {
                $0.appendKey(key)
                $0.append(value)
            }
            $0.appendKey("spec")
            $0.beginMap()
            $0.appendKey("group")
            $0.append("example.com")
            $0.appendKey("names")
            $0.beginMap()
            $0.appendKey("kind")
            $0.append("Thing")
            $0.endMap()
            $0.appendKey("versions")
            $0.beginList()
            $0.beginMap()
            $0.appendKey("name")
            $0.append("v1")
            $0.appendKey("schema")
            $0.beginMap()
            $0.appendKey("openAPIV3Schema")
            $0.append(copyOf: schema)
            $0.endMap()
            $0.endMap()
            $0.endList()
            $0.endMap()
            $0.endMap()
        }
        let thing = Node.made {
            $0.beginMap()
            for (key, value) in [("kind", "Thing"), ("apiVersion", "example.com/v1")] {
                $0.appendKey(key)
                $0.append(value)
            }
            $0.appendKey("metadata")
            $0.beginMap()
            $0.appendKey("name")
            $0.append("a")
            $0.endMap()
            for (key, value) in object.entries {
                $0.appendKey(utf8: key.utf8)
                $0.append(copyOf: value)
            }
            $0.endMap()
        }
        let set = SchemaSet.builtIn.adding(definitions: [definition])
        return SchemaValidation(of: thing, in: set)?.allowsRules ?? false
    }
}

/// A schema for a fixture: what its values are, and what their tests say of them beyond that.
struct FixtureSchema {
    let test: String
    private let overrides: [String: String]
    /// Fields that the fixture does not set, by the path of their object.
    private let unset: [String: [String]]

    init(_ test: String) {
        self.test = test
        overrides = Self.overrides[test] ?? [:]
        unset = Self.unset[test] ?? [:]
    }

    private static func string(_ format: String) -> String { #"{"type": "string", "format": "\#(format)"}"# }
    private static func list(_ items: String, _ more: String = "") -> String {
        #"{"type": "array", "items": \#(items)\#(more)}"#
    }
    private static func map(_ values: String) -> String { #"{"type": "object", "additionalProperties": \#(values)}"# }
    private static func object(_ properties: String, _ more: String = "") -> String {
        #"{"type": "object", "properties": {\#(properties)}\#(more)}"#
    }

    private static let number = #"{"type": "number"}"#
    private static let integer = #"{"type": "integer"}"#
    private static let text = #"{"type": "string"}"#
    private static let nullableText = #"{"type": "string", "nullable": true}"#
    private static let intOrString = #"{"x-kubernetes-int-or-string": true}"#
    private static let anything = #"{"x-kubernetes-preserve-unknown-fields": true}"#
    private static let open = #"{"type": "object", "x-kubernetes-preserve-unknown-fields": true}"#
    private static let resource =
        #"{"type": "object", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true}"#
    private static let set = #", "x-kubernetes-list-type": "set""#
    private static func keyed(_ keys: String) -> String {
        #", "x-kubernetes-list-type": "map", "x-kubernetes-list-map-keys": [\#(keys)]"#
    }
    private static let fieldless = #"{"type": "object", "properties": {"field": {"type": "string"}}}"#

    /// By test and path within the fixture.
    private static let overrides: [String: [String: String]] = [
        "bytes": ["val1": string("byte"), "val2": string("byte")],
        "date format": ["val1": string("date"), "val2": string("date")],
        "date-time format": ["val1": string("date-time"), "val2": string("date-time")],
        "duration format": ["val1": string("duration"), "val2": string("duration")],
        "container type composition": [
            "mapOfMap": map(map(text)), "mapOfObj": map(object(#""field2": {"type": "string"}"#)),
            "mapOfListMap": map(
                list(object(#""k": {"type": "string"}, "v": {"type": "string"}"#), keyed("\"k\""))),
            "mapOfList": map(list(text)), "listOfMap": list(map(text)),
        ],
        "conversions": [
            "val2": number, "val3": number, "val4": number, "val7": string("byte"), "val9": string("duration"),
            "val11": string("date-time"), "val13": string("date"),
        ],
        "embedded object": ["embedded": resource],
        "embedded object with preserve unknown": ["embedded": resource],
        "field nullability": ["setNullableStr": nullableText],
        "int in intOrString": ["something": intOrString], "string in intOrString": ["something": intOrString],
        "null in intOrString": ["something": #"{"x-kubernetes-int-or-string": true, "nullable": true}"#],
        "percent comparison using intOrString": ["min": intOrString, "current": integer, "available": integer],
        "invalid data": [
            "intorstring": intOrString, "l": list(text), "m": map(text), "nullable": list(text),
            "o": object(#""field": {"type": "string"}"#), "s": list(text, set),
            "lm": list(object(#""k": {"type": "string"}"#), keyed("\"k\"")),
        ],
        "known and unknown fields": [
            "withUnknown": object(#""known": {"type": "integer"}"#, #", "x-kubernetes-preserve-unknown-fields": true"#),
            "withUnknownList": list(
                object(#""known": {"type": "integer"}"#, #", "x-kubernetes-preserve-unknown-fields": true"#)),
        ],
        "listMaps": [
            "objs": list(list(object(#""k": {"type": "string"}, "v": {"type": "string"}"#), keyed("\"k\"")))
        ],
        "listMaps with unsupported identity characters in property names": [
            "objs": list(list(object(#""k!": {"type": "string"}, "k.": {"type": "string"}"#), keyed("\"k!\", \"k.\"")))
        ],
        "listSets": ["val1": list(text, set), "val2": list(text, set)], "listSet access": ["set": list(integer, set)],
        "listMap access": [
            "listMap": list(
                object(#""k": {"type": "string"}, "v": {"type": "string"}, "v2": {"type": "string"}"#), keyed("\"k\""))
        ],
        "map access": ["val": map(integer)], "map keys are not escaped": ["m": map(integer)],
        "maps": ["val1": map(text), "val2": map(text)],
        "null values in container types": [
            "m": map(nullableText), "l": list(nullableText), "s": list(nullableText, set),
        ],
        "numbers": ["val3": number, "val4": number, "val7": number],
        "numeric comparisons": Dictionary(uniqueKeysWithValues: (4...9).map { ("val\($0)", number) }),
        "object access": ["a.d": #"{"type": "integer", "nullable": true}"#],
        "object types are not accessible": [
            "nestedInMap": map(object(#""inMapField": {"type": "integer"}"#))
        ],
        "optionals": ["m": map(text)],
        "preserve unknown fields": [
            "anyvalField1": anything, "anyvalField2": anything, "anyvalList": list(anything),
            "anyvalMap": map(anything), "withUnknown": open, "withUnknownList": list(open),
            "withUnknownFieldList": list(
                object(#""fieldOfUnknownType": {"x-kubernetes-preserve-unknown-fields": true}"#)),
        ],
        "stdlib list functions": [
            "doubles": list(number), "emptyDoubles": list(number), "unsortedDoubles": list(number),
            "intBackedDoubles": list(number), "emptyIntBackedDDoubles": list(number),
            "unsortedIntBackedDDoubles": list(number), "emptyInts": list(integer),
            "durations": list(string("duration")),
            "emptyDurations": list(string("duration")), "unsortedDurations": list(string("duration")),
            "dates": list(string("date")), "emptyDates": list(string("date")), "unsortedDates": list(string("date")),
        ],
        "typemeta and objectmeta access not specified": [
            "": object(
                #""spec": {"type": "object", "properties": {"field1": {"type": "string"}}}"#,
                #", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true"#)
        ],
        "typemeta and objectmeta access specified": [
            "metadata": object(
                #""name": {"type": "string"}, "generateName": {"type": "string"}"#,
                #", "x-kubernetes-preserve-unknown-fields": true"#)
        ],
        "embedded object with properties": [
            "embedded": object(
                #""kind": {"type": "string"}, "apiVersion": {"type": "string"}, "metadata": {"type": "object", "properties": {"name": {"type": "string"}, "generateName": {"type": "string"}}}, "spec": {"type": "object", "properties": {"field1": {"type": "string"}}}"#,
                #", "x-kubernetes-embedded-resource": true, "x-kubernetes-preserve-unknown-fields": true"#)
        ],
    ]

    private static let unset: [String: [String: [String]]] = [
        "field nullability": [
            "": [#""unsetPlainStr": {"type": "string"}"#, #""unsetNullableStr": {"type": "string", "nullable": true}"#]
        ],
        "object access": [
            "a": [#""c": {"type": "integer"}"#],
            "a1": [#""d2": {"type": "object", "properties": {"e2": {"type": "integer"}}}"#],
        ],
        "optionals": ["": [#""absentObj": {"type": "object", "properties": {"absentStr": {"type": "string"}}}"#]],
    ]

    func text(of node: Node, at path: String = "") -> String {
        if let text = overrides[path] { return text }
        switch node.kind {
        case .null: return Self.nullableText
        case .bool: return #"{"type": "boolean"}"#
        case .int: return Self.integer
        case .uint, .double: return Self.number
        case .string: return Self.text
        case .list: return Self.list(elements(Array(node.elements.filter { !$0.isNull }), path + "[]"))
        case .map: return Self.object(fields([node], path))
        }
    }

    private func elements(_ nodes: [Node], _ path: String) -> String {
        guard let first = nodes.first else { return Self.text }
        return first.isMap ? Self.object(fields(nodes, path)) : text(of: first, at: path)
    }

    private func fields(_ nodes: [Node], _ path: String) -> String {
        var fields: [String: String] = [:]
        for (key, value) in nodes.flatMap({ Array($0.entries) }) {
            let name = key.string ?? ""
            fields[name] = text(of: value, at: path.isEmpty ? name : "\(path).\(name)")
        }
        let written = fields.sorted { $0.key < $1.key }.map { "\"\($0.key)\": \($0.value)" }
        return (written + (unset[path] ?? [])).joined(separator: ", ")
    }
}
