/// The tag of an image reference, as far as the default of imagePullPolicy depends on it.
enum ImageTag {
    /// Whether a reference names the tag `latest`, be it by naming neither tag nor digest. One that is malformed does not.
    static func isLatest(_ reference: String) -> Bool {
        let bytes = Array(reference.utf8)
        if bytes.contains(UInt8(ascii: "@")) { return false }
        let parts = bytes.split(separator: UInt8(ascii: "/"), omittingEmptySubsequences: false)
        guard let last = parts.last else { return false }
        let named = last.split(separator: UInt8(ascii: ":"), omittingEmptySubsequences: false)
        guard named.count <= 2, let name = named.first else { return false }
        var path = parts.dropLast().map { $0 } + [name]
        if path.count > 1, let domain = path.first, isDomain(domain) { path.removeFirst() }
        guard path.allSatisfy(isComponent) else { return false }
        return named.count == 1 || named[1].elementsEqual("latest".utf8)
    }

    private static func isDomain(_ part: ArraySlice<UInt8>) -> Bool {
        part.elementsEqual("localhost".utf8)
            || part.contains { $0 == UInt8(ascii: ".") || $0 == UInt8(ascii: ":") || (65...90).contains($0) }
    }

    /// Lower case letters and digits, with `.`, `_` and `-` between.
    private static func isComponent(_ part: ArraySlice<UInt8>) -> Bool {
        func isEnd(_ byte: UInt8) -> Bool { (97...122).contains(byte) || (48...57).contains(byte) }
        guard let first = part.first, let last = part.last, isEnd(first), isEnd(last) else { return false }
        return part.allSatisfy { isEnd($0) || "._-".utf8.contains($0) }
    }
}
