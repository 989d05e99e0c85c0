import CEL
import Documents
import Foundation
import KubernetesCEL
import Values

/// Values in the tagged form of the conformance data.
enum EncodedValue {
    /// Whether a value is the one that the data describes; false also where the form is not understood.
    static func matches(_ value: Value, _ encoded: Node?) -> Bool {
        var entries = encoded?.entries
        guard let (key, content) = entries?.next(), let tag = key.string else { return false }
        switch (tag, value) {
        case ("null", .null): return true
        case ("bool", .bool(let flag)): return flag == content.bool
        case ("int64", .int(let number)): return String(number) == content.string
        case ("uint64", .uint(let number)): return String(number) == content.string
        case ("double", .double(let number)): return matches(number, content)
        case ("string", .string), ("string", .text): return valuesEqual(value, .text(content)) == true
        case ("bytes", .bytes(let bytes)): return Base64.encode(bytes) == content.string
        case ("type", .type(let name)): return name == content.string
        case ("timestamp", .timestamp(let time)): return Timestamps.string(time, inUTC: true) == content.string
        case ("duration", .duration(let nanoseconds)): return text(nanoseconds) == content.string
        case ("list", _):
            guard let elements = value.listElements else { return false }
            return elements.count == content.count && zip(elements, content.elements).allSatisfy { matches($0, $1) }
        case ("map", _):
            guard let entries = value.mapEntries else { return false }
            return entries.count == content.count
                && content.elements.allSatisfy { pair in
                    let parts = Array(pair.elements)
                    return entries.contains { matches($0.key, parts[0]) && matches($0.value, parts[1]) }
                }
        case ("optional", .optional(let optional)):
            guard let expected = content["value"] else { return optional.value == nil }
            return optional.value.map { matches($0, expected) } ?? false
        case ("quantity", .object(let object)): return (object as? QuantityValue)?.description == content.string
        case ("ip", .object(let object)): return (object as? IPValue)?.description == content.string
        case ("cidr", .object(let object)): return (object as? CIDRValue)?.description == content.string
        case ("url", .object(let object)): return (object as? URLValue)?.description == content.string
        case ("semver", .object(let object)): return (object as? SemverValue)?.description == content.string
        case ("format", .object(let object)): return (object as? FormatValue)?.description == content.string
        case ("object", .object(let object)): return object.typeName == content["typeUrl"]?.string
        default: return false
        }
    }

    private static func matches(_ number: Double, _ encoded: Node) -> Bool {
        switch encoded.string {
        case "NaN": number.isNaN
        case "Infinity": number == .infinity
        case "-Infinity": number == -.infinity
        default: number == encoded.double ?? encoded.int.map { Double($0) }
        }
    }

    /// A value of any kind as the data would have it, for messages.
    static func show(_ node: Node?) -> String {
        guard let node else { return "nothing" }
        return String(decoding: JSONWriter().write(node), as: UTF8.self)
    }

    /// Seconds with 0, 3, 6 or 9 decimals, as protobuf's JSON has durations.
    private static func text(_ nanoseconds: Int64) -> String {
        let rest = nanoseconds.magnitude % 1_000_000_000
        let sign = nanoseconds < 0 ? "-" : ""
        let seconds = "\(sign)\(nanoseconds.magnitude / 1_000_000_000)"
        if rest == 0 { return seconds + "s" }
        let digits = String(format: "%09d", rest)
        let count = rest % 1_000_000 == 0 ? 3 : rest % 1_000 == 0 ? 6 : 9
        return "\(seconds).\(digits.prefix(count))s"
    }

    /// A value for a variable; nil where the form is not understood.
    static func decode(_ encoded: Node) -> Value? {
        var entries = encoded.entries
        guard let (key, content) = entries.next() else { return nil }
        let text = content.string
        switch key.string {
        case "null": return .null
        case "bool": return content.bool.map { .bool($0) }
        case "int64": return text.flatMap { Int64($0) }.map { .int($0) }
        case "uint64": return text.flatMap { UInt64($0) }.map { .uint($0) }
        case "double":
            if let text { return Double(text).map { .double($0) } }
            return (content.double ?? content.int.map { Double($0) }).map { .double($0) }
        case "string": return .text(content)
        case "bytes": return text.flatMap { Base64.decode($0, padded: true) }.map { .bytes($0) }
        case "type": return text.map { .type($0) }
        case "timestamp": return text.flatMap { Timestamps.parse($0) }.map { .timestamp($0) }
        case "duration": return text.flatMap { Durations.parse($0) }.map { .duration($0) }
        case "list":
            let elements = content.elements.map { decode($0) }
            return elements.contains { $0 == nil } ? nil : .list(elements.compactMap { $0 })
        case "map":
            var entries: [(key: Value, value: Value)] = []
            for pair in content.elements {
                let parts = pair.elements.map { decode($0) }
                guard let key = parts[0], let value = parts[1] else { return nil }
                entries.append((key, value))
            }
            return .map(MapValue(entries))
        default: return nil
        }
    }
}
