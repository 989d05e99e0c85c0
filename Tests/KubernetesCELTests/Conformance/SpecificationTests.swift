import CEL
import Foundation
import KubernetesCEL
import Testing
import Values

/// The CEL specification's own tests, those that need no protobuf message.
@Suite struct SpecificationTests {
    static let files = [
        "basic", "bindings_ext", "block_ext", "comparisons", "conversions", "dynamic", "encoders_ext", "enums",
        "fields",
        "fp_math", "integer_math", "lists", "logic", "macros", "macros2", "math_ext", "namespace", "network_ext",
        "optionals", "parse", "plumbing", "proto2", "proto2_ext", "proto3", "string", "string_ext", "timestamps",
        "type_deduction", "unknowns", "wrappers",
    ]

    @Test(
        "agrees with the specification",
        .enabled(if: Conformance.isPresent, "the shared conformance data is missing"), arguments: files)
    func specification(file: String) {
        let data = Conformance.document("cel-spec/\(file).json")?.root
        var tally = Tally()
        for section in data?["sections"].map({ Array($0.elements) }) ?? [] {
            for test in section["tests"].map({ Array($0.elements) }) ?? [] {
                if test["needsProto"]?.bool == true {
                    tally.skip()
                    continue
                }
                let name = "\(file)/\(section["name"]?.string ?? "")/\(test["name"]?.string ?? "")"
                tally.add(Outcome(name: name, failure: Self.failure(of: test)))
            }
        }
        tally.report(file)
        #expect(tally.failures.isEmpty)
        #expect(tally.wronglySkipped.isEmpty)
    }

    private static func failure(of test: Node) -> String? {
        let text = test["expr"]?.string ?? ""
        let expected = test["expected"]
        let environment = environment(of: test)
        let bindings = test["bindings"]
        let values = environment.variables.map { bindings?[$0.name].flatMap { EncodedValue.decode($0) } }
        let typed = expected?["typedResult"]
        do throws(CompileError) {
            let parsed = try ParsedExpression(parsing: text, in: environment)
            let checked =
                test["disableCheck"]?.bool == true
                ? CheckedExpression(unchecked: parsed) : try CheckedExpression(checking: parsed, in: environment)
            if let deduced = typed?["deducedType"]?["struct"], type(deduced) != checked.type {
                return "\(text): type is \(checked.type), should be \(type(deduced))"
            }
            if test["checkOnly"]?.bool == true { return nil }
            let program = try Program(planning: checked, in: environment)
            return outcome(text, program, values, expected?["value"] ?? typed?["value"])
        } catch {
            let isExpected = expected?["evalError"] != nil
            return isExpected ? nil : "\(text): does not compile: \(error.issues.first?.message ?? "")"
        }
    }

    private static func environment(of test: Node) -> Environment {
        var environment = CELEnvironments.everything()
        environment.container = test["container"]?.string ?? ""
        for declaration in test["typeEnv"].map({ Array($0.elements) }) ?? [] {
            guard let name = declaration["name"]?.string else { continue }
            if let variable = declaration["type"]?["struct"] { environment.declare(name, type(variable)) }
            let overloads = declaration["function"].map { Array($0.elements) } ?? []
            let declared = overloads.map { overload in
                Overload(
                    overload["id"]?.string ?? "", member: overload["member"]?.bool ?? false,
                    overload["args"].map { $0.elements.map { type($0["struct"]) } } ?? [],
                    type(overload["result"]?["struct"]))
            }
            if !declared.isEmpty {
                environment.add(Library("test", functions: [FunctionDeclaration(name, declared)]))
            }
        }
        let known = Set(environment.variables.map(\.name))
        for (key, _) in test["bindings"].map({ Array($0.entries) }) ?? [] {
            if let name = key.string, !known.contains(name) { environment.declare(name, .dyn) }
        }
        return environment
    }

    private static func outcome(_ text: String, _ program: Program, _ values: [Value?], _ result: Node?) -> String? {
        var budget = CostBudget.unlimited
        do throws(EvaluationError) {
            let value = try program.evaluate(Activation(values), budget: &budget)
            guard let result else { return "\(text): gives \(value), should fail" }
            if EncodedValue.matches(value, result) { return nil }
            return "\(text): gives \(value), should be \(EncodedValue.show(result))"
        } catch {
            return result == nil ? nil : "\(text): fails: \(error.message), should be \(EncodedValue.show(result))"
        }
    }

    private static func type(_ encoded: Node?) -> CELType {
        let name = encoded?["name"]?.string ?? ""
        switch encoded?["kind"]?.string {
        case "null": return .null
        case "list": return .list(type(encoded?["elem"]))
        case "map": return .map(type(encoded?["key"]), type(encoded?["value"]))
        case "typeParam": return .parameter(name)
        case "abstract": return .opaque(name, encoded?["params"].map { $0.elements.map { type($0) } } ?? [])
        case "primitive", "message":
            switch name {
            case "bool": return .bool
            case "int": return .int
            case "uint": return .uint
            case "double": return .double
            case "string": return .string
            case "bytes": return .bytes
            case "google.protobuf.Timestamp": return .timestamp
            case "google.protobuf.Duration": return .duration
            default: return .dyn
            }
        default: return .dyn
        }
    }
}
