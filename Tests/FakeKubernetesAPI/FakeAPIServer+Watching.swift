import Foundation

/// What a watch of a fake server does next.
package enum FakeWatchStep: Sendable {
    /// Whole lines.
    case lines([UInt8])
    case wait
    case end
}

/// An open watch of a fake server.
package struct FakeWatch: Sendable {
    let target: String
    var version: Int
    let disconnects: Int
    var isFirst = true
}

extension FakeAPIServer {
    /// Begins a watch.
    ///
    /// - Returns: nil while the server is away; a failure, or a watch.
    package func startWatch(_ target: String, token: String?) -> Result<FakeWatch, FakeFailure>? {
        locked {
            requestLog.append("WATCH \(target)")
            let read = FakeTarget(target, among: resources)
            let refused = refusal("WATCH", target, token) {
                guard read.resource != nil else {
                    return FakeAnswer(status: 404, body: Array("404 page not found\n".utf8))
                }
                return FakeAnswer(status: 200, body: [])
            }
            guard let refused else { return nil }
            guard refused.status == 200 else { return .failure(FakeFailure(answer: refused)) }
            guard let version = Int(read.query["resourceVersion"] ?? "") else {
                return .failure(FakeFailure(answer: .failure(400, "BadRequest", "no resource version")))
            }
            if version < floor, version % 2 == 0 {
                return .failure(FakeFailure(answer: .failure(410, "Expired", "too old resource version")))
            }
            return .success(FakeWatch(target: target, version: version, disconnects: disconnects))
        }
    }

    /// - Parameters:
    ///   - limit: events at most.
    ///   - bookmarks: whether a bookmark follows when there is nothing else.
    package func advance(_ watch: inout FakeWatch, limit: Int = .max, bookmarks: Bool = false) -> FakeWatchStep {
        locked { next(&watch, limit: limit, bookmarks: bookmarks) }
    }

    /// Waits until there is something, at most as long as `patience` seconds.
    package func wait(_ watch: inout FakeWatch, patience: Double) -> FakeWatchStep {
        locked {
            let step = next(&watch, limit: .max, bookmarks: false)
            guard case .wait = step else { return step }
            _ = condition.wait(until: Date(timeIntervalSinceNow: patience))
            return next(&watch, limit: .max, bookmarks: false)
        }
    }

    private func next(_ watch: inout FakeWatch, limit: Int, bookmarks: Bool) -> FakeWatchStep {
        guard watch.disconnects == disconnects, !isAway else { return .end }
        let target = FakeTarget(watch.target, among: resources)
        guard let resource = target.resource else { return .end }
        var lines: [UInt8] = []
        if watch.isFirst ? watch.version < floor : watch.version < forgotten[resource] ?? 0 {
            watch.isFirst = false
            watch.version = .max
            return .lines(Self.line("ERROR", FakeAnswer.statusObject(410, "Expired", "too old resource version")))
        }
        watch.isFirst = false
        var count = 0
        for event in events where event.version > watch.version && count < limit {
            watch.version = event.version
            guard event.resource == resource else { continue }
            let (selected, wasSelected) = (target.selects(event.object), event.before.map(target.selects) ?? false)
            // An object that leaves the selection is gone for this watch, one that joins it is new.
            let type: String
            switch (event.type, selected, wasSelected) {
            case ("DELETED", _, true): type = "DELETED"
            case ("DELETED", _, false), (_, false, false): continue
            case (_, false, true): type = "DELETED"
            case (_, true, true): type = "MODIFIED"
            case (_, true, false): type = "ADDED"
            }
            lines += Self.line(type, event.object)
            count += 1
        }
        if lines.isEmpty, bookmarks, target.query["allowWatchBookmarks"] == "true", watch.version != .max {
            watch.version = max(watch.version, version)
            let bookmark: [String: Any] = [
                "kind": resource.kind, "apiVersion": resource.apiVersion,
                "metadata": ["resourceVersion": String(watch.version)],
            ]
            return .lines(Self.line("BOOKMARK", bookmark))
        }
        if watch.version == .max { return .end }
        return lines.isEmpty ? .wait : .lines(lines)
    }

    private static func line(_ type: String, _ object: [String: Any]) -> [UInt8] {
        FakeAnswer.encoded(["type": type, "object": object]) + [UInt8(ascii: "\n")]
    }
}

/// An answer that is no success.
package struct FakeFailure: Error, Sendable {
    package let answer: FakeAnswer
}
