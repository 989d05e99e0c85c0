import Documents
package import Values

extension JSONPatch {
    /// The document with all operations applied; nodes that did not change keep their source positions.
    ///
    /// - Throws: the first operation that does not apply; nothing is changed then.
    package func applied(to root: Node, dialect: Dialect = .rfc6902) throws(JSONPatchError) -> Document {
        guard operations.count <= AdmissionLimits.maximumPatchOperations else {
            throw JSONPatchError("a patch has at most \(AdmissionLimits.maximumPatchOperations) operations")
        }
        var applier = PatchApplier(root: .node(root), dialect: dialect)
        for operation in operations { try applier.apply(operation) }
        return applier.root.document(source: root.document.source)
    }
}

/// One patch at work on one document.
private struct PatchApplier {
    private(set) var root: PatchTree
    let dialect: JSONPatch.Dialect
    /// Tape words that operations have added so far.
    private var added = 0

    init(root: PatchTree, dialect: JSONPatch.Dialect) {
        self.root = root
        self.dialect = dialect
    }

    private static let missing = "missing value"
    private static let invalidIndex = "invalid index referenced"

    mutating func apply(_ operation: JSONPatch.Operation) throws(JSONPatchError) {
        switch operation.op {
        case "add": try add(operation)
        case "remove": try remove(operation)
        case "replace": try replace(operation)
        case "move": try move(operation)
        case "copy": try copy(operation)
        case "test": try test(operation)
        default: throw JSONPatchError("Unexpected kind: \(operation.op)")
        }
    }

    // MARK: Operations

    private mutating func add(_ operation: JSONPatch.Operation) throws(JSONPatchError) {
        let value = try required(operation)
        let missing = "add operation does not apply: doc is missing path: \"\(operation.path)\": \(Self.missing)"
        let path = try pointer(operation.path, missing)
        try account(for: value, at: path)
        if path.tokens.isEmpty {
            root = value
            return
        }
        do throws(JSONPatchError) {
            try insert(value, at: path, otherwise: missing)
        } catch {
            throw error.message == missing ? error : error.prefixed("error in add for path: '\(operation.path)': ")
        }
    }

    private mutating func remove(_ operation: JSONPatch.Operation) throws(JSONPatchError) {
        let missing = "remove operation does not apply: doc is missing path: \"\(operation.path)\": \(Self.missing)"
        let path = try pointer(operation.path, missing)
        do throws(JSONPatchError) {
            try delete(path, otherwise: missing)
        } catch {
            throw error.message == missing ? error : error.prefixed("error in remove for path: '\(operation.path)': ")
        }
    }

    private mutating func replace(_ operation: JSONPatch.Operation) throws(JSONPatchError) {
        let value = try required(operation)
        if operation.path.isEmpty {
            if dialect == .kubernetes, !value.isMap, !value.isList {
                throw JSONPatchError("replace operation value must be object or array: %!w(<nil>)")
            }
            try account(for: value, at: JSONPointer())
            root = value
            return
        }
        let missingPath = "replace operation does not apply: doc is missing path: \(operation.path): \(Self.missing)"
        let missingKey = "replace operation does not apply: doc is missing key: \(operation.path): \(Self.missing)"
        let path = try pointer(operation.path, missingPath)
        try account(for: value, at: path)
        let dialect = dialect
        try withParent(of: path, otherwise: missingPath) { parent, token throws(JSONPatchError) in
            switch parent {
            case .map(var entries, let origin):
                if let index = entries.firstIndex(where: { $0.key.equals(token) }) {
                    parent = .list([])
                    entries[index].value = value
                } else {
                    guard dialect == .kubernetes else { throw JSONPatchError(missingKey) }
                    entries.append((.text(token), value))
                }
                parent = .map(entries, origin: origin)
            case .list(var elements, let origin):
                guard let index = try? Self.index(token, count: elements.count, dialect).get() else {
                    throw JSONPatchError(missingKey)
                }
                parent = .map([])
                elements[index] = value
                parent = .list(elements, origin: origin)
            case .node: throw JSONPatchError(missingPath)
            }
        }
    }

    private mutating func move(_ operation: JSONPatch.Operation) throws(JSONPatchError) {
        let from = operation.from ?? ""
        let missing = "move operation does not apply: doc is missing from path: \(from): \(Self.missing)"
        let source = try pointer(from, missing)
        let key = source.tokens.last ?? ""
        let value: PatchTree?
        do throws(JSONPatchError) {
            value = try find(source, otherwise: missing)
        } catch {
            throw error.message == missing ? error : error.prefixed("error in move for path: '\(key)': ")
        }
        let noTarget =
            "move operation does not apply: doc is missing destination path: \(operation.path): \(Self.missing)"
        let target = try pointer(operation.path, noTarget)
        if dialect == .rfc6902, source.isPrefix(of: target) { throw JSONPatchError("cannot move a value into itself") }
        if source == target, value != nil { return }
        do throws(JSONPatchError) {
            try delete(source, otherwise: missing)
        } catch {
            throw error.message == missing ? error : error.prefixed("error in move for path: '\(key)': ")
        }
        guard let value else { return }
        if target.tokens.isEmpty {
            root = value
            return
        }
        try account(for: value, at: target)
        do throws(JSONPatchError) {
            try insert(value, at: target, otherwise: noTarget)
        } catch {
            throw error.message == noTarget ? error : error.prefixed("error in move for path: '\(operation.path)': ")
        }
    }

    private mutating func copy(_ operation: JSONPatch.Operation) throws(JSONPatchError) {
        let from = operation.from ?? ""
        let missing = "copy operation does not apply: doc is missing from path: \(from): \(Self.missing)"
        let source = try pointer(from, missing)
        let found: PatchTree?
        do throws(JSONPatchError) {
            found = try find(source, otherwise: missing)
        } catch {
            throw error.message == missing ? error : error.prefixed("error in copy for from: '\(from)': ")
        }
        guard let value = found ?? (dialect == .kubernetes ? PatchTree.null : nil) else {
            throw JSONPatchError(missing)
        }
        let noTarget =
            "copy operation does not apply: doc is missing destination path: \(operation.path): \(Self.missing)"
        let target = try pointer(operation.path, noTarget)
        try account(for: value, at: target)
        if target.tokens.isEmpty {
            root = value
            return
        }
        do throws(JSONPatchError) {
            try insert(value, at: target, otherwise: noTarget)
        } catch {
            throw error.message == noTarget ? error : error.prefixed("error while adding value during copy: ")
        }
    }

    private mutating func test(_ operation: JSONPatch.Operation) throws(JSONPatchError) {
        let value = try required(operation)
        let failure = JSONPatchError("testing value \(operation.path) failed: test failed", isTestFailure: true)
        if operation.path.isEmpty {
            guard root.isEqual(to: value) else { throw failure }
            return
        }
        let missing = "test operation does not apply: is missing path: \(operation.path): \(Self.missing)"
        let path = try pointer(operation.path, missing)
        let found: PatchTree?
        do throws(JSONPatchError) {
            found = try find(path, otherwise: missing)
        } catch {
            throw error.message == missing ? error : error.prefixed("error in test for path: '\(operation.path)': ")
        }
        guard let found, found.isEqual(to: value) else { throw failure }
    }

    // MARK: Parts

    private func required(_ operation: JSONPatch.Operation) throws(JSONPatchError) -> PatchTree {
        if let value = operation.value { return value }
        // A member that is missing is null to the API server's library.
        guard dialect == .kubernetes else { throw JSONPatchError("`\(operation.op)` needs a value") }
        return .null
    }

    private func pointer(_ text: String, _ missing: String) throws(JSONPatchError) -> JSONPointer {
        switch dialect {
        case .rfc6902:
            guard let pointer = JSONPointer(text) else { throw JSONPatchError("`\(text)` is no JSON pointer") }
            return pointer
        case .kubernetes:
            guard let pointer = JSONPointer.lenient(text) else { throw JSONPatchError(missing) }
            return pointer
        }
    }

    /// Bounds what copies of copies may grow to.
    private mutating func account(for value: PatchTree, at path: JSONPointer) throws(JSONPatchError) {
        let extent = value.extent()
        added += extent.words
        guard added <= AdmissionLimits.maximumPatchedWords else {
            throw JSONPatchError("the patch makes the document too large")
        }
        guard extent.depth + path.tokens.count <= DocumentLimits.maximumDepth else {
            throw JSONPatchError("the patch nests the document deeper than \(DocumentLimits.maximumDepth) levels")
        }
    }

    private static func index(
        _ token: String, count: Int, _ dialect: JSONPatch.Dialect
    ) -> Result<Int, JSONPatchError> {
        guard dialect == .kubernetes else {
            guard let index = JSONPointer.index(token) else {
                return .failure(JSONPatchError("`\(token)` is no array index"))
            }
            return index < count ? .success(index) : .failure(outOfRange(index))
        }
        guard let index = Int(token) else {
            return .failure(JSONPatchError("strconv.Atoi: parsing \"\(token)\": invalid syntax"))
        }
        let place = index < 0 ? index + count : index
        return place >= 0 && place < count ? .success(place) : .failure(outOfRange(index))
    }

    private static func outOfRange(_ index: Int) -> JSONPatchError {
        JSONPatchError("Unable to access invalid index: \(index): \(invalidIndex)")
    }

    /// The value at a place; nil for a key that its map does not have.
    private func find(_ path: JSONPointer, otherwise missing: String) throws(JSONPatchError) -> PatchTree? {
        var tree = root
        for (depth, token) in path.tokens.enumerated() {
            let isLast = depth == path.tokens.count - 1
            if tree.isMap {
                guard let next = tree.child(token) else {
                    if isLast { return nil }
                    throw JSONPatchError(missing)
                }
                tree = next
            } else if tree.isList {
                switch Self.index(token, count: tree.count, dialect) {
                case .success(let index): tree = tree.element(index) ?? .null
                case .failure(let error): throw isLast ? error : JSONPatchError(missing)
                }
            } else {
                throw JSONPatchError(missing)
            }
        }
        return tree
    }

    private mutating func insert(
        _ value: PatchTree, at path: JSONPointer, otherwise missing: String
    ) throws(JSONPatchError) {
        let dialect = dialect
        try withParent(of: path, otherwise: missing) { parent, token throws(JSONPatchError) in
            switch parent {
            case .map(var entries, let origin):
                parent = .list([])
                if let index = entries.firstIndex(where: { $0.key.equals(token) }) {
                    entries[index].value = value
                } else {
                    entries.append((.text(token), value))
                }
                parent = .map(entries, origin: origin)
            case .list(var elements, let origin):
                var place = elements.count
                if token != "-" {
                    // One past the end is a place to add at.
                    switch Self.index(token, count: elements.count + 1, dialect) {
                    case .success(let index): place = index
                    case .failure(let error):
                        throw error.message.hasPrefix("strconv")
                            ? error.prefixed("value was not a proper array index: '\(token)': ") : error
                    }
                }
                parent = .map([])
                elements.insert(value, at: place)
                parent = .list(elements, origin: origin)
            case .node: throw JSONPatchError(missing)
            }
        }
    }

    private mutating func delete(_ path: JSONPointer, otherwise missing: String) throws(JSONPatchError) {
        let dialect = dialect
        try withParent(of: path, otherwise: missing) { parent, token throws(JSONPatchError) in
            switch parent {
            case .map(var entries, let origin):
                guard let index = entries.firstIndex(where: { $0.key.equals(token) }) else {
                    throw JSONPatchError("Unable to remove nonexistent key: \(token): \(Self.missing)")
                }
                parent = .list([])
                entries.remove(at: index)
                parent = .map(entries, origin: origin)
            case .list(var elements, let origin):
                let index = try Self.index(token, count: elements.count, dialect).get()
                parent = .map([])
                elements.remove(at: index)
                parent = .list(elements, origin: origin)
            case .node: throw JSONPatchError(missing)
            }
        }
    }

    /// Calls `body` with the opened container that holds a place, and the last token.
    private mutating func withParent(
        of path: JSONPointer, otherwise missing: String,
        _ body: (inout PatchTree, String) throws(JSONPatchError) -> Void
    ) throws(JSONPatchError) {
        guard let last = path.tokens.last else { throw JSONPatchError(missing) }
        try Self.descend(&root, path.tokens.dropLast(), dialect, missing) { parent throws(JSONPatchError) in
            try body(&parent, last)
        }
    }

    private static func descend(
        _ tree: inout PatchTree, _ tokens: ArraySlice<String>, _ dialect: JSONPatch.Dialect, _ missing: String,
        _ body: (inout PatchTree) throws(JSONPatchError) -> Void
    ) throws(JSONPatchError) {
        tree.open()
        guard let token = tokens.first else { return try body(&tree) }
        let rest = tokens.dropFirst()
        // The container is emptied while its part changes, so that its storage is not copied.
        switch tree {
        case .map(var entries, let origin):
            guard let index = entries.firstIndex(where: { $0.key.equals(token) }) else { throw JSONPatchError(missing) }
            tree = .map([])
            defer { tree = .map(entries, origin: origin) }
            try descend(&entries[index].value, rest, dialect, missing, body)
        case .list(var elements, let origin):
            guard case .success(let index) = index(token, count: elements.count, dialect) else {
                throw JSONPatchError(missing)
            }
            tree = .list([])
            defer { tree = .list(elements, origin: origin) }
            try descend(&elements[index], rest, dialect, missing, body)
        case .node: throw JSONPatchError(missing)
        }
    }
}

extension JSONPatchError {
    fileprivate func prefixed(_ prefix: String) -> JSONPatchError {
        JSONPatchError(prefix + message, isTestFailure: isTestFailure)
    }
}

extension PatchTree {
    package static var null: PatchTree {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.appendNull()
        return .node(builder.finish().root)
    }

    package var count: Int {
        switch self {
        case .node(let node): node.count
        case .map(let entries, _): entries.count
        case .list(let elements, _): elements.count
        }
    }

    package func child(_ key: String) -> PatchTree? {
        switch self {
        case .node(let node): node[key].map { .node($0) }
        case .map(let entries, _): entries.first { $0.key.equals(key) }?.value
        case .list: nil
        }
    }

    func element(_ index: Int) -> PatchTree? {
        switch self {
        case .node(let node): node.element(at: index).map { .node($0) }
        case .list(let elements, _): index < elements.count ? elements[index] : nil
        case .map: nil
        }
    }

    func isEqual(to other: PatchTree) -> Bool {
        if case .node(let left) = self, case .node(let right) = other { return left.isEqual(to: right) }
        return document(source: nil).root.isEqual(to: other.document(source: nil).root)
    }
}
