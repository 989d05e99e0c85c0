import Documents
package import Values

extension JSONPatch {
    /// The changes that make `new` out of `old`, and no others: one operation per key of a map that differs, elements of
    /// lists kept where they are the same. Where that takes more bytes than the new value itself, the value is replaced.
    package init(from old: Node, to new: Node) {
        var comparison = Comparison()
        var operations: [Operation] = []
        comparison.compare(old, new, at: JSONPointer(), isRoot: true, &operations)
        self.init(operations)
    }
}

/// One comparison of two documents.
private struct Comparison {
    /// Pairs of list elements that may still be looked at.
    private var remainingPairs = AdmissionLimits.maximumComparedElements
    /// Bytes of the new document's containers as JSON, by tape index.
    private var sizes: [UInt32: Int] = [:]
    private var scratch: [UInt8] = []

    /// Bytes of `{"op":"replace","path":"","value":}` and a comma.
    private static let operationBytes = 35

    mutating func compare(
        _ old: Node, _ new: Node, at path: JSONPointer, isRoot: Bool = false, _ operations: inout [JSONPatch.Operation]
    ) {
        let start = operations.count
        switch (old.kind, new.kind) {
        case (.map, .map): compareMaps(old, new, at: path, &operations)
        case (.list, .list): compareLists(old, new, at: path, &operations)
        default:
            if !old.isEqual(to: new) {
                operations.append(JSONPatch.Operation("replace", path.description, value: .node(new)))
            }
            return
        }
        guard !isRoot, operations.count > start else { return }
        let bytes = operations[start...].reduce(0) { $0 + size(of: $1) }
        let replacement = JSONPatch.Operation("replace", path.description, value: .node(new))
        guard bytes > size(of: replacement) else { return }
        operations.removeSubrange(start...)
        operations.append(replacement)
    }

    private mutating func size(of operation: JSONPatch.Operation) -> Int {
        var value = 0
        if case .node(let node) = operation.value { value = size(of: node) }
        return Self.operationBytes + operation.path.utf8.count + value
    }

    private mutating func size(of node: Node) -> Int {
        if let known = sizes[node.index] { return known }
        var size = 2
        switch node.kind {
        case .list:
            for element in node.elements { size += self.size(of: element) + 1 }
        case .map:
            for (key, value) in node.entries { size += key.utf8.count + 4 + self.size(of: value) }
        default:
            scratch.removeAll(keepingCapacity: true)
            JSONWriter().write(node, to: &scratch)
            return scratch.count
        }
        sizes[node.index] = size
        return size
    }

    // MARK: Maps

    private mutating func compareMaps(
        _ old: Node, _ new: Node, at path: JSONPointer, _ operations: inout [JSONPatch.Operation]
    ) {
        for (key, value) in old.entries where isFirst(value, of: key, in: old) {
            let place = path.appending(key.string ?? "")
            if let changed = new[utf8: key.utf8] {
                compare(value, changed, at: place, &operations)
            } else {
                operations.append(JSONPatch.Operation("remove", place.description))
            }
        }
        for (key, value) in new.entries where old[utf8: key.utf8] == nil && isFirst(value, of: key, in: new) {
            let place = path.appending(key.string ?? "").description
            operations.append(JSONPatch.Operation("add", place, value: .node(value)))
        }
    }

    /// Of equal keys, which a request may have, the first counts.
    private func isFirst(_ value: Node, of key: Node, in map: Node) -> Bool {
        map.find(key.utf8) == value.index
    }

    // MARK: Lists

    private mutating func compareLists(
        _ old: Node, _ new: Node, at path: JSONPointer, _ operations: inout [JSONPatch.Operation]
    ) {
        let left = Array(old.elements)
        let right = Array(new.elements)
        var prefix = 0
        while prefix < left.count, prefix < right.count, left[prefix].isEqual(to: right[prefix]) { prefix += 1 }
        var suffix = 0
        while suffix < left.count - prefix, suffix < right.count - prefix,
            left[left.count - 1 - suffix].isEqual(to: right[right.count - 1 - suffix])
        { suffix += 1 }
        let kept = commonElements(left[prefix..<(left.count - suffix)], right[prefix..<(right.count - suffix)])
        let ends = [(left.count - suffix, right.count - suffix)]
        var (leftStart, rightStart) = (prefix, prefix)
        for (leftEnd, rightEnd) in kept + ends {
            compareRuns(
                left[leftStart..<leftEnd], right[rightStart..<rightEnd], at: path, from: rightStart, &operations)
            (leftStart, rightStart) = (leftEnd + 1, rightEnd + 1)
        }
    }

    /// Two runs between elements that stay: what stands at the same place is changed, the rest removed or added.
    private mutating func compareRuns(
        _ left: ArraySlice<Node>, _ right: ArraySlice<Node>, at path: JSONPointer, from start: Int,
        _ operations: inout [JSONPatch.Operation]
    ) {
        let paired = min(left.count, right.count)
        for (offset, pair) in zip(left, right).enumerated() {
            compare(pair.0, pair.1, at: path.appending(start + offset), &operations)
        }
        let place = path.appending(start + paired).description
        for _ in left.dropFirst(paired) { operations.append(JSONPatch.Operation("remove", place)) }
        for (offset, element) in right.dropFirst(paired).enumerated() {
            operations.append(
                JSONPatch.Operation(
                    "add", path.appending(start + paired + offset).description, value: .node(element)))
        }
    }

    /// Places of elements, in both lists, that are the same and in the same order: as many as there can be.
    private mutating func commonElements(
        _ left: ArraySlice<Node>, _ right: ArraySlice<Node>
    ) -> [(Int, Int)] {
        guard !left.isEmpty, !right.isEmpty, left.count != right.count || left.count > 1,
            left.count <= remainingPairs / right.count
        else { return [] }
        remainingPairs -= left.count * right.count
        let (rows, columns) = (left.count, right.count)
        let leftHashes = left.map { $0.contentHash() }
        let rightHashes = right.map { $0.contentHash() }
        // lengths[row * width + column]: of the longest common part behind there.
        let width = columns + 1
        var lengths = [Int32](repeating: 0, count: (rows + 1) * width)
        for row in stride(from: rows - 1, through: 0, by: -1) {
            for column in stride(from: columns - 1, through: 0, by: -1) {
                lengths[row * width + column] =
                    leftHashes[row] == rightHashes[column]
                    ? lengths[(row + 1) * width + column + 1] + 1
                    : max(lengths[(row + 1) * width + column], lengths[row * width + column + 1])
            }
        }
        var result: [(Int, Int)] = []
        var (row, column) = (0, 0)
        while row < rows, column < columns {
            if leftHashes[row] == rightHashes[column] {
                // Equal hashes of different values cost a longer patch, not a wrong one.
                let (leftIndex, rightIndex) = (left.startIndex + row, right.startIndex + column)
                if left[leftIndex].isEqual(to: right[rightIndex]) { result.append((leftIndex, rightIndex)) }
                row += 1
                column += 1
            } else if lengths[(row + 1) * width + column] >= lengths[row * width + column + 1] {
                row += 1
            } else {
                column += 1
            }
        }
        return result
    }
}
