import Admission
import Diagnostics
import Documents
import KubernetesSchemas
import PolicyEngine
import Reporting
import Values

/// Judges all objects of one file. Shared by the threads of a run.
struct FileJudge: Sendable {
    private(set) var policies: LoadedPolicies
    let options: ManifestRequestOptions
    /// What is known of the manifests' kinds.
    private(set) var schemas: ManifestSchemas
    /// Which kind is which resource.
    private var resources: ResourceTable
    /// Whether to look for what policies that do not match came nearest to.
    var findsNearMisses = false
    /// Whether the Pods that workloads lead to are judged too.
    var expandsWorkloads = true
    /// Whether the mutating policies change objects before they are judged.
    var mutates = false

    init(policies: LoadedPolicies, options: ManifestRequestOptions, schemas: ManifestSchemas = .view) {
        // What mutations merge is a matter of the same definitions.
        self.policies = policies.adding(schemas.definitions)
        self.options = options
        self.schemas = schemas
        resources = policies.resources
        for definition in schemas.definitions { resources.learn(customResourceDefinition: definition) }
    }

    /// A file's report, with what the policies that matched nothing in it came nearest to.
    struct Judged: Sendable {
        var report: FileReport
        var nearMisses = NearMisses()
        /// Kinds without a schema, with the number of their objects.
        var missingKinds: [String: Int] = [:]
    }

    func judge(_ item: Inputs.Item) -> Judged {
        switch item {
        case .problem(let name, let diagnostic):
            var judged = Judged(report: FileReport(name: name))
            judged.report.diagnostics.append(diagnostic)
            return judged
        case .file(let path):
            var judged = Judged(report: FileReport(name: path == "-" ? "<stdin>" : path))
            do throws(DocumentError) {
                let text = try InputText.read(path)
                (path == "-" ? learning(from: text) : self).judge(text, &judged)
            } catch {
                judged.report.diagnostics.append(error.diagnostic)
            }
            return judged
        case .rendered(let root):
            var judged = Judged(report: FileReport(name: root.directory))
            do throws(DocumentError) {
                let text = try root.render()
                learning(from: text).judge(text, &judged)
                var mapping = SourceMapping(root, text)
                mapping.apply(to: &judged.report)
            } catch {
                judged.report.diagnostics.append(error.diagnostic)
            }
            return judged
        }
    }

    /// Judges a text that has been read already.
    func judge(_ source: SourceFile) -> Judged {
        var judged = Judged(report: FileReport(name: source.name))
        learning(from: source).judge(source, &judged)
        return judged
    }

    /// The same with the kinds that definitions define.
    func adding(_ definitions: [Node]) -> FileJudge {
        guard !definitions.isEmpty else { return self }
        var copy = self
        for definition in definitions { copy.resources.learn(customResourceDefinition: definition) }
        copy.schemas = schemas.adding(definitions)
        copy.policies = policies.adding(definitions)
        return copy
    }

    /// The same with the kinds that a text itself defines, for texts that were not searched before.
    private func learning(from source: SourceFile) -> FileJudge {
        schemas.isActive ? adding(CustomDefinitions.find(in: source)) : self
    }

    private func judge(_ source: SourceFile, _ judged: inout Judged) {
        var stream = ManifestStream(source)
        var number = 0
        while true {
            do throws(DocumentError) {
                guard let object = try stream.next() else { return }
                number += 1
                judge(object, number: number, &judged)
            } catch {
                judged.report.diagnostics.append(Self.downgraded(error.diagnostic))
            }
        }
    }

    /// A document that is no map is no broken manifest but something else, such as a list of Ansible plays.
    private static func downgraded(_ diagnostic: Diagnostic) -> Diagnostic {
        guard diagnostic.id == "manifest-not-an-object", diagnostic.message.hasPrefix("the document") else {
            return diagnostic
        }
        return withoutKind(file: diagnostic.file, range: diagnostic.range)
    }

    private static func withoutKind(file: SourceFile?, range: SourceRange?) -> Diagnostic {
        Diagnostic(
            DiagnosticID.manifestWithoutKind, .note, "passed over: no Kubernetes object, it has no `kind`", file: file,
            range: range)
    }

    private func judge(_ object: Node, number: Int, _ judged: inout Judged) {
        guard let kind = object["kind" as StaticString], !kind.isNull else {
            if policies.judgesDocuments,
                let (request, mutation, verdict) = policies.judge(document: object, mutates: mutates)
            {
                judged.report.subjects.append(
                    FindingBuilder(
                        policies: policies, request: request, manifest: object, number: number, mutation: mutation
                    ).report(verdict))
                return
            }
            let range = object.position.map { SourceRange(at: $0) }
            judged.report.diagnostics.append(Self.withoutKind(file: object.document.source, range: range))
            return
        }
        do throws(DocumentError) {
            let isReview = ManifestRequest.isReview(object)
            // A recorded request holds the object as the API server has it.
            let admitted = isReview ? ManifestSchemas.Admitted(object: object) : admit(object)
            var request = try request(of: admitted.object)
            let mutation = mutates ? policies.mutate(request) : nil
            // What a mutating policy refuses no validating one gets to see.
            let isRefused = mutation?.isAllowed == false
            if let mutation, !isRefused { request = mutation.request }
            let verdict =
                isRefused
                ? mutation.map { Verdict($0) } ?? Verdict()
                : policies.judge(request, isRecorded: isReview)
            var builder = FindingBuilder(policies: policies, request: request, manifest: object, number: number)
            builder.mutation = mutation
            // What a policy has changed nobody can tell from a default any more.
            if mutation?.isChanged != true { builder.view = admitted.view }
            var report = builder.report(verdict)
            // A recorded request for a workload has its Pods' requests recorded beside it.
            if expandsWorkloads, !isRefused, !isReview {
                var view: AdmittedView?
                let made = policies.judgePod(of: request, mutates: mutates) { pod in
                    view = schemas.view(ofPod: pod)
                    return view?.root ?? pod
                }
                if let (pod, podVerdict) = made {
                    builder = FindingBuilder(
                        policies: policies, request: pod.request, manifest: object, number: number, pod: pod)
                    builder.view = view
                    report.add(builder.report(podVerdict))
                }
            }
            if !isReview {
                report.findings = schemas.findings(admitted, of: object) + report.findings
                if let kind = schemas.missingKind(admitted, of: object) { judged.missingKinds[kind, default: 0] += 1 }
            }
            judged.report.subjects.append(report)
            if findsNearMisses { policies.nearMisses(request, of: report).forEach { judged.nearMisses.add($0) } }
        } catch {
            judged.report.diagnostics.append(error.diagnostic)
        }
    }

    /// A manifest in the form in which it is to be judged.
    private func admit(_ manifest: Node) -> ManifestSchemas.Admitted {
        schemas.admit(manifest, operation: options.operation)
    }

    /// The request for an object of a file, in the form in which it is to be judged.
    func admittedRequest(of object: Node) throws(DocumentError) -> AdmissionRequest {
        // A recorded request holds the object as the API server has it.
        try request(of: ManifestRequest.isReview(object) ? object : admit(object).object)
    }

    private func request(of object: Node) throws(DocumentError) -> AdmissionRequest {
        let file = object.document.source
        guard ManifestRequest.isReview(object) else {
            do throws(ManifestError) {
                return try AdmissionRequest(manifest: object, in: resources, options: options)
            } catch {
                throw DocumentError(error.id, error.message, file: file, at: error.node.position ?? object.position)
            }
        }
        do throws(AdmissionReviewError) {
            return schemas.reviewed(try AdmissionReview(object).request)
        } catch {
            throw DocumentError(error.id, error.message, file: file, at: object.position, help: error.help)
        }
    }
}
