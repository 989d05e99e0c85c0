package import Values

/// A list of changes to a document (RFC 6902), applied one after the other, all or none.
package struct JSONPatch: Sendable {
    package struct Operation: Sendable {
        /// `add`, `remove`, `replace`, `move`, `copy` or `test`; others fail when their turn comes.
        package var op: String
        package var path: String
        /// Of `move` and `copy`.
        package var from: String?
        /// Of `add`, `replace` and `test`.
        package var value: PatchTree?

        package init(_ op: String, _ path: String, from: String? = nil, value: PatchTree? = nil) {
            self.op = op
            self.path = path
            self.from = from
            self.value = value
        }
    }

    /// Whose reading of the RFC.
    package enum Dialect: Sendable {
        case rfc6902
        /// As the API server's library has it: negative indices count from the end, `replace` of a key that is missing
        /// adds it, only `replace` and `test` may be about the whole document.
        case kubernetes
    }

    package var operations: [Operation]

    package init(_ operations: [Operation] = []) { self.operations = operations }

    package var isEmpty: Bool { operations.isEmpty }
}

/// Why a patch does not apply.
package struct JSONPatchError: Error, Sendable {
    /// Worded as the API server's library words it.
    package let message: String
    /// Whether it is a `test` that found another value. An admission policy's patch then changes nothing, silently.
    package var isTestFailure = false

    init(_ message: String, isTestFailure: Bool = false) {
        self.message = message
        self.isTestFailure = isTestFailure
    }
}

extension JSONPatch {
    /// Reads a patch document.
    ///
    /// - Throws: what of it is no patch: not a list of objects with the members that their `op` needs.
    package init(_ document: Node) throws(JSONPatchError) {
        guard document.isList else { throw JSONPatchError("a patch must be a list of operations") }
        guard document.count <= AdmissionLimits.maximumPatchOperations else {
            throw JSONPatchError("a patch has at most \(AdmissionLimits.maximumPatchOperations) operations")
        }
        var operations: [Operation] = []
        for (index, node) in document.elements.enumerated() {
            guard let op = node["op" as StaticString]?.string else {
                throw JSONPatchError("operation \(index) has no `op`")
            }
            guard let path = node["path" as StaticString]?.string else {
                throw JSONPatchError("operation \(index) has no `path`")
            }
            let from = node["from" as StaticString]
            let value = node["value" as StaticString]
            switch op {
            case "add", "replace", "test":
                if value == nil { throw JSONPatchError("operation \(index) has no `value`") }
            case "move", "copy":
                if from?.string == nil { throw JSONPatchError("operation \(index) has no `from`") }
            default: break
            }
            operations.append(Operation(op, path, from: from?.string, value: value.map { .node($0) }))
        }
        self.init(operations)
    }

    /// The patch as a JSON document: a list of operations.
    package func document() -> Document {
        let list = operations.map { operation -> PatchTree in
            var members: [(key: PatchTree.Key, value: PatchTree)] = [
                (.text("op"), .text(operation.op)), (.text("path"), .text(operation.path)),
            ]
            if let from = operation.from { members.append((.text("from"), .text(from))) }
            if let value = operation.value { members.append((.text("value"), value)) }
            return .map(members)
        }
        return PatchTree.list(list).document(source: nil)
    }
}

extension PatchTree {
    /// A string that was made.
    package static func text(_ text: String) -> PatchTree {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.append(text)
        return .node(builder.finish().root)
    }
}
