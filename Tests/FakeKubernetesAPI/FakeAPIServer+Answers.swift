import Foundation

extension FakeAPIServer {
    /// Answers a request that is no watch.
    ///
    /// - Returns: nil while the server is away.
    package func answer(_ method: String, _ target: String, body: [UInt8]?, token: String?) -> FakeAnswer? {
        locked {
            requestLog.append("\(method) \(target)")
            return refusal(method, target, token) { respond(method, FakeTarget(target, among: resources), body) }
        }
    }

    /// What stands before every request.
    func refusal(_ method: String, _ target: String, _ token: String?, _ otherwise: () -> FakeAnswer?) -> FakeAnswer? {
        if isAway { return nil }
        if !tokens.isEmpty, !tokens.contains(token ?? "") {
            return .failure(401, "Unauthorized", "Unauthorized")
        }
        if let index = failures.firstIndex(where: { $0.applies(method, target) }) {
            failures[index].times -= 1
            let answer = failures[index].answer
            if failures[index].times == 0 { failures.remove(at: index) }
            return answer
        }
        return otherwise()
    }

    private func respond(_ method: String, _ target: FakeTarget, _ body: [UInt8]?) -> FakeAnswer {
        if let root = target.discoveryRoot { return discovery(root) }
        guard let resource = target.resource else {
            return FakeAnswer(status: 404, body: Array("404 page not found\n".utf8))
        }
        let given = body.flatMap { try? JSONSerialization.jsonObject(with: Data($0)) }
        let key = "\(target.namespace)/\(target.name ?? "")"
        let current = objects[resource]?[key]
        let notFound = FakeAnswer.failure(404, "NotFound", "\(resource.plural) \"\(target.name ?? "")\" not found")
        switch method {
        case "GET":
            guard target.name != nil else { return list(resource, target) }
            return current.map { .object($0) } ?? notFound
        case "POST":
            guard var object = given as? [String: Any], var metadata = object["metadata"] as? [String: Any],
                let name = metadata["name"] as? String
            else { return .failure(400, "BadRequest", "no object") }
            if resource.isNamespaced { metadata["namespace"] = target.namespace }
            object["metadata"] = metadata
            guard objects[resource]?["\(target.namespace)/\(name)"] == nil else {
                return .failure(409, "AlreadyExists", "\(resource.plural) \"\(name)\" already exists")
            }
            return .object(store(object, resource), status: 201)
        case "PUT":
            guard let current else { return notFound }
            guard let object = given as? [String: Any] else { return .failure(400, "BadRequest", "no object") }
            guard Self.version(of: object) == nil || Self.version(of: object) == Self.version(of: current) else {
                return .failure(409, "Conflict", "the object has been modified")
            }
            return .object(store(object, resource))
        case "PATCH":
            guard let current else { return notFound }
            guard let operations = given as? [[String: Any]], let patched = Self.patched(current, operations) else {
                return .failure(422, "Invalid", "the patch does not apply")
            }
            return .object(store(patched, resource))
        default: return .failure(405, "MethodNotAllowed", "no such method")
        }
    }

    private static func version(of object: [String: Any]) -> String? {
        (object["metadata"] as? [String: Any])?["resourceVersion"] as? String
    }

    private func discovery(_ root: String) -> FakeAnswer {
        let listed = resources.filter { $0.root == root }.flatMap { resource -> [[String: Any]] in
            let entry: [String: Any] = [
                "name": resource.plural, "kind": resource.kind, "namespaced": resource.isNamespaced,
            ]
            // As API servers do, subresources are listed beside.
            return [["name": resource.plural + "/status", "kind": resource.kind, "namespaced": true], entry]
        }
        return .object(["kind": "APIResourceList", "apiVersion": "v1", "resources": listed])
    }

    private func list(_ resource: FakeResource, _ target: FakeTarget) -> FakeAnswer {
        var items: [[String: Any]]
        var version = self.version
        let token = target.query["continue"] ?? ""
        if token.isEmpty {
            items = (objects[resource] ?? [:]).sorted { $0.key < $1.key }.map(\.value).filter(target.selects)
        } else if let page = pages.removeValue(forKey: token) {
            (items, version) = page
        } else {
            return .failure(410, "Expired", "The provided continue parameter is too old")
        }
        var metadata: [String: Any] = ["resourceVersion": String(version)]
        if let limit = target.query["limit"].flatMap({ Int($0) }), limit > 0, items.count > limit {
            let next = UUID().uuidString
            pages[next] = (Array(items.dropFirst(limit)), version)
            metadata["continue"] = next
            items = Array(items.prefix(limit))
        }
        // Items of a list carry neither kind nor apiVersion.
        let bare = items.map { $0.filter { $0.key != "kind" && $0.key != "apiVersion" } }
        return .object([
            "kind": resource.kind + "List", "apiVersion": resource.apiVersion, "metadata": metadata, "items": bare,
        ])
    }

    /// JSON Patch: `test`, `add` and `replace`, which is all that is sent here.
    private static func patched(_ object: [String: Any], _ operations: [[String: Any]]) -> [String: Any]? {
        var result: Any = object
        for operation in operations {
            guard let path = operation["path"] as? String, let name = operation["op"] as? String,
                let value = operation["value"]
            else { return nil }
            let keys = path.split(separator: "/").map {
                $0.replacingOccurrences(of: "~1", with: "/").replacingOccurrences(of: "~0", with: "~")
            }
            guard let changed = apply(name, keys[...], value, to: result) else { return nil }
            result = changed
        }
        return result as? [String: Any]
    }

    private static func apply(_ operation: String, _ keys: ArraySlice<String>, _ value: Any, to target: Any) -> Any? {
        guard let key = keys.first else {
            guard operation == "test" else { return value }
            return (target as? NSObject)?.isEqual(value) == true ? target : nil
        }
        let rest = keys.dropFirst()
        if var map = target as? [String: Any] {
            if map[key] == nil {
                guard rest.isEmpty, operation == "add" else { return nil }
                map[key] = value
                return map
            }
            guard let inner = map[key], let changed = apply(operation, rest, value, to: inner) else { return nil }
            map[key] = changed
            return map
        }
        guard var list = target as? [Any], let index = Int(key), list.indices.contains(index),
            let changed = apply(operation, rest, value, to: list[index])
        else { return nil }
        list[index] = changed
        return list
    }
}
