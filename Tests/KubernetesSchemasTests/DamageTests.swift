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
            let isFound = findings.contains { finding in
                let path = RecordedError.withoutIndexes(finding.path)
                return finding.isDecoding && (place.isEmpty || path == place || path.hasPrefix(place + "."))
            }
            #expect(isFound, "\(error) \(findings.map { "\($0.path): \($0.message)" })")
        }
        #expect(count > 200)
        print("decoding refusals: \(count)")
    }

    @Test("accepts what the server accepts", .enabled(if: SharedData.isPresent))
    func accepted() throws {
        var manifests = try SharedData.lines("admitted").compactMap { $0["manifest"] }
        manifests += try SharedData.lines("damaged").filter { $0["accepted"]?.bool == true }.compactMap {
            $0["manifest"]
        }
        for manifest in manifests {
            let findings = try #require(SchemaValidation(of: manifest, in: .builtIn)).findings
            // What was recorded as admitted was not sent with strict decoding: unknown fields passed.
            #expect(
                findings.allSatisfy { $0.code == .unknownField },
                "\(manifest["kind"]?.string ?? "") \(manifest["metadata"]?["name"]?.string ?? ""): \(findings.map { "\($0.path): \($0.message)" })"
            )
        }
    }

    @Test("finds no fault with recorded requests", .enabled(if: SharedData.isPresent))
    func reviews() throws {
        for (name, request) in try SharedData.reviews() {
            for field in ["object", "oldObject", "options"] {
                guard let object = request[field], object.isMap else { continue }
                var options = AdmittedView.Options()
                options.isNew = field == "object" && request["operation"]?.string == "CREATE"
                let findings = try #require(SchemaValidation(of: object, in: .builtIn, options: options)).findings
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
        // A ratchet: what is out of reach is listed by what the server says of it.
        let outOfReach = [
            "provided port is already allocated", "no PriorityClass with name", "pod rejected: RuntimeClass",
        ]
        missed.removeAll { message in outOfReach.contains { message.contains($0) } }
        #expect(missed.isEmpty, "\(missed)")
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
            // The Go type comes first; embedded structs show by their type's name.
            return path.split(separator: ".").dropFirst().filter { $0.first?.isUppercase == false }.joined(
                separator: ".")
        }
        return error.contains("quantities must match") || error.contains("unable to parse quantity") ? "" : nil
    }

    /// `spec.containers[0].name` as `spec.containers.name`; keys of maps go too, as the server leaves them out.
    static func withoutIndexes(_ path: String) -> String {
        var out = ""
        var depth = 0
        for character in path {
            if character == "[" {
                depth += 1
            } else if character == "]" {
                depth -= 1
            } else if depth == 0 {
                out.append(character)
            }
        }
        return out
    }
}
