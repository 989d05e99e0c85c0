package import Admission
package import Diagnostics
import Documents
import GatekeeperPolicies
package import KubernetesCEL
import KyvernoPolicies
package import PolicyEngine
import ValidatingAdmissionPolicies
package import Values

/// All languages that policies can be written in. The first that claims a document compiles it.
package enum PolicyLanguages {
    package static let all = all()

    /// The same, where a policy without a binding is in force all the same, as the runners of policy tests have it.
    package static let bindingUnbound = all(bindsUnbound: true)

    /// The same for a version of Kubernetes: an expression that uses a newer function does not compile.
    ///
    /// - Parameters:
    ///   - admitsInvalid: whether Kubernetes' own policies are used that the API server would refuse on write, or that have
    ///     no binding, as if they were stored already. What is wrong with them is then a warning.
    ///   - allowsUnbound: whether a policy without a binding is acceptable: in a cluster, policies come first.
    package static func all(
        version: KubernetesVersion = .latest, admitsInvalid: Bool = false, bindsUnbound: Bool = false,
        allowsUnbound: Bool = false
    ) -> [any PolicyLanguage] {
        [
            ValidatingAdmissionPolicyLanguage(
                version: version, admitsInvalid: admitsInvalid, allowsUnbound: admitsInvalid || allowsUnbound,
                bindsUnbound: bindsUnbound),
            MutatingAdmissionPolicyLanguage(
                version: version, admitsInvalid: admitsInvalid, allowsUnbound: admitsInvalid || allowsUnbound,
                bindsUnbound: bindsUnbound),
            KyvernoPolicyLanguage(forTests: bindsUnbound), GatekeeperPolicyLanguage(version: version),
        ]
    }

    /// What is wrong with a request to another server that policies are to judge; nil if nothing is.
    package static func problem(inPayload root: Node, _ subject: PolicySubject) -> (message: String, node: Node)? {
        RequestPayload.problem(in: root, subject).map { ($0.message, $0.node) }
    }

    /// Gatekeeper's alone, as gator has them: whatever is given is judged.
    package static let gator: [any PolicyLanguage] = [GatekeeperPolicyLanguage(point: .gator, judgesAll: true)]
}

/// Reads policies, and the objects they refer to, into a policy set.
package struct PolicyLoader {
    private let languages: [any PolicyLanguage]
    private var builder = PolicySet.Builder()
    private var table = ResourceTable.builtIn
    /// Objects given as context whose scope may be told by a definition that comes later.
    private var params: [Node] = []
    /// CustomResourceDefinitions, and Crossplane's CompositeResourceDefinitions, among what was read.
    package private(set) var definitions: [Node] = []
    /// Documents with content that were read from policy paths.
    private var policyDocuments = 0
    /// All documents that a language claimed, in the order in which they were read.
    package private(set) var policyNodes: [Node] = []
    package private(set) var log: DiagnosticLog

    package init(languages: [any PolicyLanguage] = PolicyLanguages.all, log: DiagnosticLog = DiagnosticLog()) {
        self.languages = languages
        self.log = log
    }

    /// Adds what the caller found wrong with what it was to load.
    package mutating func report(_ diagnostic: Diagnostic) { log.report(diagnostic) }

    /// Reads the policies of a file or of all manifests below a directory.
    package mutating func load(policyPath path: String) {
        forEachFile(path) { loader, file in loader.load(policies: file) }
    }

    /// Reads objects that policies may refer to: Namespaces, params, CustomResourceDefinitions, and answered
    /// SubjectAccessReviews as the rules of the authorizer.
    package mutating func load(contextPath path: String) {
        forEachFile(path) { loader, file in loader.load(context: file) }
    }

    private mutating func forEachFile(_ path: String, _ body: (inout PolicyLoader, SourceFile) -> Void) {
        var paths = [path]
        if DirectoryWalk.isDirectory(path) {
            let walk = DirectoryWalk(path: path)
            walk.errors.forEach { log.report($0.diagnostic) }
            paths = walk.files
        }
        for path in paths {
            do throws(DocumentError) {
                body(&self, try FileReader.read(path: path))
            } catch {
                log.report(error.diagnostic)
            }
        }
    }

    private mutating func forEachObject(_ file: SourceFile, _ body: (inout PolicyLoader, Node) -> Void) {
        var stream = ManifestStream(file)
        while true {
            do throws(DocumentError) {
                guard let node = try stream.next() else { return }
                body(&self, node)
            } catch {
                log.report(error.diagnostic)
                // A document that cannot be read may have ended the stream; it says so by returning nil.
            }
        }
    }

    /// Reads a file of policies. Namespaces and CustomResourceDefinitions in it count as context.
    ///
    /// Tests in it are for those who run tests, and so are the objects beside them.
    package mutating func load(policies file: SourceFile) {
        var nodes: [Node] = []
        forEachObject(file) { _, node in nodes.append(node) }
        let hasTests = nodes.contains { TestDocument.isTest(PolicySource($0)) }
        for node in nodes where !hasTests || !TestDocument.isForTests(PolicySource(node), isPolicy: claims(node)) {
            add(policy: node)
        }
    }

    /// Whether a document is a policy, or belongs to one, in any of the languages.
    package func claims(_ node: Node) -> Bool {
        let source = PolicySource(node)
        return languages.contains { $0.claims(source) }
    }

    package mutating func load(context file: SourceFile) {
        forEachObject(file) { loader, node in loader.add(context: node) }
    }

    /// Adds one document of a policy path.
    package mutating func add(policy node: Node) {
        let source = PolicySource(node)
        policyDocuments += 1
        if let language = languages.first(where: { $0.claims(source) }) {
            policyNodes.append(node)
            language.compile(source, into: &builder, log: &log)
        } else if isContext(source) {
            add(context: node)
        } else {
            let isUnnamed = source.kind.isEmpty
            log.report(
                Diagnostic(
                    "policy-unknown-kind", .error,
                    isUnnamed
                        ? "the document has no `kind`"
                        : "`\(source.kind)` of `\(source.apiVersion)` is no kind of policy", file: source.file,
                    range: (node["kind"] ?? node).position.map { SourceRange(at: $0) },
                    help: "policies are ValidatingAdmissionPolicy and MutatingAdmissionPolicy, with their bindings, of "
                        + "admissionregistration.k8s.io/v1, policies and exceptions of policies.kyverno.io/v1, and "
                        + "ConstraintTemplates of templates.gatekeeper.sh/v1 with their constraints; give objects that "
                        + "policies refer to as context"))
        }
    }

    private func isContext(_ source: PolicySource) -> Bool {
        switch source.kind {
        case "Namespace", "ConfigMap": source.apiVersion == "v1"
        case "CustomResourceDefinition": source.group == "apiextensions.k8s.io"
        default: false
        }
    }

    /// Adds an object that policies may refer to.
    package mutating func add(context node: Node) {
        let source = PolicySource(node)
        guard !source.kind.isEmpty, !source.apiVersion.isEmpty else {
            log.report(
                Diagnostic(
                    "context-kind", .error, "an object of the context needs `apiVersion` and `kind`",
                    file: source.file, range: node.position.map { SourceRange(at: $0) }))
            return
        }
        if source.group == "cli.kyverno.io", source.kind == "Context" { return add(kyvernoContext: node) }
        if source.kind == "SubjectAccessReview", source.group == "authorization.k8s.io" {
            let rule = AuthorizationRule(subjectAccessReview: node, log: &log)
            builder.cluster.authorization = (builder.cluster.authorization ?? []) + (rule.map { [$0] } ?? [])
            return
        }
        if source.kind == "Namespace", source.apiVersion == "v1" { builder.cluster.add(namespace: node) }
        if source.kind == "CustomResourceDefinition" || source.kind == "CompositeResourceDefinition" {
            definitions.append(node)
            builder.cluster.add(definitions: [node])
        }
        table.learn(customResourceDefinition: node)
        params.append(node)
    }

    /// Adds what a `Context` of Kyverno's tools holds: objects, metadata of images, and what other servers answer.
    private mutating func add(kyvernoContext node: Node) {
        guard let spec = node["spec"] else { return }
        for object in spec["resources"]?.elements ?? NodeElements(spec) where object.isMap { add(context: object) }
        for image in spec["images"]?.elements ?? NodeElements(spec) {
            guard let name = image["image"]?.string else { continue }
            builder.cluster.external.images[name] = image
        }
        func list(_ field: String) -> [Node] { Array(spec[field]?.elements ?? NodeElements(spec)) }
        builder.cluster.external.add(
            apiCallResponses: list("apiCallResponses"), globalContext: list("globalContextEntries"))
    }

    /// Declares what the context cannot say by itself.
    package mutating func declare(_ change: (inout ClusterContext) -> Void) { change(&builder.cluster) }

    /// A namespaced object as the API server would hold it: in the namespace `default` if it names none.
    private func inNamespace(_ node: Node) -> Node {
        guard node["metadata"]?["namespace"]?.string?.isEmpty ?? true else { return node }
        let kind = GroupVersionKind(
            apiVersion: node["apiVersion"]?.string ?? "", kind: node["kind"]?.string ?? "")
        let resource = table.resource(for: kind)
        guard resource.isNamespaced, !resource.isGuessed else { return node }
        return (try? AdmissionRequest(manifest: node, in: table))?.objectNode ?? node
    }

    /// All that was read, as one set; complete only if `log` has no errors.
    ///
    /// - Returns: nil if the log has errors; nothing loaded is one.
    package mutating func finish() -> (policies: PolicySet?, table: ResourceTable) {
        for given in params { declareKinds(of: given) }
        for given in params {
            let node = inNamespace(given)
            let kind = GroupVersionKind(
                apiVersion: node["apiVersion"]?.string ?? "", kind: node["kind"]?.string ?? "")
            let resource = table.resource(for: kind)
            // Nothing tells the scope of an unknown kind but the object itself.
            let namespace = node["metadata"]?["namespace"]?.string ?? ""
            let isNamespaced = resource.isGuessed ? !namespace.isEmpty : resource.isNamespaced
            builder.cluster.add(param: node, isNamespaced: isNamespaced)
            builder.cluster.external.add(object: node, as: resource.resource)
        }
        params = []
        for language in languages { language.finish(&builder, log: &log) }
        if policyDocuments == 0, !log.hasErrors {
            log.report(
                Diagnostic(
                    "policy-none", .error, "no policy was loaded",
                    help: "policies are read from files named *.yaml, *.yml and *.json"))
        }
        return (log.hasErrors ? nil : builder.build(), table)
    }

    /// Makes the kinds of a CustomResourceDefinition known, of which there need be no object.
    private mutating func declareKinds(of node: Node) {
        for resource in ResourceTable.resources(of: node) {
            builder.cluster.declare(paramKind: resource.kind, isNamespaced: resource.isNamespaced)
        }
    }

    /// The set as far as it could be read, whatever the log says; for tools that show broken policies at work.
    package mutating func finishAnyway() -> PolicySet {
        _ = finish()
        return builder.build()
    }
}
