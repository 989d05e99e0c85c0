import Foundation

/// A request's path and query, read.
struct FakeTarget {
    var resource: FakeResource?
    /// Set for the path of a group's version, which discovery asks for.
    var discoveryRoot: String?
    var namespace = ""
    var name: String?
    var query: [String: String] = [:]

    init(_ target: String, among resources: [FakeResource]) {
        let parts = target.split(separator: "?", maxSplits: 1).map(String.init)
        for item in (parts.count > 1 ? parts[1] : "").split(separator: "&") {
            let pair = item.split(separator: "=", maxSplits: 1).map { String($0).removingPercentEncoding ?? "" }
            query[pair[0]] = pair.count > 1 ? pair[1] : ""
        }
        let path = (parts.first ?? "").split(separator: "/").map { String($0).removingPercentEncoding ?? "" }
        for candidate in resources {
            let root = candidate.root.split(separator: "/").map(String.init)
            guard path.starts(with: root) else { continue }
            var rest = Array(path.dropFirst(root.count))
            if rest.isEmpty {
                discoveryRoot = candidate.root
                return
            }
            if candidate.isNamespaced, rest.count >= 3, rest[0] == "namespaces", rest[2] == candidate.plural {
                namespace = rest[1]
                rest.removeFirst(2)
            }
            guard rest[0] == candidate.plural, rest.count <= 2 else { continue }
            resource = candidate
            name = rest.count == 2 ? rest[1] : nil
            return
        }
    }

    func selects(_ object: [String: Any]) -> Bool {
        let metadata = object["metadata"] as? [String: Any] ?? [:]
        if !namespace.isEmpty, metadata["namespace"] as? String != namespace { return false }
        let labels = metadata["labels"] as? [String: String] ?? [:]
        for requirement in Self.split(query["labelSelector"] ?? "") {
            let parts = requirement.components(separatedBy: " in (")
            if parts.count == 2 {
                let values = parts[1].dropLast().split(separator: ",").map(String.init)
                guard let value = labels[parts[0]], values.contains(value) else { return false }
                continue
            }
            let pair = requirement.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false).map(
                String.init)
            if pair.count == 1 {
                guard labels[pair[0]] != nil else { return false }
            } else {
                guard labels[pair[0]] == pair[1] else { return false }
            }
        }
        for requirement in Self.split(query["fieldSelector"] ?? "") {
            let pair = requirement.split(separator: "=", maxSplits: 1).map(String.init)
            guard pair.count == 2, pair[0].hasPrefix("metadata."),
                metadata[String(pair[0].dropFirst(9))] as? String == pair[1]
            else { return false }
        }
        return true
    }

    /// At commas that are not within parentheses.
    private static func split(_ selector: String) -> [String] {
        var parts = [""]
        var depth = 0
        for character in selector {
            if character == "(" { depth += 1 }
            if character == ")" { depth -= 1 }
            if character == ",", depth == 0 { parts.append("") } else { parts[parts.count - 1].append(character) }
        }
        return parts.filter { !$0.isEmpty }
    }
}
