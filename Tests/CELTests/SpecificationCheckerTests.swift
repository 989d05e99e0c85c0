import CEL
import Foundation
import Testing

/// The specification's tests that need no protobuf message: what compiles in Kubernetes' environment compiles here.
@Suite(.enabled(if: ConformanceData.isPresent, "the conformance data is not there"))
struct SpecificationCheckerTests {
    @Test("compiles the specification's tests as Kubernetes does")
    func specification() {
        let outcomes = ConformanceData.json("cel-spec-in-k8s-1.36.json")["tests"] as? [[String: Any]] ?? []
        let status = Dictionary(outcomes.map { ($0["test"] as? String ?? "", $0) }) { first, _ in first }
        var counts = (passed: 0, later: 0, notRun: 0)
        var failures: [String] = []
        forEachTest { name, test in
            guard let outcome = status[name], outcome["status"] as? String != "notRun",
                test["disableCheck"] as? Bool != true
            else {
                counts.notRun += 1
                return
            }
            let error = (outcome["k8s"] as? [String: Any])?["compileError"] as? String
            let text = test["expr"] as? String ?? ""
            let found = issues(text, environment(test))
            switch (error, found.first) {
            case (nil, nil): counts.passed += 1
            case (.some, .some): counts.passed += 1
            case (nil, .some(let issue)): failures.append("\(name): \(text.prefix(100)): \(issue.message)")
            case (.some(let error), nil):
                if error.contains("argument\n") || error.contains("format") || error.contains("instantiation") {
                    counts.later += 1
                } else {
                    failures.append("\(name): compiled: \(text.prefix(100)): \(error.prefix(120))")
                }
            }
        }
        print(
            "cel-spec: \(counts.passed) as expected, \(counts.later) left to the planner, \(counts.notRun) not run,",
            "\(failures.count) differ")
        for failure in failures.prefix(60) { print("  ", failure) }
        #expect(failures.isEmpty)
    }

    private func forEachTest(_ body: (String, [String: Any]) -> Void) {
        guard let folder = ConformanceData.folder?.appendingPathComponent("cel-spec"),
            let files = try? FileManager.default.contentsOfDirectory(atPath: folder.path)
        else { return }
        for file in files.sorted() {
            let json = ConformanceData.json("cel-spec/\(file)")
            for section in json["sections"] as? [[String: Any]] ?? [] {
                for test in section["tests"] as? [[String: Any]] ?? [] where test["needsProto"] as? Bool != true {
                    let parts = [json["name"], section["name"], test["name"]].map { $0 as? String ?? "" }
                    body(parts.joined(separator: "/"), test)
                }
            }
        }
    }

    private func environment(_ test: [String: Any]) -> Environment {
        var environment = ConformanceData.kubernetes
        environment.container = test["container"] as? String ?? ""
        for declaration in test["typeEnv"] as? [[String: Any]] ?? [] {
            guard let name = declaration["name"] as? String else { continue }
            if let type = (declaration["type"] as? [String: Any])?["str"] as? String {
                var parser = SignatureParser(type)
                environment.declare(name, parser.type())
            } else if let function = declaration["function"] as? [[String: Any]] {
                environment.add(Library("test", functions: [self.function(name, function)]))
            }
        }
        for name in (test["bindings"] as? [String: Any] ?? [:]).keys
        where environment.variables.allSatisfy({ $0.name != name }) {
            environment.declare(name, .dyn)
        }
        return environment
    }

    private func function(_ name: String, _ json: [[String: Any]]) -> FunctionDeclaration {
        let overloads = json.map { overload in
            let parameters = (overload["args"] as? [[String: Any]] ?? []).map(type)
            return Overload(
                overload["id"] as? String ?? "", member: overload["member"] as? Bool ?? false, parameters,
                type(overload["result"] as? [String: Any] ?? [:]))
        }
        return FunctionDeclaration(name, overloads)
    }

    private func type(_ json: [String: Any]) -> CELType {
        if json["kind"] as? String == "typeParam" { return .parameter(json["name"] as? String ?? "") }
        if let inner = json["struct"] as? [String: Any] {
            guard inner["kind"] as? String == "abstract" else {
                if inner["kind"] as? String == "typeParam" { return type(inner) }
                var parser = SignatureParser(json["str"] as? String ?? "dyn")
                return parser.type()
            }
            let parameters = (inner["params"] as? [[String: Any]] ?? []).map(type)
            return .opaque(inner["name"] as? String ?? "", parameters)
        }
        var parser = SignatureParser(json["str"] as? String ?? "dyn")
        return parser.type()
    }
}
