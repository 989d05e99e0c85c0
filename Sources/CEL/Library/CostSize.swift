package import Values

/// The size of a value in the cost model: code points, bytes, elements, entries; 1 for everything else.
package func costSize(_ value: Value) -> UInt64 {
    switch value {
    case .string, .text: value.withUTF8 { UInt64(codePointCount($0)) } ?? 0
    case .bytes(let bytes): UInt64(bytes.count)
    case .list(let elements): UInt64(elements.count)
    case .listNode(let node), .mapNode(let node): UInt64(node.count)
    case .map(let map): UInt64(map.count)
    default: 1
    }
}

/// Code points of valid UTF-8.
package func codePointCount(_ bytes: UnsafeBufferPointer<UInt8>) -> Int {
    var count = 0
    for byte in bytes { count &+= byte & 0xC0 == 0x80 ? 0 : 1 }
    return count
}
