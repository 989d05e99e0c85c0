package import PolicyEngine
package import Values

extension ExternalData {
    /// Adds answers to HTTP calls and entries of the global context, in the form that Kyverno's tests have them.
    ///
    /// - Parameters:
    ///   - apiCallResponses: `{url | urlPath, method, response: {statusCode, body}}`.
    ///   - globalContext: `{name, data | resources, projections: [{name, path}]}`.
    package mutating func add(apiCallResponses: [Node], globalContext entries: [Node]) {
        for call in apiCallResponses where call.isMap {
            responses.append(
                Response(
                    method: call["method"]?.string ?? "GET",
                    url: call["url"]?.string ?? call["urlPath"]?.string ?? "",
                    statusCode: call["response"]?["statusCode"]?.int ?? 200, body: call["response"]?["body"]))
        }
        for entry in entries where entry.isMap {
            guard let name = entry["name"]?.string, let data = entry["data"] ?? entry["resources"] else { continue }
            globalContext[name] = data
            for projection in entry["projections"]?.elements ?? NodeElements(entry) {
                guard let part = projection["name"]?.string,
                    let path = (projection["path"] ?? projection["jmesPath"])?.string
                else { continue }
                // Only the plain form of the query language: names with dots between them.
                let found = path.split(separator: ".").reduce(data as Node?) { node, field in node?[String(field)] }
                if let found { globalContext["\(name)/\(part)"] = found }
            }
        }
    }
}
