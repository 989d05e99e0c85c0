import Documents

extension KubernetesClient {
    /// Follows the changes of a resource from a version on, until the server ends the watch.
    ///
    /// - Parameters:
    ///   - seconds: after which the server is asked to end it.
    ///   - accepted: called when the server has said yes.
    ///   - event: ends the watch by throwing.
    /// - Throws: also what the server says in an ERROR event.
    func watch(
        _ resource: ServedResource, _ selection: ObjectSelection, from resourceVersion: String, seconds: Int,
        accepted: () -> Void, _ event: (WatchEvent) throws(APIFailure) -> Void
    ) throws(APIFailure) {
        let query = QueryText.query([
            ("watch", "1"), ("allowWatchBookmarks", "true"), ("resourceVersion", resourceVersion),
            ("timeoutSeconds", String(seconds)), ("labelSelector", selection.labels),
            ("fieldSelector", selection.fields),
        ])
        let request = APIRequest("GET", resource.path(namespace: selection.namespace) + query)
        var lines = LineSplitter(maximumBytes: KubernetesAPILimits.objectBytes)
        let parser = JSONParser(maximumBytes: KubernetesAPILimits.objectBytes)
        var failure: APIFailure?
        try stream(request, seconds: seconds, accepted: accepted) { chunk in
            do throws(APIFailure) {
                try lines.add(chunk) { line in
                    do throws(APIFailure) {
                        let next = try WatchEvent(line, parser: parser, of: resource)
                        if case .failed(let status) = next { throw status }
                        try event(next)
                        return true
                    } catch {
                        failure = error
                        return false
                    }
                }
            } catch {
                failure = error
            }
            return failure == nil
        }
        if let failure { throw failure }
    }
}
