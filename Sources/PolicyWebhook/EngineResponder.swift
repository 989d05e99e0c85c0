import Admission
import Documents
import ImageGathering
import ImageVerification
import NIOCore
import NIOPosix
import PolicyEngine
import Values
import Webhook

/// Answers admission requests with the verdict of the policies in force.
struct EngineResponder: AdmissionResponder {
    private let policies: PolicyHolder
    private let gate: SyncGate
    /// nil where the Kubernetes API is not asked.
    private let namespaces: NamespaceLookup?
    private let denials: DenialLog
    private let shortensAuditKeys: Bool
    private let workloads: WorkloadEnforcement
    private let recorder: Recorder?
    private let tracer: Tracer?
    /// nil where nobody can look at images.
    private let images: ImageFiles?
    private let workspaces = ThreadSpecificVariable<Workspace>()

    init(
        _ policies: PolicyHolder, gate: SyncGate, namespaces: NamespaceLookup? = nil, shortensAuditKeys: Bool,
        workloads: WorkloadEnforcement,
        recorder: Recorder?, tracer: Tracer?, images: ImageFiles? = nil, log: Log
    ) {
        self.policies = policies
        self.gate = gate
        self.namespaces = namespaces
        self.images = images
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
        /// Used again by the next request, unless the last one has asked for something.
        var facts: ImageFacts?

        init(policies: PolicyHolder.Copy) { self.policies = policies }

        /// Lets go of what a rare large request made large, or each thread would keep it for good.
        func trim(bodyBytes: Int) {
            if bodyBytes > ExecutableLimits.keptParserBodyBytes { parser = JSONParser() }
            if output.capacity > ExecutableLimits.keptBufferBytes { output = [] }
        }
    }

    func respond(
        to request: AdmissionHTTPRequest, into output: inout ByteBuffer
    ) throws(HTTPRefusal) -> AdmissionReply {
        var trace = tracer?.begin(request)
        do throws(HTTPRefusal) {
            let reply = try respond(to: request, into: &output, &trace)
            if let trace { tracer?.exporter.export(trace.finished(status: 200)) }
            return reply
        } catch {
            export(trace, refusal: error)
            throw error
        }
    }

    private func export(_ trace: RequestTrace?, refusal: HTTPRefusal) {
        guard let trace else { return }
        tracer?.exporter.export(trace.finished(status: refusal.code, failure: refusal.message))
    }

    /// - Parameter trace: nil afterwards where the answer comes later, and the trace with it.
    private func respond(
        to request: AdmissionHTTPRequest, into output: inout ByteBuffer, _ trace: inout RequestTrace?
    ) throws(HTTPRefusal) -> AdmissionReply {
        guard gate.isOpen else { throw .notReady("the Kubernetes API has not been read yet") }
        let workspace = workspace()
        defer { workspace.trim(bodyBytes: request.body.count) }
        policies.refresh(&workspace.policies)
        let gatherer = images?.gatherer
        if let gatherer {
            if workspace.facts?.cache !== gatherer.cache { workspace.facts = ImageFacts(cache: gatherer.cache) }
        } else {
            workspace.facts = nil
        }
        let policies = workspace.policies.policies
        let admission = try decode(request.body, &workspace.parser, &trace)
        if let namespaces, let name = NamespaceLookup.missing(for: admission, in: policies.cluster) {
            trace?.begin("namespace")
            let kept = KeptRequest(request)
            return .deferred(deferred(kept, name, namespaces, gatherer, policies, trace.take()))
        }
        let judged = judge(admission, request.endpoint, policies, workspace.facts, &trace)
        if let gatherer, let facts = workspace.facts, facts.lacksSomething {
            workspace.facts = nil
            trace?.begin("gather")
            return .deferred(deferred(KeptRequest(request), facts, gatherer, policies, trace.take()))
        }
        workspace.output.removeAll(keepingCapacity: true)
        finish(judged, request.body, into: &workspace.output)
        output.writeBytes(workspace.output)
        return .answered(AdmissionOutcome(judged.request, judged.verdict))
    }

    private struct Judged {
        let request: AdmissionRequest
        let verdict: Verdict
        let response: AdmissionResponse
    }

    /// - Parameter body: followed by `WebhookLimits.bodyPadding` readable bytes.
    private func decode(
        _ body: UnsafeRawBufferPointer, _ parser: inout JSONParser, _ trace: inout RequestTrace?
    ) throws(HTTPRefusal) -> AdmissionRequest {
        trace?.begin("decode")
        let document: Document
        do throws(DocumentError) {
            document = try parser.parse(
                body.assumingMemoryBound(to: UInt8.self), isPadded: WebhookLimits.bodyPadding >= JSONParser.padding)
        } catch {
            throw .badRequest("the body is no JSON: \(error.message)")
        }
        let request = try Self.review(document).request
        trace?.add(request)
        return request
    }

    private func judge(
        _ request: AdmissionRequest, _ endpoint: AdmissionEndpoint, _ policies: PolicySet, _ facts: ImageFacts?,
        _ trace: inout RequestTrace?
    ) -> Judged {
        facts?.access = images?.access(of: request)
        trace?.begin("evaluate")
        let verdict: Verdict
        var response: AdmissionResponse
        switch endpoint {
        case .validate:
            verdict = policies.review(request, workloads: workloads, images: facts)
            response = AdmissionResponse(uid: request.uid, verdict: verdict)
        case .mutate:
            let mutation = policies.mutate(request, images: facts)
            verdict = Verdict(mutation)
            response = AdmissionResponse(uid: request.uid, verdict: mutation)
        }
        trace?.add(verdict)
        trace?.begin("encode")
        if shortensAuditKeys { response.shortenAuditKeys() }
        return Judged(request: request, verdict: verdict, response: response)
    }

    private func finish(_ judged: Judged, _ body: UnsafeRawBufferPointer, into output: inout [UInt8]) {
        judged.response.encode(into: &output)
        recorder?.record(body, response: output)
        if !judged.verdict.isAllowed || judged.verdict.unenforced != nil {
            denials.write(judged.verdict, of: judged.request)
        }
    }

    /// The same request once more, elsewhere, when more is known of its images.
    private func deferred(
        _ kept: KeptRequest, _ facts: ImageFacts, _ gatherer: ImageGatherer, _ policies: PolicySet,
        _ trace: RequestTrace?
    ) -> ImageAdmission {
        ImageAdmission(facts, by: gatherer, timeout: kept.timeout) { facts, isLast in
            switch judge(kept, policies, facts, trace) {
            case .failure(let refusal): return .failure(refusal)
            case .success(let again):
                guard isLast || !facts.lacksSomething else { return nil }
                return .success(answer(again, kept))
            }
        }
    }

    /// The same request once more, elsewhere, when its Namespace has been looked up.
    private func deferred(
        _ kept: KeptRequest, _ name: String, _ namespaces: NamespaceLookup, _ gatherer: ImageGatherer?,
        _ policies: PolicySet, _ trace: RequestTrace?
    ) -> NamespaceAdmission {
        // Images may need more of the caller's patience; a look-up has its own bound.
        let patience =
            gatherer == nil
            ? NamespaceAdmission.patience(of: kept.timeout) : ImageAdmission.patience(of: kept.timeout)
        return NamespaceAdmission(name, in: namespaces, patience: patience) { found in
            let policies = policies.with(found)
            let facts = gatherer.map { ImageFacts(cache: $0.cache) }
            switch judge(kept, policies, facts, trace) {
            case .failure(let refusal): return .done(.failure(refusal))
            case .success(let again):
                if let gatherer, let facts, facts.lacksSomething {
                    return .more(deferred(kept, facts, gatherer, policies, again.trace))
                }
                return .done(.success(answer(again, kept)))
            }
        }
    }

    /// A request that was judged away from its connection, not yet answered.
    private struct JudgedAgain {
        let judged: Judged
        let trace: RequestTrace?
    }

    /// - Parameter trace: with the stages until now.
    private func judge(
        _ kept: KeptRequest, _ policies: PolicySet, _ facts: ImageFacts?, _ trace: RequestTrace?
    ) -> Result<JudgedAgain, HTTPRefusal> {
        var trace = trace
        do throws(HTTPRefusal) {
            let request = try kept.withBody { body throws(HTTPRefusal) in
                var parser = JSONParser()
                return try decode(body, &parser, &trace)
            }
            let judged = judge(request, kept.endpoint, policies, facts, &trace)
            return .success(JudgedAgain(judged: judged, trace: trace))
        } catch {
            export(trace, refusal: error)
            return .failure(error)
        }
    }

    private func answer(_ again: JudgedAgain, _ kept: KeptRequest) -> AdmissionAnswer {
        var output: [UInt8] = []
        kept.withBody { finish(again.judged, $0, into: &output) }
        if let trace = again.trace { tracer?.exporter.export(trace.finished(status: 200)) }
        let outcome = AdmissionOutcome(again.judged.request, again.judged.verdict)
        return AdmissionAnswer(body: output, outcome: outcome)
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
