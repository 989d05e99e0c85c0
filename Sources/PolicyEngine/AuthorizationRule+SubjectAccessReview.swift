import Admission
package import Diagnostics
package import Values

extension AuthorizationRule {
    /// Reads an answered SubjectAccessReview of `authorization.k8s.io/v1` as a rule: its `spec` is the question, an absent
    /// or `*` field standing for any, and its `status` the answer. So rules are written in a format of Kubernetes' own.
    ///
    /// What cannot be used goes into the log as `context-access-review`; nil then.
    package init?(subjectAccessReview node: Node, log: inout DiagnosticLog) {
        func refuse(_ message: String, at place: Node?, help: String? = nil) {
            log.report(
                Diagnostic(
                    "context-access-review", .error, message, file: node.document.source,
                    range: (place ?? node).position.map { SourceRange(at: $0) }, help: help))
        }
        self.init()
        let spec = node["spec" as StaticString]
        let resource = spec?["resourceAttributes" as StaticString]
        let path = spec?["nonResourceAttributes" as StaticString]
        guard (resource != nil) != (path != nil), let asked = resource ?? path else {
            refuse("`spec` needs either `resourceAttributes` or `nonResourceAttributes`", at: spec)
            return nil
        }
        let known: Set = resource == nil ? ["path", "verb"] : Self.resourceFields
        for (key, value) in asked.entries {
            let name = key.string ?? ""
            let selector = name.hasSuffix("Selector") ? value["rawSelector" as StaticString] : value
            guard known.contains(name), let text = selector?.string else {
                refuse("`\(key.string ?? "")` cannot be used in a rule", at: key)
                return nil
            }
            set(name, to: text == "*" ? "" : text)
        }
        user = spec?["user" as StaticString]?.string ?? ""
        guard let status = node["status" as StaticString], let isAllowed = status["allowed" as StaticString]?.bool
        else {
            refuse(
                "`status.allowed` is missing", at: node["status" as StaticString],
                help: "`status` is the answer that expressions get: `allowed`, `denied`, `reason`, `evaluationError`")
            return nil
        }
        let isDenied = status["denied" as StaticString]?.bool ?? false
        decision = isAllowed ? .allow : isDenied ? .deny : .noOpinion
        reason = status["reason" as StaticString]?.string ?? ""
        error = status["evaluationError" as StaticString]?.string ?? ""
    }

    /// `version` is taken and not looked at: rules are about resources in all their versions.
    private static let resourceFields: Set = [
        "namespace", "verb", "group", "version", "resource", "subresource", "name", "fieldSelector", "labelSelector",
    ]

    private mutating func set(_ field: String, to text: String) {
        switch field {
        case "namespace": namespace = text
        case "verb": verb = text
        case "group": group = text
        case "resource": resource = text
        case "subresource": subresource = text
        case "name": name = text
        case "path": path = text
        case "fieldSelector": fieldSelector = text
        case "labelSelector": labelSelector = text
        default: break
        }
    }
}
