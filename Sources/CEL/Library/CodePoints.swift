internal import Glibc

/// Code point arithmetic over UTF-8 bytes: CEL's string indices count code points.
package enum CodePoints {
    static func count(_ utf8: UnsafeBufferPointer<UInt8>) -> Int { codePointCount(utf8) }

    /// Byte offset of the code point with that index; the byte count for the index just past the end, nil beyond.
    static func offset(of index: Int64, in utf8: UnsafeBufferPointer<UInt8>) -> Int? {
        guard index >= 0, index <= utf8.count else { return nil }
        var remaining = index
        var offset = 0
        while offset < utf8.count {
            if utf8[offset] & 0xC0 != 0x80 {
                if remaining == 0 { return offset }
                remaining -= 1
            }
            offset += 1
        }
        return remaining == 0 ? offset : nil
    }

    /// Bytes of the code point that starts at `offset`.
    static func width(at offset: Int, in utf8: UnsafeBufferPointer<UInt8>) -> Int {
        var end = offset + 1
        while end < utf8.count, utf8[end] & 0xC0 == 0x80 { end += 1 }
        return end - offset
    }

    static func slice(_ utf8: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> UnsafeBufferPointer<UInt8> {
        UnsafeBufferPointer(rebasing: utf8[range])
    }

    /// Byte offset of the first occurrence of `part` at or after `start`; linear time.
    static func find(
        _ part: UnsafeBufferPointer<UInt8>, in utf8: UnsafeBufferPointer<UInt8>, from start: Int = 0
    ) -> Int? {
        guard part.count > 0 else { return start }
        guard let base = utf8.baseAddress, let partBase = part.baseAddress, start + part.count <= utf8.count else {
            return nil
        }
        if part.count > 32 { return findLong(part, in: utf8, from: start) }
        var offset = start
        while offset + part.count <= utf8.count {
            let rest = utf8.count - part.count - offset + 1
            guard let found = memchr(base + offset, Int32(partBase[0]), rest) else { return nil }
            offset = UnsafeRawPointer(found) - UnsafeRawPointer(base)
            if memcmp(base + offset, partBase, part.count) == 0 { return offset }
            offset += 1
        }
        return nil
    }

    /// Knuth, Morris and Pratt: hostile texts cannot make it slow.
    private static func findLong(
        _ part: UnsafeBufferPointer<UInt8>, in utf8: UnsafeBufferPointer<UInt8>, from start: Int
    ) -> Int? {
        var borders = [Int](repeating: 0, count: part.count)
        var matched = 0
        for index in 1..<part.count {
            while matched > 0, part[index] != part[matched] { matched = borders[matched - 1] }
            if part[index] == part[matched] { matched += 1 }
            borders[index] = matched
        }
        matched = 0
        for index in start..<utf8.count {
            while matched > 0, utf8[index] != part[matched] { matched = borders[matched - 1] }
            if utf8[index] == part[matched] { matched += 1 }
            if matched == part.count { return index - part.count + 1 }
        }
        return nil
    }

    /// Byte offset of the last occurrence of `part` that starts at or before `limit`.
    static func findLast(
        _ part: UnsafeBufferPointer<UInt8>, in utf8: UnsafeBufferPointer<UInt8>, upTo limit: Int
    ) -> Int? {
        guard let base = utf8.baseAddress, let partBase = part.baseAddress, part.count <= utf8.count else {
            return nil
        }
        var offset = min(limit, utf8.count - part.count)
        while offset >= 0 {
            if memcmp(base + offset, partBase, part.count) == 0 { return offset }
            offset -= 1
        }
        return nil
    }

    static func equal(_ left: UnsafeBufferPointer<UInt8>, _ right: UnsafeBufferPointer<UInt8>) -> Bool {
        guard left.count == right.count else { return false }
        guard left.count > 0, let leftBase = left.baseAddress, let rightBase = right.baseAddress else { return true }
        return memcmp(leftBase, rightBase, left.count) == 0
    }

    package static func string(_ utf8: UnsafeBufferPointer<UInt8>) -> String { String(decoding: utf8, as: UTF8.self) }

    package static func string(_ utf8: UnsafeBufferPointer<UInt8>, _ range: Range<Int>) -> String {
        String(decoding: slice(utf8, range), as: UTF8.self)
    }
}
