import CEL
import Foundation
import KubernetesCEL
import Values

/// Values in the tagged form of the conformance data.
enum EncodedValue {
    /// Whether a value is the one that the data describes; nil where the form is not understood.
    static func matches(_ value: Value, _ encoded: Any) -> Bool? {
        guard let (tag, content) = (encoded as? [String: Any])?.first else { return nil }
        switch (tag, value) {
        case ("null", .null): return true
        case ("bool", .bool(let flag)): return flag == content as? Bool
        case ("int64", .int(let number)): return String(number) == content as? String
        case ("uint64", .uint(let number)): return String(number) == content as? String
        case ("double", .double(let number)): return matches(number, content)
        case ("string", .string), ("string", .text):
            return value.stringValue.map { Array($0.utf8) } == (content as? String).map { Array($0.utf8) }
        case ("bytes", .bytes(let bytes)): return Data(bytes).base64EncodedString() == content as? String
        case ("type", .type(let name)): return name == content as? String
        case ("timestamp", .timestamp(let time)): return Timestamps.string(time) == content as? String
        case ("duration", .duration(let nanoseconds)): return text(nanoseconds) == content as? String
        case ("list", _):
            guard let elements = value.listElements, let expected = content as? [Any] else { return false }
            return elements.count == expected.count && zip(elements, expected).allSatisfy { matches($0, $1) == true }
        case ("map", _):
            guard let entries = value.mapEntries, let expected = content as? [[Any]] else { return false }
            return entries.count == expected.count
                && expected.allSatisfy { pair in
                    entries.contains { matches($0.key, pair[0]) == true && matches($0.value, pair[1]) == true }
                }
        case ("optional", .optional(let optional)):
            guard let expected = (content as? [String: Any])?["value"] else { return optional.value == nil }
            return optional.value.map { matches($0, expected) == true } ?? false
        case ("quantity", .object(let object)): return (object as? QuantityValue)?.description == content as? String
        case ("ip", .object(let object)): return (object as? IPValue)?.description == content as? String
        case ("cidr", .object(let object)): return (object as? CIDRValue)?.description == content as? String
        case ("url", .object(let object)): return (object as? URLValue)?.description == content as? String
        case ("semver", .object(let object)): return (object as? SemverValue)?.description == content as? String
        case ("format", .object(let object)): return (object as? FormatValue)?.description == content as? String
        case ("object", .object(let object)):
            return object.typeName == (content as? [String: Any])?["typeUrl"] as? String
        case ("object", _), ("enum", _): return nil
        default: return false
        }
    }

    private static func matches(_ number: Double, _ encoded: Any) -> Bool {
        switch encoded as? String {
        case "NaN": return number.isNaN
        case "Infinity": return number == .infinity
        case "-Infinity": return number == -.infinity
        default: return number == (encoded as? NSNumber)?.doubleValue
        }
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
    static func decode(_ encoded: Any) -> Value? {
        guard let (tag, content) = (encoded as? [String: Any])?.first else { return nil }
        switch tag {
        case "null": return .null
        case "bool": return (content as? Bool).map { .bool($0) }
        case "int64": return Int64(content as? String ?? "").map { .int($0) }
        case "uint64": return UInt64(content as? String ?? "").map { .uint($0) }
        case "double":
            if let text = content as? String { return Double(text).map { .double($0) } }
            return (content as? NSNumber).map { .double($0.doubleValue) }
        case "string": return (content as? String).map { .string($0) }
        case "bytes": return (content as? String).flatMap { Data(base64Encoded: $0) }.map { .bytes(Array($0)) }
        case "type": return (content as? String).map { .type($0) }
        case "timestamp": return (content as? String).flatMap { Timestamps.parse($0) }.map { .timestamp($0) }
        case "duration": return (content as? String).flatMap { Durations.parse($0) }.map { .duration($0) }
        case "list":
            let elements = (content as? [Any] ?? []).map { decode($0) }
            return elements.contains { $0 == nil } ? nil : .list(elements.compactMap { $0 })
        case "map":
            var entries: [(key: Value, value: Value)] = []
            for pair in content as? [[Any]] ?? [] {
                guard let key = decode(pair[0]), let value = decode(pair[1]) else { return nil }
                entries.append((key, value))
            }
            return .map(MapValue(entries))
        default: return nil
        }
    }
}
