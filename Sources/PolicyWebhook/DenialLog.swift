import Admission
import PolicyEngine
import Webhook

/// Writes one line for each request that is denied, or would be if the operator had not said otherwise.
///
/// A message may quote the object, so for Secrets it is left out; nothing else of an object is ever logged but its name.
struct DenialLog {
    let log: Log

    func write(_ verdict: Verdict, of request: AdmissionRequest) {
        guard log.admitsRequestLine(.info) else { return }
        var line = LogLine(.info, verdict.isAllowed ? "would be denied" : "denied")
        let kind = request.kind
        line.add("uid", Self.bounded(request.uid))
        line.add("operation", "\(request.operation.name)")
        line.add("group", Self.bounded(kind.group))
        line.add("kind", Self.bounded(kind.kind))
        line.add("namespace", Self.bounded(request.namespace))
        line.add("name", Self.bounded(request.displayName))
        line.add("dryRun", request.isDryRun)
        let denial = verdict.denial ?? verdict.unenforced
        if let denial {
            line.add("policy", Self.bounded(denial.policy.qualifiedName))
            if let binding = denial.binding { line.add("binding", Self.bounded(binding.name)) }
            line.add("evaluation", denial.evaluation.rawValue)
        }
        if let status = verdict.status { line.add("code", status.code) }
        if kind.kind == "Secret" {
            line.add("reason", "not logged for Secrets")
        } else {
            line.add("reason", Self.bounded(denial?.message ?? verdict.status?.message ?? ""))
        }
        log.write(line)
    }

    private static func bounded(_ text: String) -> String {
        guard text.utf8.count > WebhookLimits.loggedValueBytes else { return text }
        return String(decoding: text.utf8.prefix(WebhookLimits.loggedValueBytes), as: UTF8.self)
    }
}
