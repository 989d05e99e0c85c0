import CEL
import Documents
import KubernetesCEL
import Testing
import Values

/// Our functions against the list taken from Kubernetes 1.36.2, in both directions.
@Suite struct FunctionTableTests {
    /// Spellings that only old stored expressions have; no parser makes them.
    private static let legacyOperators: Set<String> = ["in", "_in_", "__not_strictly_false__"]

    @Test(
        "has exactly Kubernetes' functions, each since its version",
        .enabled(if: Conformance.isPresent, "the shared conformance data is missing"))
    func functions() {
        let data = Conformance.document("k8s-cel/functions-by-version.json")?.root
        var expected: [String: String] = [:]
        for (name, overloads) in data?["functions"].map({ Array($0.entries) }) ?? [] {
            guard let name = name.string, !Self.legacyOperators.contains(name) else { continue }
            for (id, overload) in overloads.entries {
                let since = overload["since"]?.string ?? ""
                let version = since.hasPrefix("base") ? "base" : since
                expected["\(name) \(id.string ?? "")"] = "\(overload["signature"]?.string ?? "") \(version)"
            }
        }
        var ours: [String: String] = [:]
        for minor in 23...36 {
            let version = KubernetesVersion(minor: minor)
            for (name, function) in KubernetesEnvironment.base(version: version).functions {
                for overload in function.overloads where ours["\(name) \(overload.id)"] == nil {
                    let since = minor == 23 ? "base" : version.description
                    ours["\(name) \(overload.id)"] = "\(Self.signature(name, overload)) \(since)"
                }
            }
        }
        // The operators of optional values are part of the language here, and switched off by syntax before 1.28.
        for (key, value) in ours where value.hasSuffix(" base") && expected[key]?.hasSuffix(" 1.28") == true {
            ours[key] = value.dropLast(4) + "1.28"
        }
        for key in Set(expected.keys).union(ours.keys).sorted() {
            #expect(ours[key] == expected[key], "\(key)")
        }
    }

    @Test(
        "has exactly Kubernetes' macros, each since its version",
        .enabled(if: Conformance.isPresent, "the shared conformance data is missing"))
    func macros() {
        let data = Conformance.document("k8s-cel/functions-by-version.json")?.root
        var expected: [String: String] = [:]
        for (name, since) in data?["macros"].map({ Array($0.entries) }) ?? [] {
            expected[name.string ?? ""] = since.string
        }
        var ours: [String: String] = [:]
        for minor in 23...36 {
            let version = KubernetesVersion(minor: minor)
            for macro in KubernetesEnvironment.base(version: version).macros {
                let key = "\(macro.name):\(macro.argumentCount):\(macro.isMember)"
                if ours[key] == nil { ours[key] = minor == 23 ? "base" : version.description }
            }
        }
        #expect(ours == expected)
    }

    @Test("says who has a function that this version lacks")
    func knownElsewhere() {
        let old = KubernetesEnvironment.base(version: KubernetesVersion(minor: 29))
        #expect(old.knownElsewhere["semver"] == "Kubernetes 1.33")
        #expect(old.knownElsewhere["math.greatest"] == "Kyverno")
        #expect(KubernetesEnvironment.base().knownElsewhere["semver"] == nil)
    }

    @Test(
        "reads versions",
        arguments: [("1.36", 36), ("v1.30", 30), ("1.36.2", 36), ("2.0", nil), ("1", nil), ("1.x", nil), ("", nil)])
    func versions(text: String, minor: Int?) {
        #expect(KubernetesVersion(text)?.minor == minor)
    }

    private static func signature(_ name: String, _ overload: Overload) -> String {
        let parameters = overload.parameters.map(Self.name(of:))
        let result = Self.name(of: overload.result)
        guard overload.isMember, let target = parameters.first else {
            return "\(name)(\(parameters.joined(separator: ", "))) -> \(result)"
        }
        return "\(target).\(name)(\(parameters.dropFirst().joined(separator: ", "))) -> \(result)"
    }

    private static func name(of type: CELType) -> String {
        switch type {
        case .timestamp: "google.protobuf.Timestamp"
        case .duration: "google.protobuf.Duration"
        case .parameter(let name): "<\(name)>"
        case .list(let element): "list(\(Self.name(of: element)))"
        case .map(let key, let value): "map(\(Self.name(of: key)), \(Self.name(of: value)))"
        case .type(let type): "type(\(Self.name(of: type)))"
        case .opaque(let name, let parameters):
            parameters.isEmpty ? name : "\(name)(\(parameters.map(Self.name(of:)).joined(separator: ", ")))"
        default: type.description
        }
    }
}
