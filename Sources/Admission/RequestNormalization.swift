import Values

/// Fields that the API server leaves out when they are empty.
private let omittedWhenEmpty: [StaticString] = ["name", "namespace", "subResource", "requestSubResource"]
private let omittedUserFields: [StaticString] = ["username", "uid", "groups", "extra"]

/// Whether a request differs from how the API server writes it.
func needsNormalization(_ request: Node) -> Bool {
    if request["dryRun" as StaticString]?.bool == nil { return true }
    if request["requestKind" as StaticString]?.isMap != true { return true }
    if request["requestResource" as StaticString]?.isMap != true { return true }
    if omittedWhenEmpty.contains(where: { isEmpty(request[$0]) }) { return true }
    guard let user = request["userInfo" as StaticString], user.isMap else { return true }
    return omittedUserFields.contains { isEmpty(user[$0]) }
}

private func isEmpty(_ node: Node?) -> Bool {
    guard let node else { return false }
    switch node.kind {
    case .null: return true
    case .string: return node.utf8.isEmpty
    case .list, .map: return node.count == 0
    default: return false
    }
}

/// The same request as the API server would have written it.
func normalize(_ request: Node) -> Document {
    var builder = DocumentBuilder(recordsPositions: request.position != nil)
    builder.beginMap(at: request.position)
    var seen: Set<String> = []
    for (key, value) in request.entries {
        guard let name = key.string, seen.insert(name).inserted else { continue }
        if ["name", "namespace", "subResource", "requestSubResource"].contains(name), isEmpty(value) { continue }
        if name == "dryRun", value.isNull { continue }
        if ["requestKind", "requestResource"].contains(name), value.isNull { continue }
        builder.appendKey(name, at: key.position)
        if name == "userInfo", value.isMap {
            appendUser(value, to: &builder)
        } else if name == "userInfo", value.isNull {
            builder.beginMap(at: value.position)
            builder.endMap()
        } else {
            builder.append(copyOf: value)
        }
    }
    for (missing, source) in [("requestKind", "kind"), ("requestResource", "resource")] {
        if request[missing]?.isNull ?? true, let value = request[source] {
            builder.appendKey(missing)
            builder.append(copyOf: value)
        }
    }
    if request["userInfo" as StaticString] == nil {
        builder.appendKey("userInfo")
        builder.beginMap()
        builder.endMap()
    }
    if request["dryRun" as StaticString]?.isNull ?? true {
        builder.appendKey("dryRun")
        builder.append(false)
    }
    builder.endMap()
    return builder.finish(source: request.document.source)
}

private func appendUser(_ user: Node, to builder: inout DocumentBuilder) {
    builder.beginMap(at: user.position)
    for (key, value) in user.entries where !isEmpty(value) {
        builder.appendKey(key.utf8, at: key.position)
        builder.append(copyOf: value)
    }
    builder.endMap()
}
