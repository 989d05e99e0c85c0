import Documents
import Foundation
import Testing
import Values

@testable import KubernetesSchemas

/// Damaged and refused manifests, against what a real API server said of them.
@Suite struct DamageTests {
    @Test("refuses what strict decoding refuses, at its place", .enabled(if: SharedData.isPresent))
    func decoding() throws {
        var count = 0
        for line in try SharedData.lines("damaged") {
            guard line["accepted"]?.bool == false, let error = line["error"]?.string, let manifest = line["manifest"],
                let place = RecordedError.decodingPath(error)
            else { continue }
            count += 1
            let findings = SchemaValidation(of: manifest, in: .builtIn)?.findings ?? []
            let isFound = findings.contains { $0.isDecoding && RecordedError.withoutIndexes($0.path).hasSuffix(place) }
            #expect(isFound, "\(error) \(findings.map { "\($0.path): \($0.message)" })")
        }
        #expect(count > 200)
        print("decoding refusals: \(count)")
    }

    @Test("accepts what the server accepts", .enabled(if: SharedData.isPresent))
    func accepted() throws {
        var manifests = try SharedData.lines("admitted").compactMap { $0["manifest"] }
        manifests += try SharedData.lines("damaged").filter { $0["accepted"]?.bool == true }.compactMap { $0["manifest"] }
        for manifest in manifests {
            let findings = try #require(SchemaValidation(of: manifest, in: .builtIn)).findings
            // One recorded Role has a field that only strict decoding refuses, and was recorded without.
            if findings.contains(where: { $0.path == "spec" && manifest["kind"]?.string == "Role" }) { continue }
            #expect(
                findings.isEmpty,
                "\(manifest["kind"]?.string ?? "") \(manifest["metadata"]?["name"]?.string ?? ""): \(findings.map { "\($0.path): \($0.message)" })")
        }
    }

    @Test("finds no fault with recorded requests", .enabled(if: SharedData.isPresent))
    func reviews() throws {
        for (name, request) in try SharedData.reviews() {
            for field in ["object", "oldObject", "options"] {
                guard let object = request[field], object.isMap else { continue }
                let findings = try #require(SchemaValidation(of: object, in: .builtIn), "\(name)").findings
                #expect(findings.isEmpty, "\(name) \(field): \(findings.map { "\($0.path): \($0.message)" })")
            }
        }
    }

    @Test("finds most of what deeper validation refuses", .enabled(if: SharedData.isPresent))
    func deeper() throws {
        var total = 0
        var missed: [String] = []
        for line in try SharedData.lines("damaged") + SharedData.lines("refused") {
            guard line["accepted"]?.bool != true, let error = line["error"]?.string, let manifest = line["manifest"],
                RecordedError.decodingPath(error) == nil
            else { continue }
            total += 1
            let findings = SchemaValidation(of: manifest, in: .builtIn)?.findings ?? []
            if findings.isEmpty { missed.append(String(error.prefix(250))) }
        }
        print("deeper refusals: \(total - missed.count) of \(total)")
        missed.forEach { print("missed: \($0)") }
        #expect(missed.count * 10 <= total)
    }
}

/// Places in the messages of a real API server.
enum RecordedError {
    /// The field that decoding failed at, without indexes; nil for errors of later stages.
    static func decodingPath(_ error: String) -> String? {
        if let range = error.range(of: "unknown field \"") {
            let rest = error[range.upperBound...]
            return withoutIndexes(String(rest.prefix { $0 != "\"" }))
        }
        if let range = error.range(of: "into Go struct field ") {
            let path = error[range.upperBound...].prefix { $0 != " " }
            return path.firstIndex(of: ".").map { String(path[path.index(after: $0)...]) }
        }
        return error.contains("quantities must match") || error.contains("unable to parse quantity") ? "" : nil
    }

    /// `spec.containers[0].name` as `spec.containers.name`; keys of maps go too, as the server leaves them out.
    static func withoutIndexes(_ path: String) -> String {
        var out = ""
        var depth = 0
        for character in path {
            if character == "[" { depth += 1 } else if character == "]" { depth -= 1 } else if depth == 0 { out.append(character) }
        }
        return out
    }
}
