import Admission
import CustomResourceRules
import Diagnostics
import KubernetesCEL
import KubernetesSchemas
import Reporting
import Values

/// What is known of the kinds of a run's manifests. Brings a manifest into the form in which the API server hands it to
/// admission, and finds what the server would refuse.
struct ManifestSchemas: Sendable {
    private(set) var set: SchemaSet
    /// Definitions that were given beside the built-in types.
    private(set) var definitions: [Node] = []
    /// The rules of custom resources.
    private var rules: CustomResourceRules
    private let version: KubernetesVersion
    /// Whether policies are to see the admitted view rather than the manifest as it is written.
    let makesView: Bool
    let validates: Bool
    /// Whether an unknown kind is an error.
    let requiresSchemas: Bool
    /// What is made of recorded objects.
    var reviewObjects = ReviewObjects.recorded

    init(
        set: SchemaSet, version: KubernetesVersion = .latest, makesView: Bool, validates: Bool,
        requiresSchemas: Bool = false
    ) {
        self.set = set
        self.version = version
        rules = CustomResourceRules(set, version: version)
        self.makesView = makesView
        self.validates = validates
        self.requiresSchemas = requiresSchemas
    }

    /// The admitted view of the built-in kinds, as all commands have it unless told otherwise.
    static let view = ManifestSchemas(set: .builtIn, makesView: true, validates: false)

    /// Whether there is anything to do.
    var isActive: Bool { makesView || validates }

    func adding(_ definitions: [Node]) -> ManifestSchemas {
        var copy = self
        guard !definitions.isEmpty else { return copy }
        copy.set = set.adding(definitions: definitions)
        copy.definitions += definitions
        copy.rules = CustomResourceRules(copy.set, version: version)
        return copy
    }

    /// A manifest and what the schemas make of it.
    struct Admitted: Sendable {
        /// What policies are to judge.
        let object: Node
        /// nil if the manifest is judged as it is written.
        var view: AdmittedView?
        var findings: [SchemaFinding] = []
        /// nil if the kind was not looked up.
        var kind: KindStatus?
    }

    func admit(_ manifest: Node, operation: Operation) -> Admitted {
        guard isActive, manifest.isMap else { return Admitted(object: manifest) }
        var options = AdmittedView.Options()
        options.isNew = operation == .create
        guard validates else {
            let view = AdmittedView(of: manifest, in: set, options: options)
            return Admitted(object: view?.root ?? manifest, view: view)
        }
        guard let validation = SchemaValidation(of: manifest, in: set, options: options) else {
            return Admitted(object: manifest, kind: kind(of: manifest))
        }
        var findings = validation.findings
        if let view = validation.view, validation.allowsRules { findings += rules.findings(view.root) }
        guard makesView else { return Admitted(object: manifest, findings: findings, kind: .served) }
        // What cannot be decoded is judged all the same, as far as it goes.
        let view = validation.view ?? AdmittedView(of: manifest, in: set, options: options)
        return Admitted(object: view?.root ?? manifest, view: view, findings: findings, kind: .served)
    }

    /// A recorded request with its object in the form that was asked for.
    func reviewed(_ request: AdmissionRequest) -> AdmissionRequest {
        guard reviewObjects != .recorded, let object = request.objectNode else { return request }
        var options = AdmittedView.Options()
        options.appliesDefaults = reviewObjects == .defaulted
        options.appliesPlugins = false
        options.serviceAddress = nil
        options.isNew = request.operation == .create
        return AdmittedView(of: object, in: set, options: options).map { request.with(object: $0.root) } ?? request
    }

    /// The Pod that a controller makes, as policies see it.
    func view(ofPod pod: Node) -> AdmittedView? { makesView ? AdmittedView(of: pod, in: set) : nil }

    private func kind(of manifest: Node) -> KindStatus? {
        guard let apiVersion = manifest["apiVersion" as StaticString]?.string,
            let kind = manifest["kind" as StaticString]?.string
        else { return nil }
        return KindStatus(apiVersion: apiVersion, kind: kind, in: set)
    }

    // MARK: Findings

    /// What reports say of a manifest's schema.
    func findings(_ admitted: Admitted, of manifest: Node) -> [Finding] {
        guard validates else { return [] }
        var findings = admitted.findings.map { finding in
            var help = finding.suggestion.map { "did you mean `\($0)`?" }
            if let view = admitted.view, finding.root.document === view.document, view.isDefaulted(finding.node) {
                help = DefaultedField.help
            }
            return Self.finding(
                finding.code.rawValue, finding.diagnostic(file: nil).message, reason: finding.reason,
                at: finding.node, in: finding.root, path: finding.path, help: help)
        }
        if let status = admitted.kind { findings += self.findings(status, of: manifest) }
        return findings
    }

    private func findings(_ status: KindStatus, of manifest: Node) -> [Finding] {
        let node = manifest["apiVersion" as StaticString] ?? manifest
        switch status {
        case .served:
            guard let diagnostic = KindStatus.deprecation(of: manifest, in: set) else { return [] }
            return [
                Self.finding(
                    diagnostic.id, diagnostic.message, effect: .warn, at: node, in: manifest, path: "apiVersion",
                    help: diagnostic.help)
            ]
        case .removed:
            guard let diagnostic = status.diagnostic(for: manifest) else { return [] }
            return [
                Self.finding(
                    diagnostic.id, diagnostic.message, reason: "NotFound", at: node, in: manifest, path: "apiVersion",
                    help: diagnostic.help)
            ]
        case .unserved(let suggestion):
            let kind = manifest["kind" as StaticString]
            return [
                Self.finding(
                    "schema-unknown-kind",
                    "Kubernetes \(set.version) has no `\(kind?.string ?? "")` in `\(node.string ?? "")`",
                    reason: "NotFound", at: kind ?? node, in: manifest, path: "kind",
                    help: suggestion.map { "did you mean `\($0)`?" })
            ]
        case .unknown:
            guard requiresSchemas else { return [] }
            return [
                Self.finding(
                    "schema-missing", "no schema for `\(kindName(of: manifest))`", at: node, in: manifest,
                    path: "apiVersion", help: Self.missingHelp)
            ]
        }
    }

    static let missingHelp = "name its CustomResourceDefinition with --crd"

    /// `example.com/v1 Widget`.
    private func kindName(of manifest: Node) -> String {
        let apiVersion = manifest["apiVersion" as StaticString]?.string ?? ""
        return "\(apiVersion) \(manifest["kind" as StaticString]?.string ?? "")"
    }

    /// The kind's name if nothing is known of it.
    func missingKind(_ admitted: Admitted, of manifest: Node) -> String? {
        guard validates, case .unknown? = admitted.kind else { return nil }
        return kindName(of: manifest)
    }

    private static func finding(
        _ id: String, _ message: String, effect: Effect = .deny, reason: String? = nil, at node: Node, in root: Node,
        path: String, help: String? = nil
    ) -> Finding {
        var finding = Finding(
            effect, policy: PolicySummary.schema(id), message: message, reason: reason, fieldPath: path, help: help)
        if let file = node.document.source, let range = root.textRange(of: node) { finding.place = Place(file, range) }
        return finding
    }
}

/// What is said of a field that is not in the manifest.
enum DefaultedField {
    static let help = "the manifest does not set this field: the API server fills it in"

    /// Whether a node of a request's object was filled in.
    ///
    /// - Parameters:
    ///   - object: the request's object, made of the view and perhaps given a namespace.
    static func isDefaulted(_ node: Node, in object: Node, _ view: AdmittedView?) -> Bool {
        guard let view, let counterpart = object.counterpart(of: node, in: view.root) else { return false }
        return view.isDefaulted(counterpart)
    }
}
