import CEL
import Foundation
import KubernetesCEL

/// The conformance data beside the repository; tests that need it are skipped where it is missing.
enum ConformanceData {
    static let folder: URL? = {
        let environment = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        let beside = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent().deletingLastPathComponent().appendingPathComponent("shared")
        return [environment, beside].compactMap { $0?.appendingPathComponent("conformance") }
            .first { FileManager.default.fileExists(atPath: $0.path) }
    }()

    static var isPresent: Bool { folder != nil }

    static func json(_ name: String) -> [String: Any] {
        guard let folder, let data = try? Data(contentsOf: folder.appendingPathComponent(name)),
            let object = try? JSONSerialization.jsonObject(with: data) as? [String: Any]
        else { return [:] }
        return object
    }

    static func cases(_ name: String) -> [KubernetesCase] {
        (json("k8s-cel/\(name).json")["cases"] as? [[String: Any]] ?? []).map(KubernetesCase.init)
    }

    /// Signatures of all functions of Kubernetes 1.36, without code.
    static let functions: Library = {
        let functions = json("k8s-cel/functions-by-version.json")["functions"] as? [String: [String: Any]] ?? [:]
        let operators = Set(Library.operators.functions.map(\.name))
        var declarations: [FunctionDeclaration] = []
        for (name, overloads) in functions where !operators.contains(name) {
            let parsed = overloads.sorted { order($0.key) < order($1.key) }.compactMap { id, entry -> Overload? in
                guard let text = (entry as? [String: Any])?["signature"] as? String else { return nil }
                var parser = SignatureParser(text)
                return parser.overload(id, name: name)
            }
            declarations.append(FunctionDeclaration(name, parsed))
        }
        return Library("kubernetes", functions: declarations)
    }()

    /// The library declares overloads by element type in this order; for an empty list the first one decides.
    private static func order(_ id: String) -> (Int, String) {
        (id.contains("list_int_") ? 0 : 1, id)
    }

    static let macros: [Macro] = {
        let macros = json("k8s-cel/functions-by-version.json")["macros"] as? [String: Any] ?? [:]
        return macros.keys.map { key in
            let parts = key.split(separator: ":")
            return Macro(String(parts[0]), Int(parts[1]) ?? 0, member: parts[2] == "true")
        }
    }()

    /// Kubernetes 1.36's environment for admission policies, in signatures only.
    static let kubernetes: Environment = {
        var environment = Environment()
        environment.add(.operators)
        environment.add(functions)
        environment.add(Library("macros", macros: macros, types: opaqueTypes))
        AdmissionVariables.declare(in: &environment, hasParams: true, hasAuthorizer: true)
        environment.requiresHomogeneousLiterals = true
        environment.loopVariablesShadow = false
        return environment
    }()

    private static let opaqueTypes: [String: CELType] = Dictionary(
        uniqueKeysWithValues: ["kubernetes.URL", "net.IP", "net.CIDR", "kubernetes.Quantity", "kubernetes.Semver"]
            .map { ($0, CELType.opaque($0, [])) })
}

struct KubernetesCase {
    let id: String
    let expression: String
    let variables: [String]
    let isPatch: Bool
    let type: String?
    let compileError: String?
    let position: (line: Int, column: Int)?
    let message: String

    init(_ json: [String: Any]) {
        id = json["id"] as? String ?? ""
        expression = json["expr"] as? String ?? ""
        variables = (json["vars"] as? [String: Any] ?? [:]).keys.sorted()
        isPatch = json["patch"] as? Bool ?? false
        let expected = json["expected"] as? [String: Any] ?? [:]
        type = expected["type"] as? String
        compileError = expected["compileError"] as? String
        let issue = (expected["issues"] as? [[String: Any]])?.first
        position = issue.map { ($0["line"] as? Int ?? 0, $0["col"] as? Int ?? 0) }
        message = issue?["message"] as? String ?? compileError ?? ""
    }

    var environment: Environment {
        var environment = ConformanceData.kubernetes
        let known = Set(environment.variables.map(\.name))
        for name in variables where !known.contains(name) { environment.declare(name, .dyn) }
        if isPatch {
            environment.openStructures = ["Object"]
            environment.declare(
                Environment.Structure(
                    "JSONPatch", ["op": .string, "path": .string, "from": .string, "value": .dyn]))
            environment.add(
                Library(
                    "patch",
                    functions: [
                        FunctionDeclaration(
                            "jsonpatch.escapeKey", [Overload("string_jsonpatch_escapeKey_string", [.string], .string)])
                    ]))
        }
        return environment
    }
}

/// Reads `list(<A>).indexOf(<A>) -> int`.
struct SignatureParser {
    private var rest: Substring

    init(_ text: String) { rest = text[...] }

    mutating func overload(_ id: String, name: String) -> Overload? {
        var parameters: [CELType] = []
        let isMember = !rest.hasPrefix(name + "(")
        if isMember {
            parameters.append(type())
            guard take(".") else { return nil }
        }
        guard take(name), take("(") else { return nil }
        if !rest.hasPrefix(")") {
            repeat { parameters.append(type()) } while take(", ")
        }
        guard take(") -> ") else { return nil }
        return Overload(id, member: isMember, parameters, type())
    }

    private mutating func take(_ text: String) -> Bool {
        guard rest.hasPrefix(text) else { return false }
        rest = rest.dropFirst(text.count)
        return true
    }

    private static let names = ["google.protobuf.Timestamp", "google.protobuf.Duration", "kubernetes.", "net."]

    mutating func type() -> CELType {
        if take("<") {
            let name = rest.prefix { $0 != ">" }
            rest = rest.dropFirst(name.count + 1)
            return .parameter(String(name))
        }
        var name = String(rest.prefix { $0.isLetter || $0 == "_" })
        if name == "google" || name == "kubernetes" || name == "net" {
            let full = rest.prefix { $0.isLetter || $0 == "." }
            // A type's last part has a capital; what follows is the method.
            var parts: [Substring] = []
            for part in full.split(separator: ".") {
                parts.append(part)
                if part.first?.isUppercase == true { break }
            }
            name = parts.joined(separator: ".")
        }
        rest = rest.dropFirst(name.count)
        var parameters: [CELType] = []
        if take("(") {
            repeat { parameters.append(type()) } while take(", ")
            _ = take(")")
        }
        switch name {
        case "bool": return .bool
        case "int": return .int
        case "uint": return .uint
        case "double": return .double
        case "string": return .string
        case "bytes": return .bytes
        case "dyn": return .dyn
        case "null": return .null
        case "google.protobuf.Timestamp": return .timestamp
        case "google.protobuf.Duration": return .duration
        case "list": return .list(parameters.first ?? .dyn)
        case "map": return .map(parameters.first ?? .dyn, parameters.last ?? .dyn)
        case "type": return .type(parameters.first ?? .dyn)
        default: return .opaque(name, parameters)
        }
    }
}

extension CELType {
    /// As the conformance data spells types.
    var runtimeDescription: String {
        switch self {
        case .null: "null_type"
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .any: "google.protobuf.Any"
        case .list(let element): "list(\(element.runtimeDescription))"
        case .map(let key, let value): "map(\(key.runtimeDescription), \(value.runtimeDescription))"
        case .opaque(let name, let parameters):
            parameters.isEmpty ? name : "\(name)(\(parameters.map(\.runtimeDescription).joined(separator: ", ")))"
        case .type(let type): "type(\(type.runtimeDescription))"
        default: description
        }
    }
}
