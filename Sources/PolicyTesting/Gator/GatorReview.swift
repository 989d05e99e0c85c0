import Admission
import Diagnostics
import Values

/// Recorded requests in gator's suites, which need not have all that an API server sends.
enum GatorReview {
    /// The request with what is missing filled in from its object.
    static func request(_ review: Node, _ table: ResourceTable, _ log: inout DiagnosticLog) -> AdmissionRequest? {
        guard let request = review["request"], request.isMap,
            let object = [request["object"], request["oldObject"]].compactMap({ $0 }).first(where: { $0.isMap })
        else {
            log.report(
                Diagnostic(
                    "suite-review", .error, "the AdmissionReview has no `request` with `object` or `oldObject`",
                    file: review.document.source, range: review.position.map { SourceRange(at: $0) }))
            return nil
        }
        do throws(AdmissionReviewError) {
            return try AdmissionRequest(completed(request, object, table))
        } catch {
            log.report(
                Diagnostic(
                    error.id, .error, error.message, file: review.document.source,
                    range: review.position.map { SourceRange(at: $0) }, help: error.help))
            return nil
        }
    }

    private static func completed(_ request: Node, _ object: Node, _ table: ResourceTable) -> Node {
        let own = GroupVersionKind(
            apiVersion: object["apiVersion"]?.string ?? "", kind: object["kind"]?.string ?? "")
        let kind = request["kind"].flatMap { node in
            node["kind"]?.string.map {
                GroupVersionKind(
                    group: node["group"]?.string ?? "", version: node["version"]?.string ?? own.version, kind: $0)
            }
        }
        let resource = table.resource(for: kind ?? own).resource
        var builder = DocumentBuilder(recordsPositions: request.position != nil)
        func text(_ key: String, _ value: String) {
            builder.appendKey(key)
            builder.append(value)
        }
        func triple(_ key: String, _ group: String, _ version: String, _ last: String, _ name: String) {
            builder.appendKey(key)
            builder.beginMap()
            text("group", group)
            text("version", version)
            text(last, name)
            builder.endMap()
        }
        builder.beginMap(at: request.position)
        if request["uid"]?.string?.isEmpty ?? true { text("uid", "00000000-0000-0000-0000-000000000000") }
        if request["operation"]?.string?.isEmpty ?? true { text("operation", "CREATE") }
        let shown = kind ?? own
        triple("kind", shown.group, shown.version, "kind", shown.kind)
        let isResourceGiven = request["resource"]?["resource"]?.string?.isEmpty == false
        if !isResourceGiven { triple("resource", resource.group, resource.version, "resource", resource.resource) }
        for name in ["name", "namespace"] where request[name]?.string?.isEmpty ?? true {
            if let own = object["metadata"]?[name]?.string, !own.isEmpty { text(name, own) }
        }
        for (key, value) in request.entries {
            switch key.string ?? "" {
            case "kind": continue
            case "uid", "operation", "name", "namespace": if value.string?.isEmpty ?? true { continue }
            case "resource": if !isResourceGiven { continue }
            default: break
            }
            builder.appendKey(utf8: key.utf8, at: key.position)
            builder.append(copyOf: value)
        }
        builder.endMap()
        let finished = builder
        return finished.finish(source: request.document.source).root
    }
}
