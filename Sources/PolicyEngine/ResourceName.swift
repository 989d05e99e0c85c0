import Glibc

/// A resource's name as bytes in place.
struct ResourceName {
    let group: UnsafeBufferPointer<UInt8>
    let version: UnsafeBufferPointer<UInt8>
    let resource: UnsafeBufferPointer<UInt8>
}

/// A name that is compared with names in documents on every request.
struct NameBytes: Sendable {
    private let bytes: [UInt8]

    init(_ text: some StringProtocol) { bytes = Array(text.utf8) }

    var isStar: Bool { bytes == [UInt8(ascii: "*")] }

    func equals(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        guard text.count == bytes.count else { return false }
        guard let start = text.baseAddress, !bytes.isEmpty else { return true }
        return bytes.withUnsafeBytes { mine in
            // INVARIANT: not empty, so both have an address.
            mine.baseAddress.map { memcmp($0, start, mine.count) == 0 } ?? true
        }
    }
}

/// Some names, or all of them.
struct NameSet: Sendable {
    private let isAny: Bool
    private let names: [NameBytes]

    init(_ names: [String]) {
        self.names = names.map { NameBytes($0) }
        isAny = self.names.contains(where: \.isStar)
    }

    func contains(_ text: UnsafeBufferPointer<UInt8>) -> Bool {
        isAny || names.contains { $0.equals(text) }
    }
}

/// A rule's resource with its subresource, either of which may be a star.
struct ResourcePattern: Sendable {
    private let resource: NameBytes
    /// Empty for the object itself.
    private let subResource: NameBytes
    private let isAnyResource: Bool
    private let isAnySubResource: Bool

    init(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        resource = NameBytes(parts[0])
        subResource = NameBytes(parts.count > 1 ? parts[1] : "")
        isAnyResource = resource.isStar
        isAnySubResource = subResource.isStar
    }

    func matches(_ resource: UnsafeBufferPointer<UInt8>, _ subResource: UnsafeBufferPointer<UInt8>) -> Bool {
        (isAnyResource || self.resource.equals(resource))
            && (isAnySubResource || self.subResource.equals(subResource))
    }
}
