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
        different.forEach { print($0) }
        #expect(Double(equal) >= 0.97 * Double(lines.count))
    }
}
