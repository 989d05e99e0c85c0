import Documents
import Values

/// One line of a watch.
enum WatchEvent {
    case changed(WatchedObject)
    case deleted(WatchedObject)
    /// Nothing changed up to this resource version.
    case bookmark(String)
    case failed(APIFailure)

    init(_ line: [UInt8], parser: JSONParser, of resource: ServedResource) throws(APIFailure) {
        let root: Node
        do throws(DocumentError) {
            root = try parser.parse(line).root
        } catch {
            throw APIFailure(.malformed, "an event of the watch is no JSON: \(error.message)")
        }
        let type = root["type" as StaticString]?.string ?? ""
        guard let object = root["object" as StaticString], object.isMap else {
            throw APIFailure(.malformed, "an event of the watch has no object")
        }
        switch type {
        case "ADDED", "MODIFIED": self = .changed(try Self.object(object, resource))
        case "DELETED": self = .deleted(try Self.object(object, resource))
        case "ERROR": self = .failed(APIFailure(status: object))
        case "BOOKMARK":
            let version = object["metadata" as StaticString]?["resourceVersion" as StaticString]?.string ?? ""
            guard !version.isEmpty else { throw APIFailure(.malformed, "a bookmark has no resource version") }
            self = .bookmark(version)
        default: throw APIFailure(.malformed, "an event of the watch has the type `\(type.prefix(64))`")
        }
    }

    private static func object(_ node: Node, _ resource: ServedResource) throws(APIFailure) -> WatchedObject {
        guard let object = WatchedObject(node, of: resource), !object.resourceVersion.isEmpty else {
            throw APIFailure(.malformed, "an object of the watch has no name or no resource version")
        }
        return object
    }
}

/// Cuts a stream into lines, however it is cut into pieces.
struct LineSplitter {
    private var pending: [UInt8] = []
    private let maximumBytes: Int

    init(maximumBytes: Int) { self.maximumBytes = maximumBytes }

    /// Calls `body` with each line that is complete by now, without its end and unless it is empty, until it returns
    /// false.
    ///
    /// - Throws: `tooLarge` for a line over the limit.
    mutating func add(_ chunk: [UInt8], _ body: ([UInt8]) -> Bool) throws(APIFailure) {
        var rest = chunk[...]
        while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
            let line = pending + rest[..<end]
            pending.removeAll(keepingCapacity: true)
            rest = rest[(end + 1)...]
            guard line.count <= maximumBytes else { throw tooLarge }
            if !line.isEmpty, !body(line) { return }
        }
        pending += rest
        guard pending.count <= maximumBytes else { throw tooLarge }
    }

    private var tooLarge: APIFailure {
        APIFailure(.tooLarge, "an event of the watch is larger than \(maximumBytes) bytes")
    }
}
