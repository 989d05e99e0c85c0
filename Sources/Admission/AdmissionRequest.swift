package import Values

/// A request to create, change, delete or connect to an object: a view of an AdmissionReview's `request`.
///
/// Nothing is copied out of the document: each field is the tape index of its value. `value` is what expressions see
/// as `request`; fields that the API server leaves out when empty are absent there.
package struct AdmissionRequest: Sendable {
    package let document: Document
    package let operation: Operation
    package let isDryRun: Bool
    /// Whether the resource plural was guessed from the kind, not looked up; only for requests made from manifests.
    package let isResourceGuessed: Bool
    private let rootIndex: UInt32
    private let fields: Fields
    /// What mutating policies made of the object; nil while it is as it came.
    private var mutatedObject: Node?

    /// Tape indices; 0 is absent (index 0 is never a field's).
    struct Fields: Sendable {
        var uid: UInt32 = 0
        var kind: UInt32 = 0
        var resource: UInt32 = 0
        var subResource: UInt32 = 0
        var requestKind: UInt32 = 0
        var requestResource: UInt32 = 0
        var requestSubResource: UInt32 = 0
        var name: UInt32 = 0
        var namespace: UInt32 = 0
        var userInfo: UInt32 = 0
        var object: UInt32 = 0
        var oldObject: UInt32 = 0
        var options: UInt32 = 0
        var group: UInt32 = 0
        var version: UInt32 = 0
        var resourceName: UInt32 = 0
        var kindName: UInt32 = 0
        var kindGroup: UInt32 = 0
        var kindVersion: UInt32 = 0
    }

    init(root: Node, operation: Operation, isDryRun: Bool, isResourceGuessed: Bool, fields: Fields) {
        document = root.document
        rootIndex = root.index
        self.operation = operation
        self.isDryRun = isDryRun
        self.isResourceGuessed = isResourceGuessed
        self.fields = fields
    }

    private func node(_ index: UInt32) -> Node? { index == 0 ? nil : Node(document: document, index: index) }

    private func bytes(_ index: UInt32) -> UnsafeBufferPointer<UInt8> {
        index == 0 ? UnsafeBufferPointer(start: nil, count: 0) : Node(document: document, index: index).utf8
    }

    private func string(_ index: UInt32) -> String { String(decoding: bytes(index), as: UTF8.self) }

    private func value(_ index: UInt32) -> Value { index == 0 ? .null : Value(Node(document: document, index: index)) }

    /// The `request` map itself.
    package var node: Node { Node(document: document, index: rootIndex) }
    /// What expressions see as `request`.
    package var value: Value { .mapNode(node) }
    /// The object to be stored; null for DELETE. For CONNECT the options of the connection.
    package var object: Value { mutatedObject.map { Value($0) } ?? value(fields.object) }
    /// The object as it is stored; null for CREATE and CONNECT.
    package var oldObject: Value { value(fields.oldObject) }
    package var objectNode: Node? { mutatedObject ?? node(fields.object).flatMap { $0.isMap ? $0 : nil } }
    package var oldObjectNode: Node? { node(fields.oldObject).flatMap { $0.isMap ? $0 : nil } }
    package var options: Node? { node(fields.options).flatMap { $0.isMap ? $0 : nil } }
    package var userInfo: Node? { node(fields.userInfo) }

    package var uid: String { string(fields.uid) }
    package var uidUTF8: UnsafeBufferPointer<UInt8> { bytes(fields.uid) }
    /// Empty for an object that the server still has to name.
    package var name: String { string(fields.name) }
    package var nameUTF8: UnsafeBufferPointer<UInt8> { bytes(fields.name) }
    /// Empty for cluster-scoped objects; a Namespace's own name for Namespaces.
    package var namespace: String { string(fields.namespace) }
    package var namespaceUTF8: UnsafeBufferPointer<UInt8> { bytes(fields.namespace) }
    /// Such as `status` or `scale`; empty for the object itself.
    package var subResource: String { string(fields.subResource) }
    package var subResourceUTF8: UnsafeBufferPointer<UInt8> { bytes(fields.subResource) }

    package var groupUTF8: UnsafeBufferPointer<UInt8> { bytes(fields.group) }
    package var versionUTF8: UnsafeBufferPointer<UInt8> { bytes(fields.version) }
    package var resourceUTF8: UnsafeBufferPointer<UInt8> { bytes(fields.resourceName) }

    package var kind: GroupVersionKind {
        GroupVersionKind(
            group: string(fields.kindGroup), version: string(fields.kindVersion), kind: string(fields.kindName))
    }

    package var resource: GroupVersionResource {
        GroupVersionResource(
            group: string(fields.group), version: string(fields.version), resource: string(fields.resourceName))
    }

    /// True for requests on `v1` Namespaces themselves.
    package var isNamespaceObject: Bool {
        bytes(fields.kindGroup).isEmpty && equals(fields.kindName, "Namespace") && equals(fields.kindVersion, "v1")
    }

    /// True for what API servers ask no admission policy about: policies and webhooks themselves, which could lock
    /// everyone out, and questions that are asked and not stored.
    ///
    /// Source: `IsExemptAdmissionConfigurationResource` of `k8s.io/apiserver`, and `pkg/kubeapiserver/admission/exclusion`.
    package var isExemptFromPolicies: Bool {
        if bytes(fields.kindGroup).elementsEqual("admissionregistration.k8s.io".utf8) {
            return Self.configurations.contains { equals(fields.kindName, $0) }
        }
        guard bytes(fields.group).starts(with: "auth".utf8) else { return false }
        let name = groupResource
        return Self.questions.contains { name.utf8.elementsEqual($0.utf8) }
    }

    private static let configurations: [StaticString] = [
        "ValidatingWebhookConfiguration", "MutatingWebhookConfiguration", "ValidatingAdmissionPolicy",
        "ValidatingAdmissionPolicyBinding", "MutatingAdmissionPolicy", "MutatingAdmissionPolicyBinding",
    ]

    private static let questions = [
        "selfsubjectreviews.authentication.k8s.io", "tokenreviews.authentication.k8s.io",
        "localsubjectaccessreviews.authorization.k8s.io", "selfsubjectaccessreviews.authorization.k8s.io",
        "selfsubjectrulesreviews.authorization.k8s.io", "subjectaccessreviews.authorization.k8s.io",
    ]

    /// True for requests on the `namespaces` resource, subresources included.
    package var isNamespacesResource: Bool {
        bytes(fields.group).isEmpty && equals(fields.resourceName, "namespaces")
    }

    private func equals(_ index: UInt32, _ text: StaticString) -> Bool {
        bytes(index).elementsEqual(UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount))
    }
}

extension AdmissionRequest {
    /// The same request about another object, which must be a map. Only `object` and `objectNode` change.
    package func with(object: Node) -> AdmissionRequest {
        var copy = self
        copy.mutatedObject = object
        return copy
    }

    /// `pods` or `deployments.apps`, as messages name the resource.
    package var groupResource: String {
        let resource = string(fields.resourceName)
        return bytes(fields.group).isEmpty ? resource : "\(resource).\(string(fields.group))"
    }

    /// The name that messages show: the request's, else the object's own name or what it will be generated from.
    ///
    /// Where it has none the API server writes `Unknown`, and for objects without metadata a name that cannot be.
    package var displayName: String {
        if !nameUTF8.isEmpty { return name }
        guard let object = objectNode else { return "Unknown" }
        guard let metadata = object["metadata" as StaticString] else { return "Unknown/errorGettingName" }
        for field in ["name", "generateName"] as [StaticString] {
            if let name = metadata[field]?.string, !name.isEmpty { return name }
        }
        return "Unknown"
    }
}
