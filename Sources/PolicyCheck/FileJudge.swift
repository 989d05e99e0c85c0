import Admission
import Diagnostics
import Documents
import PolicyEngine
import Reporting
import Values

/// Judges all objects of one file. Shared by the threads of a run.
struct FileJudge: Sendable {
    let policies: LoadedPolicies
    let options: ManifestRequestOptions
    /// Whether the Pods that workloads lead to are judged too.
    var expandsWorkloads = true

    func judge(_ item: Inputs.Item) -> FileReport {
        switch item {
        case .problem(let name, let diagnostic):
            var report = FileReport(name: name)
            report.diagnostics.append(diagnostic)
            return report
        case .file(let path):
            var report = FileReport(name: path == "-" ? "<stdin>" : path)
            do throws(DocumentError) {
                judge(try InputText.read(path), &report)
            } catch {
                report.diagnostics.append(error.diagnostic)
            }
            return report
        }
    }

    private func judge(_ source: SourceFile, _ report: inout FileReport) {
        var stream = ManifestStream(source)
        var number = 0
        while true {
            do throws(DocumentError) {
                guard let object = try stream.next() else { return }
                number += 1
                judge(object, number: number, &report)
            } catch {
                report.diagnostics.append(Self.downgraded(error.diagnostic))
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

    private func judge(_ object: Node, number: Int, _ report: inout FileReport) {
        guard let kind = object["kind" as StaticString], !kind.isNull else {
            if policies.judgesDocuments, let (request, verdict) = policies.judge(document: object) {
                report.subjects.append(
                    FindingBuilder(policies: policies, request: request, manifest: object, number: number)
                        .report(verdict))
                return
            }
            let range = object.position.map { SourceRange(at: $0) }
            report.diagnostics.append(Self.withoutKind(file: object.document.source, range: range))
            return
        }
        do throws(DocumentError) {
            let request = try request(of: object)
            let verdict = policies.judge(request)
            var subject = FindingBuilder(
                policies: policies, request: request, manifest: object, number: number
            ).report(verdict)
            // A recorded request for a workload has its Pods' requests recorded beside it.
            if expandsWorkloads, !ManifestRequest.isReview(object),
                let (pod, podVerdict) = policies.judgePod(of: request)
            {
                let builder = FindingBuilder(
                    policies: policies, request: pod.request, manifest: object, number: number, pod: pod)
                subject.add(builder.report(podVerdict))
            }
            report.subjects.append(subject)
        } catch {
            report.diagnostics.append(error.diagnostic)
        }
    }

    private func request(of object: Node) throws(DocumentError) -> AdmissionRequest {
        let file = object.document.source
        guard ManifestRequest.isReview(object) else {
            do throws(ManifestError) {
                return try AdmissionRequest(manifest: object, in: policies.resources, options: options)
            } catch {
                throw DocumentError(error.id, error.message, file: file, at: error.node.position ?? object.position)
            }
        }
        do throws(AdmissionReviewError) {
            return try AdmissionReview(object).request
        } catch {
            throw DocumentError(error.id, error.message, file: file, at: object.position, help: error.help)
        }
    }
}
