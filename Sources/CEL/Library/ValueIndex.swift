internal import Values

/// A set of values under CEL's equality, so that list functions stay near linear on hostile lists.
struct ValueIndex {
    private var buckets: [MapKey: [Value]] = [:]

    /// Equal values have equal keys; most different ones have different keys.
    private static func key(_ value: Value) -> MapKey {
        switch value {
        case .null, .bool, .string, .text: MapKey(value)
        // Numbers of all kinds compare through doubles, so equal ones round to the same double.
        case .int(let int): .double(Double(int))
        case .uint(let uint): .double(Double(uint))
        case .double(let double): .double(double)
        case .bytes(let bytes): .other("b\(bytes.count)")
        case .timestamp(let time): .other("t\(time.seconds)")
        case .duration(let nanoseconds): .other("d\(nanoseconds)")
        case .list, .listNode, .map, .mapNode: .other("c\(costSize(value))")
        default: .other(value.typeName)
        }
    }

    func contains(_ value: Value) -> Bool {
        guard let bucket = buckets[Self.key(value)] else { return false }
        return bucket.contains { valuesEqual($0, value) == true }
    }

    mutating func insert(_ value: Value) { buckets[Self.key(value), default: []].append(value) }

    init() {}

    init(_ list: Value) {
        list.forEachElement { insert($0) }
    }
}
