import Documents
import Foundation
import Testing
import Values

@testable import KubernetesSchemas

@Suite struct AdmittedViewTests {
    @Test("brings manifests into the form that the API server admits", .enabled(if: SharedData.isPresent))
    func recordings() throws {
        var equal = 0
        var different: [String] = []
        let lines = try SharedData.lines("admitted")
        for (number, line) in lines.enumerated() {
            guard let manifest = line["manifest"], let admitted = line["admitted"],
                let view = AdmittedView(of: manifest, in: .builtIn)
            else {
                different.append("line \(number + 1): no view")
                continue
            }
            if let difference = view.root.difference(from: admitted) {
                different.append("line \(number + 1) \(line["kind"]?.string ?? ""): \(difference)")
            } else {
                equal += 1
            }
        }
        print("equal \(equal) of \(lines.count)")
        // A ratchet: these differ, because only the cluster can know; a listed line that comes out equal is a failure.
        let reasons = [
            "-.metadata.labels={batch.kubernetes.io/controller-uid,batch.kubernetes.io/job-name,controller-uid,job-name}":
                "a Job's labels hold its uid",
            "-.spec.ports[0].nodePort=32769": "the cluster picks a node port",
        ]
        for line in different where !reasons.keys.contains(where: { line.hasSuffix($0) }) {
            Issue.record("\(line)")
        }
        #expect(different.count == 6)
    }

    @Test(
        "pulls `latest` always",
        arguments: [
            ("nginx", true), ("nginx:latest", true), ("nginx:1.25", false), ("example.com:5000/a/b", true),
            ("example.com:5000/a/b:v1", false), ("nginx@sha256:abc", false), ("Bad Value!", false), ("", false),
            ("EXAMPLE/a", true), ("a/B", false),
        ])
    func pullPolicy(_ image: String, _ isLatest: Bool) { #expect(ImageTag.isLatest(image) == isLatest) }
}
