import Admission
package import Diagnostics
import PolicyEngine
package import Values

/// One `Test` of cli.kyverno.io, read but not run.
package struct PolicyTest: Sendable {
    /// What a check expects of a policy and an object.
    package enum Result: String, Sendable, CaseIterable { case pass, fail, skip, error, warn }

    /// An entry of `results`.
    struct Expectation: Sendable {
        var node: Node
        /// `name` or `namespace/name`.
        var policy: String
        var rule: String
        /// Where the result stands.
        var resultNode: Node
        var result: Result
        var kind: String
        /// What is done with the objects; nil leaves it to the values.
        var operation: Operation?
        /// `name` or `namespace/name`; empty means all objects of the kind.
        var resources: [(name: String, node: Node)]
        /// The file with the objects as they are to be after mutation.
        var patched: Node?
    }

    package let name: String
    package let file: SourceFile?
    package let root: Node
    /// The directory that paths in the file start from.
    let directory: String
    var policies: [Node] = []
    var resources: [Node] = []
    /// Files with objects that exist already, for policies that change such.
    var targets: [Node] = []
    var documents: [Node] = []
    /// Files with requests to other servers.
    var payloads: [(file: Node, subject: PolicySubject)] = []
    var exceptions: [Node] = []
    /// Files with objects that policies may ask for: params, objects of the cluster, `Context` files.
    var contexts: [Node] = []
    var clusterResources: [Node] = []
    var userInfo: Node?
    var variables: Node?
    var values: Node?
    var callResponses: [Node] = []
    var globalContext: [Node] = []
    var expectations: [Expectation] = []
    /// Whether it names no policies, so that those of its own file are meant.
    var usesOwnPolicies = false
    /// Whether it names no objects, so that those of its own file are meant.
    var usesOwnObjects = false
    var usesOwnFile: Bool { usesOwnPolicies || usesOwnObjects }
    /// Parts of the test that need what is not supported here, in words.
    var unsupported: [String] = []

    func path(_ node: Node) -> String {
        let path = node.string ?? ""
        return path.hasPrefix("/") || directory.isEmpty ? path : "\(directory)/\(path)"
    }
}
