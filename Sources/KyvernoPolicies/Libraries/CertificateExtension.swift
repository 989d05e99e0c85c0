import KubernetesCEL
import Values

/// One extension of a certificate (RFC 5280, 4.2).
struct CertificateExtension {
    let identifier: [Int]
    let isCritical: Bool
    let content: ArraySlice<UInt8>

    private static let malformed = CertificateError(message: "x509: malformed extension")

    /// - Parameter content: what the certificate's field holds: one sequence of extensions.
    static func all(_ content: ArraySlice<UInt8>) throws(CertificateError) -> [CertificateExtension] {
        guard let list = DERReader.single(content, DER.sequence) else { throw malformed }
        var extensions: [CertificateExtension] = []
        var reader = DERReader(list)
        while !reader.isAtEnd {
            guard let element = reader.next(DER.sequence) else { throw malformed }
            var parts = DERReader(element.content)
            guard let identifier = parts.next(DER.objectIdentifier).flatMap({ DER.identifier($0.content) }) else {
                throw malformed
            }
            let critical = parts.next(DER.boolean)?.content.first == 0xFF
            guard let content = parts.next(DER.octetString)?.content else { throw malformed }
            extensions.append(
                CertificateExtension(identifier: identifier, isCritical: critical, content: content))
        }
        return extensions
    }

    /// - Parameter attributes: those of a certificate request, one of which may ask for extensions.
    static func requested(_ attributes: ArraySlice<UInt8>) throws(CertificateError) -> [CertificateExtension] {
        var reader = DERReader(attributes)
        while !reader.isAtEnd {
            guard let attribute = reader.next(DER.sequence) else { throw malformed }
            var parts = DERReader(attribute.content)
            guard let identifier = parts.next(DER.objectIdentifier).flatMap({ DER.identifier($0.content) }),
                let values = parts.next(DER.set)
            else { throw malformed }
            if identifier == [1, 2, 840, 113_549, 1, 9, 14] { return try all(values.content) }
        }
        return []
    }

    static func list(_ extensions: [CertificateExtension]) -> Value {
        guard !extensions.isEmpty else { return .null }
        return .list(
            extensions.map { item in
                .map(
                    MapValue([
                        (key: Value.string("Id"), value: DER.list(item.identifier)),
                        (key: .string("Critical"), value: .bool(item.isCritical)),
                        (key: .string("Value"), value: .string(Base64.encode(Array(item.content)))),
                    ]))
            })
    }

    // MARK: Fields of a certificate

    static func fields(
        of extensions: [CertificateExtension]
    ) throws(CertificateError) -> [(key: String, value: Value)] {
        func find(_ number: Int) -> CertificateExtension? { extensions.first { $0.identifier == [2, 5, 29, number] } }
        let constraints = try basicConstraints(find(19))
        let access = try informationAccess(extensions.first { $0.identifier == [1, 3, 6, 1, 5, 5, 7, 1, 1] })
        let permitted = try nameConstraints(find(30))
        var fields: [(key: String, value: Value)] = [
            ("KeyUsage", .double(keyUsage(find(15)))),
            ("Extensions", list(extensions)),
            ("ExtraExtensions", .null),
            ("ExtKeyUsage", try extendedKeyUsage(find(37))),
            ("BasicConstraintsValid", .bool(constraints.isValid)),
            ("IsCA", .bool(constraints.isCA)),
            ("MaxPathLen", .double(Double(constraints.pathLength))),
            ("MaxPathLenZero", .bool(constraints.isValid && constraints.pathLength == 0)),
            ("AuthorityKeyId", authorityKey(find(35))),
            ("OCSPServer", texts(access.ocsp)),
            ("IssuingCertificateURL", texts(access.issuers)),
        ]
        fields += try names(of: extensions).filter { $0.key != "URIs" }
        fields += permitted
        fields.append(("CRLDistributionPoints", try distributionPoints(find(31))))
        fields.append(("PolicyIdentifiers", try policies(find(32))))
        return fields
    }

    /// What the subject is called besides its name: `DNSNames`, `EmailAddresses`, `IPAddresses` and `URIs`.
    static func names(
        of extensions: [CertificateExtension]
    ) throws(CertificateError) -> [(key: String, value: Value)] {
        var found: [UInt8: [String]] = [:]
        if let item = extensions.first(where: { $0.identifier == [2, 5, 29, 17] }) {
            guard let list = DERReader.single(item.content, DER.sequence) else { throw malformed }
            var reader = DERReader(list)
            while !reader.isAtEnd {
                guard let name = reader.next() else { throw malformed }
                let text = name.tag == 0x87 ? address(name.content) : String(validating: name.content, as: UTF8.self)
                if let text { found[name.tag, default: []].append(text) }
            }
        }
        return [("DNSNames", 0x82), ("EmailAddresses", 0x81), ("IPAddresses", 0x87), ("URIs", 0x86)].map {
            ($0.0, texts(found[$0.1] ?? []))
        }
    }

    /// As Go has it an empty list is null.
    private static func texts(_ list: [String]) -> Value {
        list.isEmpty ? .null : .list(list.map { .string($0) })
    }

    private static func address(_ octets: ArraySlice<UInt8>) -> String? {
        IPAddressText.text(Array(octets))
    }

    /// Go numbers the bits from the least significant one.
    private static func keyUsage(_ item: CertificateExtension?) -> Double {
        guard let item, let bits = DERReader.single(item.content, DER.bitString) else { return 0 }
        var usage = 0
        for (index, octet) in bits.dropFirst().prefix(2).enumerated() {
            for bit in 0..<8 where octet & (0x80 >> UInt8(bit)) != 0 { usage |= 1 << (index * 8 + bit) }
        }
        return Double(usage)
    }

    private static func basicConstraints(
        _ item: CertificateExtension?
    ) throws(CertificateError) -> (isValid: Bool, isCA: Bool, pathLength: Int) {
        guard let item else { return (false, false, 0) }
        guard let content = DERReader.single(item.content, DER.sequence) else { throw malformed }
        var parts = DERReader(content)
        let isCA = parts.next(DER.boolean)?.content.first == 0xFF
        let length = parts.next(DER.integer).map { Int(DER.truncatedInteger($0.content)) }
        return (true, isCA, length ?? -1)
    }

    /// In the order of Go's constants; unknown ones are in another field there.
    private static func extendedKeyUsage(_ item: CertificateExtension?) throws(CertificateError) -> Value {
        guard let item else { return .null }
        let known: [[Int]: Double] = [
            [2, 5, 29, 37, 0]: 0, [1, 3, 6, 1, 5, 5, 7, 3, 1]: 1, [1, 3, 6, 1, 5, 5, 7, 3, 2]: 2,
            [1, 3, 6, 1, 5, 5, 7, 3, 3]: 3, [1, 3, 6, 1, 5, 5, 7, 3, 4]: 4, [1, 3, 6, 1, 5, 5, 7, 3, 5]: 5,
            [1, 3, 6, 1, 5, 5, 7, 3, 6]: 6, [1, 3, 6, 1, 5, 5, 7, 3, 7]: 7, [1, 3, 6, 1, 5, 5, 7, 3, 8]: 8,
            [1, 3, 6, 1, 5, 5, 7, 3, 9]: 9, [1, 3, 6, 1, 4, 1, 311, 10, 3, 3]: 10,
            [2, 16, 840, 1, 113_730, 4, 1]: 11, [1, 3, 6, 1, 4, 1, 311, 2, 1, 22]: 12,
            [1, 3, 6, 1, 4, 1, 311, 61, 1, 1]: 13,
        ]
        guard let content = DERReader.single(item.content, DER.sequence) else { throw malformed }
        var reader = DERReader(content)
        var usages: [Value] = []
        while !reader.isAtEnd {
            guard let identifier = reader.next(DER.objectIdentifier).flatMap({ DER.identifier($0.content) }) else {
                throw malformed
            }
            if let usage = known[identifier] { usages.append(.double(usage)) }
        }
        return usages.isEmpty ? .null : .list(usages)
    }

    private static func authorityKey(_ item: CertificateExtension?) -> Value {
        guard let item, let content = DERReader.single(item.content, DER.sequence) else { return .null }
        var reader = DERReader(content)
        guard let key = reader.next(0x80) else { return .null }
        return .string(Base64.encode(Array(key.content)))
    }

    private static func informationAccess(
        _ item: CertificateExtension?
    ) throws(CertificateError) -> (ocsp: [String], issuers: [String]) {
        guard let item else { return ([], []) }
        guard let content = DERReader.single(item.content, DER.sequence) else { throw malformed }
        var reader = DERReader(content)
        var found: (ocsp: [String], issuers: [String]) = ([], [])
        while !reader.isAtEnd {
            guard let description = reader.next(DER.sequence) else { throw malformed }
            var parts = DERReader(description.content)
            guard let method = parts.next(DER.objectIdentifier).flatMap({ DER.identifier($0.content) }),
                let place = parts.next()
            else { throw malformed }
            guard place.tag == 0x86, let text = String(validating: place.content, as: UTF8.self) else { continue }
            if method.last == 1 { found.ocsp.append(text) }
            if method.last == 2 { found.issuers.append(text) }
        }
        return found
    }

    private static func distributionPoints(_ item: CertificateExtension?) throws(CertificateError) -> Value {
        guard let item else { return .null }
        guard let content = DERReader.single(item.content, DER.sequence) else { throw malformed }
        var points = DERReader(content)
        var found: [String] = []
        while !points.isAtEnd {
            guard let point = points.next(DER.sequence) else { throw malformed }
            var parts = DERReader(point.content)
            guard let name = parts.next(0xA0), let full = DERReader.single(name.content, 0xA0) else { continue }
            var names = DERReader(full)
            while let entry = names.next() {
                guard entry.tag == 0x86, let text = String(validating: entry.content, as: UTF8.self) else { continue }
                found.append(text)
            }
        }
        return texts(found)
    }

    private static func policies(_ item: CertificateExtension?) throws(CertificateError) -> Value {
        guard let item else { return .null }
        guard let content = DERReader.single(item.content, DER.sequence) else { throw malformed }
        var reader = DERReader(content)
        var found: [Value] = []
        while !reader.isAtEnd {
            guard let policy = reader.next(DER.sequence) else { throw malformed }
            var parts = DERReader(policy.content)
            guard let identifier = parts.next(DER.objectIdentifier).flatMap({ DER.identifier($0.content) }) else {
                throw malformed
            }
            found.append(DER.list(identifier))
        }
        return found.isEmpty ? .null : .list(found)
    }

    /// Which names the certificates below this one may have.
    private static func nameConstraints(
        _ item: CertificateExtension?
    ) throws(CertificateError) -> [(key: String, value: Value)] {
        var trees: [[UInt8: [String]]] = [[:], [:]]
        var ranges: [[Value]] = [[], []]
        if let item {
            guard let content = DERReader.single(item.content, DER.sequence) else { throw malformed }
            var reader = DERReader(content)
            while let tree = reader.next() {
                guard tree.tag == 0xA0 || tree.tag == 0xA1 else { throw malformed }
                var names = DERReader(tree.content)
                while !names.isAtEnd {
                    guard let subtree = names.next(DER.sequence) else { throw malformed }
                    var parts = DERReader(subtree.content)
                    guard let name = parts.next() else { throw malformed }
                    let place = tree.tag == 0xA0 ? 0 : 1
                    if name.tag == 0x87 {
                        ranges[place] += range(Array(name.content)).map { [$0] } ?? []
                    } else if let text = String(validating: name.content, as: UTF8.self) {
                        trees[place][name.tag, default: []].append(text)
                    }
                }
            }
        }
        var fields: [(key: String, value: Value)] = [
            ("PermittedDNSDomainsCritical", .bool(item?.isCritical ?? false))
        ]
        for (name, tag) in [("DNSDomains", 0x82), ("EmailAddresses", 0x81), ("URIDomains", 0x86)] as [(String, UInt8)] {
            fields.append(("Permitted\(name)", texts(trees[0][tag] ?? [])))
            fields.append(("Excluded\(name)", texts(trees[1][tag] ?? [])))
        }
        fields.append(("PermittedIPRanges", ranges[0].isEmpty ? .null : .list(ranges[0])))
        fields.append(("ExcludedIPRanges", ranges[1].isEmpty ? .null : .list(ranges[1])))
        return fields
    }

    /// An address and a mask, one after the other.
    private static func range(_ octets: [UInt8]) -> Value? {
        guard octets.count % 2 == 0, let text = IPAddressText.text(Array(octets.prefix(octets.count / 2))) else {
            return nil
        }
        return .map(
            MapValue([
                (key: Value.string("IP"), value: .string(text)),
                (key: .string("Mask"), value: .string(Base64.encode(Array(octets.suffix(octets.count / 2))))),
            ]))
    }
}
