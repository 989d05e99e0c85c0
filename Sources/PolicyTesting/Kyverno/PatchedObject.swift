import Admission
import Values

/// Compares an object with the way a test writes it down: what is empty counts as absent, and the namespace may be left
/// out.
enum PatchedObject {
    static func isEqual(_ actual: Node, _ wanted: Node) -> Bool {
        tidied(actual, likeIn: wanted).isEqual(to: tidied(wanted, likeIn: wanted))
    }

    /// How the object differs from what the test wants, in a few words.
    static func difference(_ actual: Node, _ wanted: Node) -> String {
        let operations = JSONPatch(from: tidied(actual, likeIn: wanted), to: tidied(wanted, likeIn: wanted)).operations
        var parts = operations.prefix(TestingLimits.shownDifferences).map { operation in
            switch operation.op {
            case "add": "it lacks `\(operation.path)`"
            case "remove": "it has `\(operation.path)`"
            default: "it has another `\(operation.path)`"
            }
        }
        if operations.count > parts.count { parts.append("\(operations.count - parts.count) more") }
        return parts.joined(separator: ", ")
    }

    private static func tidied(_ object: Node, likeIn wanted: Node) -> Node {
        let hasNamespace = wanted["metadata"]?["namespace"] != nil
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        for (key, value) in object.entries where !isEmpty(value) {
            builder.appendKey(utf8: key.utf8)
            let isMetadata = key.string == "metadata" && value.isMap
            append(value, &builder) { !isMetadata || hasNamespace || $0 != "namespace" }
        }
        builder.endMap()
        let finished = builder
        return finished.finish().root
    }

    private static func append(_ node: Node, _ builder: inout DocumentBuilder, where isWanted: (String) -> Bool) {
        if node.isMap {
            builder.beginMap()
            for (key, value) in node.entries where !isEmpty(value) && isWanted(key.string ?? "") {
                builder.appendKey(utf8: key.utf8)
                append(value, &builder) { _ in true }
            }
            builder.endMap()
        } else if node.isList {
            builder.beginList()
            for element in node.elements where !isEmpty(element) { append(element, &builder) { _ in true } }
            builder.endList()
        } else {
            builder.append(copyOf: node)
        }
    }

    /// Null, or nothing but such.
    private static func isEmpty(_ node: Node) -> Bool {
        if node.isMap { return node.entries.allSatisfy { isEmpty($0.value) } }
        if node.isList { return node.elements.allSatisfy { isEmpty($0) } }
        return node.isNull
    }
}
