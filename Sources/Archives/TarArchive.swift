/// The files of a tar archive (POSIX.1-2001 with pax headers, ustar, and GNU's long names), read in memory: nothing is
/// ever written to a disk.
package struct TarArchive: Sendable {
    package struct Entry: Sendable {
        package enum Kind: Sendable {
            case file, directory, link
            /// Devices, sparse files and what else there is.
            case other
        }

        /// Relative, without `.` and `..`.
        package var path: String
        package var kind: Kind
        package var content: ArraySlice<UInt8>
    }

    package private(set) var entries: [Entry] = []

    private static let blockSize = 512

    /// - Throws: ids `archive-truncated`, `archive-damaged`, `archive-path`, `archive-duplicate`, `archive-too-large`,
    ///   `archive-entries`. An archive with one bad entry is refused as a whole.
    package init(
        _ bytes: [UInt8], maximumEntries: Int = ArchiveLimits.maximumEntries
    ) throws(ArchiveError) {
        var offset = 0
        var extended = Extended()
        var seen: Set<String> = []
        var headers = 0
        while true {
            guard offset + Self.blockSize <= bytes.count else { throw .truncated }
            let block = bytes[offset..<(offset + Self.blockSize)]
            if block.allSatisfy({ $0 == 0 }) { return }
            headers += 1
            // A long name has headers of its own.
            guard headers <= maximumEntries * 2 else {
                throw ArchiveError("archive-entries", "the archive has more than \(maximumEntries) entries")
            }
            let header = try Header(block)
            let start = offset + Self.blockSize
            let size = extended.size ?? header.size
            guard size <= bytes.count - start else { throw .truncated }
            let content = bytes[start..<(start + size)]
            offset = start + (size + Self.blockSize - 1) / Self.blockSize * Self.blockSize
            switch header.type {
            case UInt8(ascii: "x"), UInt8(ascii: "L"), UInt8(ascii: "K"), UInt8(ascii: "g"):
                guard size <= ArchiveLimits.maximumHeader else { throw .tooLarge(ArchiveLimits.maximumHeader) }
                if header.type == UInt8(ascii: "x") { try extended.read(pax: content) }
                if header.type == UInt8(ascii: "L") { extended.path = Header.text(content) }
                continue
            default: break
            }
            let raw = extended.path ?? header.path
            extended = Extended()
            guard let path = try Self.checked(raw) else { continue }
            let kind = Self.kind(header.type, path: raw)
            if kind != .directory, !seen.insert(path).inserted {
                throw ArchiveError("archive-duplicate", "the archive has two entries named `\(path)`")
            }
            guard entries.count < maximumEntries else {
                throw ArchiveError("archive-entries", "the archive has more than \(maximumEntries) entries")
            }
            entries.append(Entry(path: path, kind: kind, content: content))
        }
    }

    private static func kind(_ type: UInt8, path: String) -> Entry.Kind {
        switch type {
        case UInt8(ascii: "0"), 0, UInt8(ascii: "7"): path.hasSuffix("/") ? .directory : .file
        case UInt8(ascii: "5"): .directory
        case UInt8(ascii: "1"), UInt8(ascii: "2"): .link
        default: .other
        }
    }

    /// - Returns: nil for the archive's own directory.
    private static func checked(_ path: String) throws(ArchiveError) -> String? {
        let parts = path.split(separator: "/", omittingEmptySubsequences: true).filter { $0 != "." }
        guard !path.hasPrefix("/"), !parts.contains(".."), !path.utf8.contains(0) else {
            throw ArchiveError("archive-path", "the archive's entry `\(path)` leads out of it")
        }
        guard path.utf8.count <= ArchiveLimits.maximumPath else {
            throw ArchiveError("archive-path", "a path in the archive is too long")
        }
        return parts.isEmpty ? nil : parts.joined(separator: "/")
    }
}

/// One block of an archive that says what follows it.
private struct Header {
    let path: String
    let size: Int
    let type: UInt8

    init(_ block: ArraySlice<UInt8>) throws(ArchiveError) {
        func field(_ offset: Int, _ count: Int) -> ArraySlice<UInt8> {
            block[(block.startIndex + offset)..<(block.startIndex + offset + count)]
        }
        // The checksum counts its own field as blanks.
        let sum = field(0, 148).reduce(0) { $0 + Int($1) } + 8 * 0x20 + field(156, 356).reduce(0) { $0 + Int($1) }
        guard Self.number(field(148, 8)) == sum, let size = Self.number(field(124, 12)) else {
            throw ArchiveError("archive-damaged", "the archive is damaged, or no tar file")
        }
        self.size = size
        type = block[block.startIndex + 156]
        let name = Self.text(field(0, 100))
        let isPOSIX = field(257, 6).elementsEqual([0x75, 0x73, 0x74, 0x61, 0x72, 0])
        let prefix = isPOSIX ? Self.text(field(345, 155)) : ""
        path = prefix.isEmpty ? name : "\(prefix)/\(name)"
    }

    /// Up to the first NUL.
    static func text(_ bytes: ArraySlice<UInt8>) -> String { String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self) }

    /// Octal digits, or GNU's binary form for what needs more.
    private static func number(_ bytes: ArraySlice<UInt8>) -> Int? {
        guard let first = bytes.first else { return nil }
        var value = 0
        if first & 0x80 != 0 {
            guard first == 0x80 else { return nil }
            for byte in bytes.dropFirst() {
                guard value <= Int.max >> 8 else { return nil }
                value = value << 8 | Int(byte)
            }
            return value
        }
        var digits = bytes.drop { $0 == 0x20 }
        while let last = digits.last, last == 0x20 || last == 0 { digits = digits.dropLast() }
        for byte in digits {
            guard (UInt8(ascii: "0")...UInt8(ascii: "7")).contains(byte) else { return nil }
            value = value << 3 | Int(byte & 7)
        }
        return value
    }
}

/// What headers before an entry say about it.
private struct Extended {
    var path: String?
    var size: Int?

    /// Records `LENGTH KEY=VALUE\n`.
    mutating func read(pax bytes: ArraySlice<UInt8>) throws(ArchiveError) {
        let damaged = ArchiveError("archive-damaged", "an extended header of the archive is damaged")
        var rest = bytes
        while !rest.isEmpty {
            guard let blank = rest.firstIndex(of: 0x20),
                let length = Int(String(decoding: rest[..<blank], as: UTF8.self)),
                length > blank - rest.startIndex + 1, length <= rest.count
            else { throw damaged }
            let record = rest[(blank + 1)..<(rest.startIndex + length)]
            guard record.last == 0x0A, let equals = record.firstIndex(of: UInt8(ascii: "=")) else { throw damaged }
            let value = String(decoding: record[(equals + 1)...].dropLast(), as: UTF8.self)
            switch String(decoding: record[..<equals], as: UTF8.self) {
            case "path": path = value
            case "size":
                guard let number = Int(value), number >= 0 else { throw damaged }
                size = number
            default: break
            }
            rest = rest[(rest.startIndex + length)...]
        }
    }
}
