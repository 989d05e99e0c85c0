package import Values

/// Why a document is no AdmissionReview that can be answered.
package struct AdmissionReviewError: Error, Sendable, Equatable {
    /// Stable kebab-case id, such as `admission-review-kind`.
    package let id: String
    package let message: String
    package let help: String?
    /// The request's uid where it could be read, so that even the refusal can be told apart.
    package let uid: String?

    init(_ id: String, _ message: String, help: String? = nil, uid: String? = nil) {
        self.id = id
        self.message = message
        self.help = help
        self.uid = uid
    }
}

/// An AdmissionReview as the API server sends it to a webhook.
package struct AdmissionReview: Sendable {
    package let request: AdmissionRequest

    /// - Throws: the first thing that is wrong: `admission-review-kind`, `admission-review-version`,
    ///   `admission-review-request`, `admission-review-uid`, `admission-review-operation`, `admission-review-field`.
    package init(_ document: Document) throws(AdmissionReviewError) {
        try self.init(document.root)
    }

    package init(_ root: Node) throws(AdmissionReviewError) {
        guard root.isMap else {
            throw AdmissionReviewError("admission-review-kind", "an AdmissionReview must be an object")
        }
        let kind = root["kind" as StaticString]?.string
        guard kind == "AdmissionReview" else {
            throw AdmissionReviewError(
                "admission-review-kind",
                kind.map { "kind is `\($0)`, not `AdmissionReview`" } ?? "`kind: AdmissionReview` is missing")
        }
        let version = root["apiVersion" as StaticString]?.string
        guard version == "admission.k8s.io/v1" else {
            throw AdmissionReviewError(
                "admission-review-version",
                version.map { "apiVersion is `\($0)`, not `admission.k8s.io/v1`" } ?? "`apiVersion` is missing",
                help: "set `admissionReviewVersions: [v1]` in the webhook configuration")
        }
        guard let request = root["request" as StaticString], request.isMap else {
            throw AdmissionReviewError("admission-review-request", "`request` is missing")
        }
        self.request = try AdmissionRequest(request)
    }
}

extension AdmissionRequest {
    /// Reads an AdmissionReview's `request`.
    ///
    /// What the API server would have left out or filled in is corrected, so that expressions see the same fields
    /// whoever wrote the review: empty names, namespaces, subresources and groups go, `dryRun` is always there.
    package init(_ request: Node, isResourceGuessed: Bool = false) throws(AdmissionReviewError) {
        guard request.isMap else {
            throw AdmissionReviewError("admission-review-request", "`request` must be an object")
        }
        if needsNormalization(request) {
            try self.init(normalized: normalize(request).root, isResourceGuessed: isResourceGuessed)
        } else {
            try self.init(normalized: request, isResourceGuessed: isResourceGuessed)
        }
    }

    private init(normalized request: Node, isResourceGuessed: Bool) throws(AdmissionReviewError) {
        guard let uid = request["uid" as StaticString] else {
            throw AdmissionReviewError("admission-review-uid", "`request.uid` is missing")
        }
        guard let uidText = uid.string, !uidText.isEmpty, uidText.utf8.count <= AdmissionLimits.maximumUIDBytes else {
            throw AdmissionReviewError(
                "admission-review-uid",
                "`request.uid` must be a string of 1 to \(AdmissionLimits.maximumUIDBytes) bytes")
        }
        let reader = RequestReader(request: request, uid: uidText)
        var fields = Fields()
        fields.uid = uid.index
        let operation = try reader.operation()
        (fields.kind, fields.kindGroup, fields.kindVersion, fields.kindName) = try reader.triple("kind", last: "kind")
        (fields.resource, fields.group, fields.version, fields.resourceName) =
            try reader.triple("resource", last: "resource")
        fields.requestKind = try reader.map("requestKind")
        fields.requestResource = try reader.map("requestResource")
        fields.subResource = try reader.text("subResource")
        fields.requestSubResource = try reader.text("requestSubResource")
        fields.name = try reader.text("name")
        fields.namespace = try reader.text("namespace")
        fields.userInfo = try reader.map("userInfo")
        fields.object = try reader.map("object")
        fields.oldObject = try reader.map("oldObject")
        fields.options = try reader.map("options")
        let isDryRun = try reader.flag("dryRun")
        self.init(
            root: request, operation: operation, isDryRun: isDryRun, isResourceGuessed: isResourceGuessed,
            fields: fields)
    }
}

/// Reads a request's fields and says which one has the wrong type.
private struct RequestReader {
    let request: Node
    let uid: String

    private func wrongType(_ name: StaticString, _ expected: String) -> AdmissionReviewError {
        AdmissionReviewError("admission-review-field", "`request.\(name)` must be \(expected)", uid: uid)
    }

    func operation() throws(AdmissionReviewError) -> Operation {
        guard let node = request["operation" as StaticString] else {
            throw AdmissionReviewError("admission-review-operation", "`request.operation` is missing", uid: uid)
        }
        guard let operation = Operation(utf8: node.utf8) else {
            throw AdmissionReviewError(
                "admission-review-operation", "unknown operation `\(node.string ?? "")`",
                help: "operations are CREATE, UPDATE, DELETE and CONNECT", uid: uid)
        }
        return operation
    }

    func text(_ name: StaticString) throws(AdmissionReviewError) -> UInt32 {
        guard let node = request[name], !node.isNull else { return 0 }
        guard node.kind == .string else { throw wrongType(name, "a string") }
        return node.index
    }

    /// An object, or 0 for null and absent.
    func map(_ name: StaticString) throws(AdmissionReviewError) -> UInt32 {
        guard let node = request[name], !node.isNull else { return 0 }
        guard node.isMap else { throw wrongType(name, "an object") }
        return node.index
    }

    func flag(_ name: StaticString) throws(AdmissionReviewError) -> Bool {
        guard let node = request[name], !node.isNull else { return false }
        guard let flag = node.bool else { throw wrongType(name, "true or false") }
        return flag
    }

    /// A map of group, version and a third name; group may be absent.
    func triple(
        _ name: StaticString, last: StaticString
    ) throws(AdmissionReviewError) -> (UInt32, UInt32, UInt32, UInt32) {
        guard let node = request[name], node.isMap else { throw wrongType(name, "an object") }
        guard let version = node["version" as StaticString], version.kind == .string, let third = node[last],
            third.kind == .string, !third.utf8.isEmpty
        else { throw wrongType(name, "an object with `group`, `version` and `\(last)`") }
        let group = node["group" as StaticString]
        if let group, group.kind != .string { throw wrongType(name, "an object with a string as `group`") }
        return (node.index, group?.index ?? 0, version.index, third.index)
    }
}
