import Admission
import Glibc
import PolicyEngine
import Webhook

/// The spans of one request that is traced: one for the whole, one for each stage.
struct RequestTrace {
    private var root: Span
    private var stages: [Span] = []

    /// - Parameter parent: who asked, if anybody did.
    init(_ request: AdmissionHTTPRequest, parent: TraceContext?) {
        let path = request.endpoint == .mutate ? "/mutate" : "/validate"
        let traceID = parent?.traceID ?? (high: Self.identifier(), low: Self.identifier())
        root = Span(
            name: "POST \(path)", traceID: traceID, spanID: Self.identifier(), parentID: parent?.parentID,
            isServer: true, start: Self.now(), end: 0)
        add("http.request.method", .text("POST"))
        add("url.path", .text(path))
        add("http.request.body.size", .number(request.body.count))
    }

    mutating func add(_ key: String, _ value: Span.Attribute) { root.attributes.append((key, value)) }

    /// The stage before ends, and another begins.
    mutating func begin(_ stage: String) {
        let now = Self.now()
        endStage(at: now)
        stages.append(
            Span(
                name: stage, traceID: root.traceID, spanID: Self.identifier(), parentID: root.spanID, start: now, end: 0
            )
        )
    }

    /// The request is answered with this HTTP status.
    ///
    /// - Returns: all of its spans, the whole first.
    consuming func finished(status: Int, failure: String? = nil) -> [Span] {
        let now = Self.now()
        endStage(at: now)
        root.end = now
        root.failure = failure
        add("http.response.status_code", .number(status))
        return [root] + stages
    }

    private mutating func endStage(at now: Int) {
        guard let last = stages.indices.last, stages[last].end == 0 else { return }
        stages[last].end = now
    }

    private static func now() -> Int {
        var now = timespec()
        clock_gettime(CLOCK_REALTIME, &now)
        return now.tv_sec * 1_000_000_000 + now.tv_nsec
    }

    /// Random and never zero, which would be none.
    private static func identifier() -> UInt64 { UInt64.random(in: 1...UInt64.max) }
}

extension RequestTrace {
    /// What the request is about: nothing that is in the object itself.
    mutating func add(_ request: AdmissionRequest) {
        let resource = request.resource
        add("k8s.admission.uid", .text(Self.bounded(request.uid)))
        add("k8s.admission.operation", .text("\(request.operation.name)"))
        add("k8s.resource.group", .text(Self.bounded(resource.group)))
        add("k8s.resource.name", .text(Self.bounded(resource.resource)))
        add("k8s.namespace.name", .text(Self.bounded(request.namespace)))
        add("k8s.object.name", .text(Self.bounded(request.displayName)))
        add("k8s.admission.dry_run", .flag(request.isDryRun))
    }

    mutating func add(_ verdict: Verdict) {
        add("k8s.admission.allowed", .flag(verdict.isAllowed))
        add("guardrail.policies.evaluated", .number(verdict.evaluations.count))
        if let denial = verdict.denial { add("guardrail.policy", .text(denial.policy.qualifiedName)) }
    }

    private static func bounded(_ text: String) -> String {
        text.utf8.count <= WebhookLimits.loggedValueBytes
            ? text : String(decoding: text.utf8.prefix(WebhookLimits.loggedValueBytes), as: UTF8.self)
    }
}
