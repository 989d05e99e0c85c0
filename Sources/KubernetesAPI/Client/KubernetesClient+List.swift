import Documents
import Values

/// Which objects of a resource: a part of the collection that the server selects.
package struct ObjectSelection: Hashable, Sendable {
    /// Empty for all.
    package var namespace = ""
    /// Kubernetes' text form: `a=b,c in (d,e)`. Empty for all.
    package var labels = ""
    package var fields = ""

    package init(namespace: String = "", labels: String = "", fields: String = "") {
        self.namespace = namespace
        self.labels = labels
        self.fields = fields
    }
}

extension KubernetesClient {
    /// A part of a list.
    package struct Page: Sendable {
        package var objects: [WatchedObject]
        /// Where a watch that continues the list starts.
        package var resourceVersion: String
        /// What the next page is asked for with; empty at the end.
        package var token: String
    }

    /// - Parameters:
    ///   - limit: objects; 0 asks for all at once.
    ///   - token: the page before's.
    package func list(
        _ resource: ServedResource, _ selection: ObjectSelection, limit: Int, token: String
    ) throws(APIFailure) -> Page {
        let query = QueryText.query([
            ("labelSelector", selection.labels), ("fieldSelector", selection.fields),
            ("limit", limit > 0 ? String(limit) : ""), ("continue", token),
        ])
        let response = try send(
            APIRequest(
                "GET", resource.path(namespace: selection.namespace) + query,
                maximumBytes: KubernetesAPILimits.pageBytes))
        let list = try Self.parse(response.body, KubernetesAPILimits.pageBytes)
        let version = list["metadata"]?["resourceVersion"]?.string ?? ""
        let items = list["items"]
        guard !version.isEmpty, items == nil || items?.isList == true || items?.isNull == true else {
            throw APIFailure(.malformed, "the answer is no list with a resource version")
        }
        var objects: [WatchedObject] = []
        for item in items?.elements ?? NodeElements(list) where item.isMap {
            guard let object = WatchedObject(item, of: resource) else {
                throw APIFailure(.malformed, "an object of the list has no name")
            }
            objects.append(object)
        }
        return Page(
            objects: objects, resourceVersion: version, token: list["metadata"]?["continue"]?.string ?? "")
    }
}
