import Admission
import Documents
import NIOCore
import NIOPosix
import PolicyEngine
import Values
import Webhook

/// Answers admission requests with the verdict of the policies in force.
struct EngineResponder: AdmissionResponder {
    private let policies: PolicyHolder
    private let denials: DenialLog
    private let shortensAuditKeys: Bool
    private let workloads: WorkloadEnforcement
    private let recorder: Recorder?
    private let tracer: Tracer?
    private let workspaces = ThreadSpecificVariable<Workspace>()

    init(
        _ policies: PolicyHolder, shortensAuditKeys: Bool, workloads: WorkloadEnforcement, recorder: Recorder?,
        tracer: Tracer?, log: Log
    ) {
        self.policies = policies
        self.shortensAuditKeys = shortensAuditKeys
        self.workloads = workloads
        self.recorder = recorder
        self.tracer = tracer
        denials = DenialLog(log: log)
    }

    /// What one event loop's thread keeps between requests, so that a request allocates little.
    private final class Workspace: @unchecked Sendable {
        // SAFETY: kept in a thread-specific variable, so only the thread that made it uses it.
        var parser = JSONParser()
        var output: [UInt8] = []
        var policies: PolicyHolder.Copy

        init(policies: PolicyHolder.Copy) { self.policies = policies }

        /// Lets go of what a rare large request made large, or each thread would keep it for good.
        func trim(bodyBytes: Int) {
            if bodyBytes > ExecutableLimits.keptParserBodyBytes { parser = JSONParser() }
            if output.capacity > ExecutableLimits.keptBufferBytes { output = [] }
        }
    }

    func respond(
        to request: AdmissionHTTPRequest, into output: inout ByteBuffer
    ) throws(HTTPRefusal) -> AdmissionOutcome {
        var trace = tracer?.begin(request)
        do throws(HTTPRefusal) {
            let outcome = try respond(to: request, into: &output, &trace)
            if let trace { tracer?.exporter.export(trace.finished(status: 200)) }
            return outcome
        } catch {
            if let trace {
                tracer?.exporter.export(trace.finished(status: error.code, failure: error.message))
            }
            throw error
        }
    }

    private func respond(
        to request: AdmissionHTTPRequest, into output: inout ByteBuffer, _ trace: inout RequestTrace?
    ) throws(HTTPRefusal) -> AdmissionOutcome {
        trace?.begin("decode")
        let workspace = workspace()
        defer { workspace.trim(bodyBytes: request.body.count) }
        let text = request.body.assumingMemoryBound(to: UInt8.self)
        let document: Document
        do throws(DocumentError) {
            document = try workspace.parser.parse(text, isPadded: WebhookLimits.bodyPadding >= JSONParser.padding)
        } catch {
            throw .badRequest("the body is no JSON: \(error.message)")
        }
        let review = try Self.review(document)
        policies.refresh(&workspace.policies)
        trace?.add(review.request)
        trace?.begin("evaluate")
        let verdict: Verdict
        var response: AdmissionResponse
        switch request.endpoint {
        case .validate:
            verdict = workspace.policies.policies.review(review.request, workloads: workloads)
            response = AdmissionResponse(uid: review.request.uid, verdict: verdict)
        case .mutate:
            let mutation = workspace.policies.policies.mutate(review.request)
            verdict = Verdict(mutation)
            response = AdmissionResponse(uid: review.request.uid, verdict: mutation)
        }
        trace?.add(verdict)
        trace?.begin("encode")
        if shortensAuditKeys { response.shortenAuditKeys() }
        workspace.output.removeAll(keepingCapacity: true)
        response.encode(into: &workspace.output)
        output.writeBytes(workspace.output)
        recorder?.record(request.body, response: workspace.output)
        if !verdict.isAllowed || verdict.unenforced != nil { denials.write(verdict, of: review.request) }
        return AdmissionOutcome(review.request, verdict)
    }

    private static func review(_ document: Document) throws(HTTPRefusal) -> AdmissionReview {
        do throws(AdmissionReviewError) {
            return try AdmissionReview(document)
        } catch {
            throw .badRequest(error.help.map { "\(error.message); \($0)" } ?? error.message)
        }
    }

    private func workspace() -> Workspace {
        if let workspace = workspaces.currentValue { return workspace }
        let workspace = Workspace(policies: policies.copy())
        workspaces.currentValue = workspace
        return workspace
    }
}

extension AdmissionOutcome {
    /// What the metrics say about a verdict.
    fileprivate init(_ request: AdmissionRequest, _ verdict: Verdict) {
        let operation: Operation =
            switch request.operation {
            case .create: .create
            case .update: .update
            case .delete: .delete
            case .connect: .connect
            }
        let kind = request.kind
        let decision: Decision =
            if !verdict.isAllowed {
                verdict.denial?.evaluation == .error ? .error : .denied
            } else if verdict.exemption != nil {
                .exempt
            } else {
                verdict.unenforced == nil ? .allowed : .unenforced
            }
        self.init(operation: operation, group: kind.group, kind: kind.kind, decision: decision)
    }
}
