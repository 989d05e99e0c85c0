import CEL
import Foundation
import KubernetesCEL
import Testing
import Values

/// The CEL specification's own tests, those that need no protobuf message.
@Suite struct SpecificationTests {
    static let files = [
        "basic", "bindings_ext", "block_ext", "comparisons", "conversions", "dynamic", "encoders_ext", "enums", "fields",
        "fp_math", "integer_math", "lists", "logic", "macros", "macros2", "math_ext", "namespace", "network_ext",
        "optionals", "parse", "plumbing", "proto2", "proto2_ext", "proto3", "string", "string_ext", "timestamps",
        "type_deduction", "unknowns", "wrappers",
    ]

    @Test(
        "agrees with the specification",
        .enabled(if: Conformance.isPresent, "the shared conformance data is missing"), arguments: files)
    func specification(file: String) {
        let data = Conformance.json("cel-spec/\(file).json") as? [String: Any] ?? [:]
        var tally = Tally()
        for section in data["sections"] as? [[String: Any]] ?? [] {
            for test in section["tests"] as? [[String: Any]] ?? [] {
                if test["needsProto"] as? Bool == true {
                    tally.skip()
                    continue
                }
                let name = "\(file)/\(section["name"] ?? "")/\(test["name"] ?? "")"
                tally.add(Outcome(name: name, failure: Self.failure(of: test)))
            }
        }
        tally.report(file)
        #expect(tally.failures.isEmpty)
        #expect(tally.wronglySkipped.isEmpty)
    }

    private static func failure(of test: [String: Any]) -> String? {
        let text = test["expr"] as? String ?? ""
        let expected = test["expected"] as? [String: Any] ?? [:]
        var environment = CELEnvironments.everything()
        environment.container = test["container"] as? String ?? ""
        for variable in test["typeEnv"] as? [[String: Any]] ?? [] {
            guard let name = variable["name"] as? String, let type = variable["type"] as? [String: Any] else { continue }
            environment.declare(name, Self.type(type["struct"] as? [String: Any] ?? [:]))
        }
        let bindings = test["bindings"] as? [String: Any] ?? [:]
        let declared = Set(environment.variables.map(\.name))
        for name in bindings.keys.sorted() where !declared.contains(name) { environment.declare(name, .dyn) }
        let values = environment.variables.map { bindings[$0.name].flatMap { EncodedValue.decode($0) } }
        let typed = expected["typedResult"] as? [String: Any]
        do throws(CompileError) {
            let parsed = try ParsedExpression(parsing: text, in: environment)
            let checked = try CheckedExpression(checking: parsed, in: environment)
            if let deduced = typed?["deducedType"] as? [String: Any] {
                let wanted = Self.type(deduced["struct"] as? [String: Any] ?? [:])
                if wanted != checked.type { return "\(text): type is \(checked.type), should be \(wanted)" }
            }
            let program = try Program(planning: checked, in: environment)
            guard let result = expected["value"] ?? typed?["value"] else {
                if typed != nil { return nil }
                return evaluationFailure(text, program, values)
            }
            return mismatch(text, program, values, result)
        } catch {
            return expected["evalError"] != nil ? nil : "\(text): does not compile: \(error.issues.first?.message ?? "")"
        }
    }

    private static func mismatch(_ text: String, _ program: Program, _ values: [Value?], _ result: Any) -> String? {
        var budget = CostBudget.unlimited
        do throws(EvaluationError) {
            let value = try program.evaluate(Activation(values), budget: &budget)
            return EncodedValue.matches(value, result) == true ? nil : "\(text): gives \(value), should be \(result)"
        } catch {
            return "\(text): fails: \(error.message), should be \(result)"
        }
    }

    private static func evaluationFailure(_ text: String, _ program: Program, _ values: [Value?]) -> String? {
        var budget = CostBudget.unlimited
        do throws(EvaluationError) {
            return "\(text): gives \(try program.evaluate(Activation(values), budget: &budget)), should fail"
        } catch {
            return nil
        }
    }

    private static func type(_ encoded: [String: Any]) -> CELType {
        let parameters = (encoded["parameters"] as? [[String: Any]] ?? encoded["params"] as? [[String: Any]] ?? [])
            .map { type($0) }
        func nested(_ key: String) -> CELType { type(encoded[key] as? [String: Any] ?? [:]) }
        let name = encoded["name"] as? String ?? ""
        switch encoded["kind"] as? String {
        case "null": return .null
        case "list": return .list(nested("elem"))
        case "map": return .map(nested("key"), nested("value"))
        case "type": return .type(nested("type"))
        case "wrapper": return .wrapper(nested("of"))
        case "typeParam": return .parameter(name)
        case "opaque", "abstract": return .opaque(name, parameters)
        case "primitive", "wellKnown", "message":
            switch name.lowercased() {
            case "bool": return .bool
            case "int", "int64": return .int
            case "uint", "uint64": return .uint
            case "double": return .double
            case "string": return .string
            case "bytes": return .bytes
            case "timestamp", "google.protobuf.timestamp": return .timestamp
            case "duration", "google.protobuf.duration": return .duration
            default: return .dyn
            }
        default: return .dyn
        }
    }
}
