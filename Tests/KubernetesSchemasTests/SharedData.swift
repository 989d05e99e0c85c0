import Documents
import Foundation
import Values

/// The recordings of a real API server, which lie beside the repository.
enum SharedData {
    static let root: URL? = {
        let named = ProcessInfo.processInfo.environment["GUARDRAIL_SHARED"].map { URL(fileURLWithPath: $0) }
        let repository = URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let beside = repository.deletingLastPathComponent().appendingPathComponent("shared")
        return [named, beside].compactMap { $0 }.first {
            FileManager.default.fileExists(atPath: $0.appendingPathComponent("conformance").path)
        }
    }()

    static var isPresent: Bool {
        if root == nil { print("skipped: no shared data; set GUARDRAIL_SHARED") }
        return root != nil
    }

    /// One document per line of `conformance/api-server/NAME.jsonl`.
    static func lines(_ name: String) throws -> [Node] {
        guard let file = root?.appendingPathComponent("conformance/api-server/\(name).jsonl") else { return [] }
        let parser = JSONParser()
        return try [UInt8](Data(contentsOf: file)).split(separator: UInt8(ascii: "\n")).map {
            try parser.parse(Array($0)).root
        }
    }

    static func reviews() throws -> [(name: String, request: Node)] {
        guard let folder = root?.appendingPathComponent("admission-reviews") else { return [] }
        let parser = JSONParser()
        return try FileManager.default.contentsOfDirectory(atPath: folder.path).filter { $0.hasSuffix(".json") }
            .sorted()
            .compactMap { name in
                let data = try Data(contentsOf: folder.appendingPathComponent(name))
                return try parser.parse([UInt8](data)).root["request"].map { (name, $0) }
            }
    }
}

extension Node {
    /// The first difference from another value, whatever the order of keys; nil if there is none.
    func difference(from other: Node, at path: String = "") -> String? {
        switch (kind, other.kind) {
        case (.map, .map):
            for (key, value) in entries {
                let name = path + "." + (key.string ?? "")
                guard let counterpart = other[utf8: key.utf8] else { return "+\(name)=\(value.shortText)" }
                if let found = value.difference(from: counterpart, at: name) { return found }
            }
            for (key, value) in other.entries where self[utf8: key.utf8] == nil {
                return "-\(path).\(key.string ?? "")=\(value.shortText)"
            }
            return nil
        case (.list, .list):
            let own = Array(elements)
            let others = Array(other.elements)
            for index in own.indices where index < others.count {
                if let found = own[index].difference(from: others[index], at: "\(path)[\(index)]") { return found }
            }
            return own.count == others.count ? nil : "\(path): \(own.count) elements instead of \(others.count)"
        case (.string, .string): return string == other.string ? nil : "\(path)=\(shortText), not \(other.shortText)"
        default:
            return kind == other.kind && int == other.int && bool == other.bool && double == other.double
                ? nil : "\(path)=\(shortText), not \(other.shortText)"
        }
    }

    var shortText: String {
        switch kind {
        case .string: "\"\(string ?? "")\""
        case .int: "\(int ?? 0)"
        case .bool: "\(bool ?? false)"
        case .map: "{\(entries.map { $0.key.string ?? "" }.joined(separator: ","))}"
        case .list: "[\(count)]"
        default: "\(kind)"
        }
    }
}
