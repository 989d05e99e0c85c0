import Admission
import Diagnostics
import Documents
import Foundation
import PolicyEngine
import PolicyLanguages

/// Deciding decoded requests: what policies cost beyond reading the request.
enum PolicyBenchmarks {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    /// One request judged by the policies of some paths.
    static func decide(review: String, policies paths: [String]) throws {
        var loader = PolicyLoader()
        for path in paths { loader.load(policyPath: path) }
        try measure("decide", try finish(&loader), try request(review))
    }

    /// One request's object changed by the mutating policies of some paths, and the patch made.
    static func mutate(review: String, policies paths: [String]) throws {
        var loader = PolicyLoader()
        for path in paths { loader.load(policyPath: path) }
        let set = try finish(&loader)
        let request = try request(review)
        let verdict = set.mutate(request)
        let change = Measurement(count: 2000) { consume(set.mutate(request)) }
        let response = Measurement(count: 2000) {
            consume(AdmissionResponse(uid: request.uid, verdict: set.mutate(request)).encoded())
        }
        EngineBench.report([
            ("stage", "\"mutate\""), ("matched", "\(verdict.records.count)"),
            ("operations", "\(verdict.patch().operations.count)"), ("allowed", "\(verdict.isAllowed)"),
            ("ns_per_request", EngineBench.number(change.nanoseconds)),
            ("ns_with_response", EngineBench.number(response.nanoseconds)),
            ("allocations_per_request", EngineBench.number(change.allocations)),
        ])
    }

    /// The same four matching policies among 10, 100, 1,000 and 5,000.
    static func scale(review: String) throws {
        let request = try request(review)
        for count in [10, 100, 1000, 5000] {
            let text = (0..<count).map { policy($0, matches: $0 < 4) }.joined(separator: "---\n")
            let file = SourceFile(name: "generated.yaml", text: text)
            let memory = residentKilobytes()
            let clock = ContinuousClock()
            var loader = PolicyLoader()
            var set: PolicySet?
            let load = try clock.measure {
                loader.load(policies: file)
                set = try finish(&loader)
            }
            guard let set else { continue }
            try measure(
                "scale", set, request,
                [
                    ("policies", "\(count)"), ("load_ms", EngineBench.number(load / .milliseconds(1))),
                    ("load_kb", "\(residentKilobytes() - memory)"),
                ])
        }
    }

    private static func measure(
        _ stage: String, _ set: PolicySet, _ request: AdmissionRequest, _ fields: [(String, String)] = []
    ) throws {
        let verdict = set.review(request)
        let review = Measurement(count: 5000) { consume(set.review(request)) }
        EngineBench.report(
            [("stage", "\"\(stage)\"")] + fields + [
                ("matched", "\(verdict.evaluations.count)"), ("allowed", "\(verdict.isAllowed)"),
                ("ns_per_request", EngineBench.number(review.nanoseconds)),
                ("allocations_per_request", EngineBench.number(review.allocations)),
            ])
    }

    private static func finish(_ loader: inout PolicyLoader) throws -> PolicySet {
        guard let set = loader.finish().policies else {
            let renderer = DiagnosticRenderer()
            throw Failure(description: loader.log.diagnostics.map { renderer.render($0) }.joined())
        }
        return set
    }

    private static func request(_ path: String) throws -> AdmissionRequest {
        let text = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path)))
        return try AdmissionReview(try JSONParser().parse(text)).request
    }

    private static func policy(_ number: Int, matches: Bool) -> String {
        """
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicy
        metadata: {name: policy-\(number)}
        spec:
          matchConstraints:
            resourceRules:
            - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: ["\(matches ? "pods" : "kind\(number)s")"]}
          validations:
          - expression: object.spec.containers.all(c, has(c.resources) && has(c.resources.limits))
            message: limits are missing
        ---
        apiVersion: admissionregistration.k8s.io/v1
        kind: ValidatingAdmissionPolicyBinding
        metadata: {name: binding-\(number)}
        spec: {policyName: policy-\(number), validationActions: [Deny]}

        """
    }

    private static func residentKilobytes() -> Int {
        let status = (try? String(contentsOfFile: "/proc/self/status", encoding: .utf8)) ?? ""
        let line = status.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        return Int(line?.split(separator: " ").dropLast().last ?? "") ?? 0
    }
}
