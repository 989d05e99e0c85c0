package import CEL
package import Values

/// An IP address as a value of the language.
package final class IPValue: ObjectValue {
    package static let typeName = "net.IP"
    let address: IPAddress

    init(_ address: IPAddress) { self.address = address }

    package var typeName: String { Self.typeName }
    package var description: String { address.description }
    package var costSize: UInt64 { UInt64(address.bytes.count) }

    package func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? IPValue else { return nil }
        return address.unmapped == other.address.unmapped
    }
}

/// A network prefix as a value of the language.
package final class CIDRValue: ObjectValue {
    package static let typeName = "net.CIDR"
    let prefix: IPPrefix

    init(_ prefix: IPPrefix) { self.prefix = prefix }

    package var typeName: String { Self.typeName }
    package var description: String { prefix.description }
    /// Bytes that the prefix covers.
    package var costSize: UInt64 { UInt64((prefix.length + 7) / 8) }

    package func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? CIDRValue else { return nil }
        return prefix == other.prefix
    }
}

/// `ip(…)`, `cidr(…)` and their functions.
extension Library {
    private static let ipType = CELType.opaque(IPValue.typeName, [])
    private static let cidrType = CELType.opaque(CIDRValue.typeName, [])

    package static let ip = Library(
        "kubernetes.net.ip",
        functions: [
            FunctionDeclaration(
                "ip",
                [
                    Overload(
                        "string_to_ip", [.string], ipType, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in .object(IPValue(try parsedIP(text))) })
                ], dynamicCost: .traversalOfFirst),
            FunctionDeclaration(
                "ip.isCanonical",
                [
                    Overload(
                        "ip_is_canonical", [.string], .bool, cost: .twiceFirst,
                        .unary { text throws(EvaluationError) in
                            .bool(Array(try parsedIP(text).description.utf8) == Array(try text.string().utf8))
                        })
                ]),
            FunctionDeclaration(
                "isIP",
                [
                    Overload(
                        "is_ip", [.string], .bool, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in .bool(IPAddress(try text.string()) != nil) })
                ]),
            FunctionDeclaration(
                "string",
                [
                    Overload(
                        "ip_to_string", [ipType], .string,
                        .unary { value throws(EvaluationError) in .string(try value.ip().description) })
                ]),
            FunctionDeclaration(
                "family",
                [
                    Overload(
                        "ip_family", member: true, [ipType], .int,
                        .unary { value throws(EvaluationError) in .int(try value.ip().isV4 ? 4 : 6) })
                ]),
            addressTest("isUnspecified", "ip_is_unspecified") { $0.isUnspecified },
            addressTest("isLoopback", "ip_is_loopback") { $0.isLoopback },
            addressTest("isLinkLocalMulticast", "ip_is_link_local_multicast") { $0.isLinkLocalMulticast },
            addressTest("isLinkLocalUnicast", "ip_is_link_local_unicast") { $0.isLinkLocalUnicast },
            addressTest("isGlobalUnicast", "ip_is_global_unicast") { $0.isGlobalUnicast },
        ], types: [IPValue.typeName: ipType])

    package static let cidr = Library(
        "kubernetes.net.cidr",
        functions: [
            FunctionDeclaration(
                "cidr",
                [
                    Overload(
                        "string_to_cidr", [.string], cidrType, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in .object(CIDRValue(try parsedCIDR(text))) })
                ]),
            FunctionDeclaration(
                "isCIDR",
                [
                    Overload(
                        "is_cidr", [.string], .bool, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in .bool(IPPrefix(try text.string()) != nil) })
                ]),
            FunctionDeclaration(
                "string",
                [
                    Overload(
                        "cidr_to_string", [cidrType], .string,
                        .unary { value throws(EvaluationError) in .string(try value.cidr().description) })
                ]),
            FunctionDeclaration(
                "ip",
                [
                    Overload(
                        "cidr_ip", member: true, [cidrType], ipType,
                        .unary { value throws(EvaluationError) in .object(IPValue(try value.cidr().address)) })
                ], dynamicCost: .traversalOfFirst),
            FunctionDeclaration(
                "masked",
                [
                    Overload(
                        "cidr_masked", member: true, [cidrType], cidrType,
                        .unary { value throws(EvaluationError) in .object(CIDRValue(try value.cidr().masked)) })
                ]),
            FunctionDeclaration(
                "prefixLength",
                [
                    Overload(
                        "cidr_prefix_length", member: true, [cidrType], .int,
                        .unary { value throws(EvaluationError) in .int(Int64(try value.cidr().length)) })
                ]),
            FunctionDeclaration(
                "containsIP",
                [
                    Overload(
                        "cidr_contains_ip_ip", member: true, [cidrType, ipType], .bool,
                        cost: compareCost(parsing: false),
                        .binary { cidr, ip throws(EvaluationError) in .bool(try cidr.cidr().contains(try ip.ip())) }),
                    Overload(
                        "cidr_contains_ip_string", member: true, [cidrType, .string], .bool,
                        cost: compareCost(parsing: true),
                        .binary { cidr, text throws(EvaluationError) in
                            // The Go implementation loses what was wrong with the text.
                            guard let ip = IPAddress(try text.string()) else { throw .noSuchOverload() }
                            return .bool(try cidr.cidr().contains(ip))
                        }),
                ], dynamicCost: compareCost(parsing: false)),
            FunctionDeclaration(
                "containsCIDR",
                [
                    Overload(
                        "cidr_contains_cidr", member: true, [cidrType, cidrType], .bool,
                        cost: compareCost(parsing: false, masking: true),
                        .binary { cidr, other throws(EvaluationError) in
                            .bool(try cidr.cidr().contains(try other.cidr()))
                        }),
                    Overload(
                        "cidr_contains_cidr_string", member: true, [cidrType, .string], .bool,
                        cost: compareCost(parsing: true, masking: true),
                        .binary { cidr, text throws(EvaluationError) in
                            .bool(try cidr.cidr().contains(try parsedCIDR(text)))
                        }),
                ], dynamicCost: compareCost(parsing: false, masking: true)),
        ], types: [CIDRValue.typeName: cidrType])

    private static func addressTest(
        _ name: String, _ id: String, _ test: @escaping @Sendable (IPAddress) -> Bool
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    id, member: true, [ipType], .bool,
                    .unary { value throws(EvaluationError) in .bool(test(try value.ip())) })
            ])
    }

    private static func compareCost(parsing: Bool, masking: Bool = false) -> CallCost {
        .sized { cidr, other in
            let size = costSize(cidr)
            return CostFormula.tenth(of: size + size) + (masking ? CostFormula.tenth(of: size) + 1 : 0)
                + (parsing ? CostFormula.traversal(of: other) : 0)
        }
    }

    private static func parsedIP(_ text: Value) throws(EvaluationError) -> IPAddress {
        let text = try text.string()
        guard let address = IPAddress(text) else {
            throw EvaluationError(
                .invalidArgument, "IP Address \(GoQuote.quote(text)) parse error during conversion from string")
        }
        return address
    }

    private static func parsedCIDR(_ text: Value) throws(EvaluationError) -> IPPrefix {
        let text = try text.string()
        guard let prefix = IPPrefix(text) else {
            throw EvaluationError(
                .invalidArgument,
                "network address parse error during conversion from string: \(GoQuote.quote(text))")
        }
        return prefix
    }
}

extension Value {
    fileprivate func ip() throws(EvaluationError) -> IPAddress {
        guard case .object(let object) = self, let value = object as? IPValue else { throw .noSuchOverload() }
        return value.address
    }

    fileprivate func cidr() throws(EvaluationError) -> IPPrefix {
        guard case .object(let object) = self, let value = object as? CIDRValue else { throw .noSuchOverload() }
        return value.prefix
    }
}
