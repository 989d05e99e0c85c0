package import CEL

/// What Kubernetes estimates for calls of its own functions and of the extension libraries.
package enum KubernetesCostEstimates {
    private static let traversal = 0.1
    private static let pattern = 0.25
    /// So that two checks fit the limit of an expression, and three do not.
    private static let authorizationCheck: UInt64 = 350_000
    /// Bytes of an address, of either family.
    private static let address = Estimate(min: 4, max: 16)

    /// - Parameter size: how large a node may be.
    /// - Returns: nil for functions of the language itself.
    package static func call(
        _ function: String, overload: String, target: CostNode?, arguments: [CostNode],
        size: (CostNode) -> Estimate
    ) -> (cost: Estimate, size: Estimate?)? {
        switch function {
        case "check": return (.exactly(authorizationCheck), nil)
        case "serviceAccount", "path", "group", "resource", "subresource", "namespace", "name", "allowed", "reason",
            "error", "errored", "fieldSelector", "labelSelector", "masked", "prefixLength", "family", "isUnspecified",
            "isLoopback", "isLinkLocalMulticast", "isLinkLocalUnicast", "isGlobalUnicast", "sign", "asInteger",
            "isInteger", "asApproximateFloat", "isGreaterThan", "isLessThan", "compareTo", "add", "sub":
            return (.one, nil)
        case "isSorted", "sum", "max", "min", "indexOf", "lastIndexOf":
            return target.map { (elementwise($0, size), nil) }
        case "url", "cidr", "isIP", "isCIDR", "quantity", "isQuantity", "semver", "isSemver":
            return arguments.first.map { (size($0).scaled(by: traversal), nil) }
        case "ip":
            guard let argument = arguments.first else { return (.one, nil) }
            return (size(argument).scaled(by: traversal), nil)
        case "ip.isCanonical": return arguments.first.map { (size($0).scaled(by: 2 * traversal), nil) }
        case "containsIP", "containsCIDR": return containment(function, overload, arguments, size)
        case "lowerAscii", "upperAscii", "substring", "trim":
            return target.map { (size($0).scaled(by: traversal), size($0)) }
        case "replace": return replacement(target, arguments, size)
        case "split":
            return target.map { (size($0).scaled(by: 2 * traversal), Estimate(min: 0, max: size($0).max)) }
        case "join": return target.map { joining($0, arguments.first, size) }
        case "find", "findAll":
            guard let target, let expression = arguments.first else { return nil }
            let text = (size(target) + .one).scaled(by: traversal)
            return (text * size(expression).scaled(by: pattern), Estimate(min: 0, max: size(target).max))
        default: return nil
        }
    }

    private static func elementwise(_ list: CostNode, _ size: (CostNode) -> Estimate) -> Estimate {
        guard let element = element(of: list) else { return size(list).scaled(by: traversal) }
        var each = Estimate.one
        if element.type == .string || element.type == .bytes { each += size(element).scaled(by: traversal) }
        return size(list) * each
    }

    private static func element(of list: CostNode) -> CostNode? {
        guard case .list(let type) = list.type else { return nil }
        return CostNode(path: list.path.map { $0 + ["@items"] }, type: type)
    }

    private static func containment(
        _ function: String, _ overload: String, _ arguments: [CostNode], _ size: (CostNode) -> Estimate
    ) -> (cost: Estimate, size: Estimate?)? {
        guard let argument = arguments.first else { return nil }
        var cost = (address + address).scaled(by: traversal)
        if function == "containsCIDR" { cost += address.scaled(by: traversal) + .one }
        if overload.hasSuffix("_string") { cost += size(argument).scaled(by: traversal) }
        return (cost, nil)
    }

    /// The most that can come out: the shortest text replaced by the longest as often as it fits.
    private static func replacement(
        _ target: CostNode?, _ arguments: [CostNode], _ size: (CostNode) -> Estimate
    ) -> (cost: Estimate, size: Estimate?)? {
        guard let target, arguments.count >= 2 else { return nil }
        let (text, old, new) = (size(target), size(arguments[0]), size(arguments[1]))
        var count = Estimate.zero
        var kept = Estimate.zero
        if old.min == 0 {
            (count.max, kept.max) = ((text + .one).max, text.max)
        } else if new.max <= old.min {
            kept.max = text.max
        } else {
            count.max = text.max / old.min + (text.max % old.min == 0 ? 0 : 1)
        }
        if old.max == 0 {
            (count.min, kept.min) = ((text + .one).min, text.min)
        } else if old.max <= new.min {
            kept.min = text.min
        } else {
            count.min = text.min / old.max + (text.min % old.max == 0 ? 0 : 1)
        }
        return (text.scaled(by: 2 * traversal), count * new + kept)
    }

    private static func joining(
        _ list: CostNode, _ separator: CostNode?, _ size: (CostNode) -> Estimate
    ) -> (cost: Estimate, size: Estimate?) {
        let count = size(list)
        var result = element(of: list).map { count * size($0) } ?? .zero
        if let separator {
            let between = Estimate(min: count.min > 0 ? count.min - 1 : 0, max: count.max > 0 ? count.max - 1 : 0)
            result += size(separator) * between
        }
        return (result.scaled(by: traversal), result)
    }
}
