import Foundation

/// An API server in memory that follows the published API conventions: resource versions, pages, watches with
/// bookmarks, 410 for what it no longer remembers, conflicts, and failures on demand.
// SAFETY: everything is read and written under `condition`.
package final class FakeAPIServer: @unchecked Sendable {
    struct Event {
        var version: Int
        var type: String
        var resource: FakeResource
        var object: [String: Any]
        /// As it was before, to tell an object that leaves a selection.
        var before: [String: Any]?
    }

    struct Failure {
        var answer: FakeAnswer
        var times: Int
        var applies: @Sendable (_ method: String, _ target: String) -> Bool
    }

    let condition = NSCondition()
    var resources: [FakeResource]
    var objects: [FakeResource: [String: [String: Any]]] = [:]
    var version = 100
    /// Versions up to this one are forgotten.
    var floor = 0
    var events: [Event] = []
    /// The newest version among the forgotten events.
    var forgotten: [FakeResource: Int] = [:]
    /// What a list's later pages show, by token.
    var pages: [String: (items: [[String: Any]], version: Int)] = [:]
    var failures: [Failure] = []
    var isAway = false
    /// Raised to end all open watches.
    var disconnects = 0
    var requestLog: [String] = []
    /// Bearer tokens that are taken; empty takes everything.
    var tokens: Set<String> = []
    var clock: @Sendable () -> Int = { Int(Date().timeIntervalSince1970) }

    package init(_ resources: [FakeResource] = FakeResource.usual) { self.resources = resources }

    func locked<Result>(_ body: () throws -> Result) rethrows -> Result {
        condition.lock()
        defer { condition.unlock() }
        return try body()
    }

    // MARK: What happens to the server

    /// Creates or changes an object, as somebody else would.
    package func put(_ resource: FakeResource, _ json: String) {
        let parsed = try? JSONSerialization.jsonObject(with: Data(json.utf8)) as? [String: Any]
        guard let parsed else { preconditionFailure("no JSON object: \(json)") }
        locked { _ = store(parsed, resource) }
    }

    package func delete(_ resource: FakeResource, namespace: String = "", name: String) {
        locked { _ = remove(resource, "\(namespace)/\(name)") }
    }

    /// Forgets all history: watches and pages that come back get 410, and open watches that are behind.
    package func compact() {
        locked {
            floor = version
            for event in events { forgotten[event.resource] = event.version }
            events = []
            pages = [:]
        }
    }

    /// Ends all watches.
    package func disconnect() {
        locked {
            disconnects += 1
            condition.broadcast()
        }
    }

    package func setAway(_ away: Bool) {
        locked {
            isAway = away
            disconnects += 1
            condition.broadcast()
        }
    }

    package func setTokens(_ tokens: Set<String>) { locked { self.tokens = tokens } }

    package func setClock(_ clock: @escaping @Sendable () -> Int) { locked { self.clock = clock } }

    /// Starts or stops to serve a kind.
    package func serve(_ resource: FakeResource, _ serves: Bool) {
        locked {
            resources.removeAll { $0 == resource }
            if serves { resources.append(resource) }
        }
    }

    /// Answers the next requests that `applies` picks with a failure. It is asked under the server's lock.
    package func fail(
        _ answer: FakeAnswer, times: Int = 1,
        _ applies: @escaping @Sendable (_ method: String, _ target: String) -> Bool = { _, _ in true }
    ) {
        locked { failures.append(Failure(answer: answer, times: times, applies: applies)) }
    }

    // MARK: What there is

    /// Resource versions by `namespace/name`.
    package func versions(
        _ resource: FakeResource, where selected: (_ labels: [String: String]) -> Bool = { _ in true }
    )
        -> [String: String]
    {
        locked {
            (objects[resource] ?? [:]).compactMapValues { object in
                let metadata = object["metadata"] as? [String: Any] ?? [:]
                guard selected(metadata["labels"] as? [String: String] ?? [:]) else { return nil }
                return metadata["resourceVersion"] as? String
            }
        }
    }

    /// An object as JSON with sorted keys.
    package func json(_ resource: FakeResource, namespace: String = "", name: String) -> String? {
        locked {
            objects[resource]?["\(namespace)/\(name)"].map { String(decoding: FakeAnswer.encoded($0), as: UTF8.self) }
        }
    }

    /// Methods and targets, in the order in which they came.
    package var requests: [String] { locked { requestLog } }

    /// The server's clock, in seconds since 1970.
    package var now: Int { locked { clock }() }

    // MARK: Changes, under the lock

    func store(_ given: [String: Any], _ resource: FakeResource) -> [String: Any] {
        var object = given
        var metadata = object["metadata"] as? [String: Any] ?? [:]
        let key = "\(metadata["namespace"] as? String ?? "")/\(metadata["name"] as? String ?? "")"
        version += 1
        metadata["resourceVersion"] = String(version)
        metadata["managedFields"] = [["manager": "fake", "operation": "Update"]]
        object["metadata"] = metadata
        object["apiVersion"] = resource.apiVersion
        object["kind"] = resource.kind
        let before = objects[resource]?[key]
        objects[resource, default: [:]][key] = object
        events.append(
            Event(
                version: version, type: before == nil ? "ADDED" : "MODIFIED", resource: resource, object: object,
                before: before))
        condition.broadcast()
        return object
    }

    func remove(_ resource: FakeResource, _ key: String) -> [String: Any]? {
        guard var object = objects[resource]?.removeValue(forKey: key) else { return nil }
        version += 1
        let before = object
        var metadata = object["metadata"] as? [String: Any] ?? [:]
        metadata["resourceVersion"] = String(version)
        object["metadata"] = metadata
        events.append(Event(version: version, type: "DELETED", resource: resource, object: object, before: before))
        condition.broadcast()
        return object
    }
}
