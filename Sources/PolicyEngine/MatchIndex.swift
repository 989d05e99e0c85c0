internal import Admission

/// Finds the policies that may be about a request by its group, resource and operation, without looking at the others.
struct MatchIndex: Sendable {
    private struct Entry: Sendable {
        var policy: Int32
        var operations: OperationSet
    }

    /// By hash of group and resource; `*` stands for any of either. Entries are in the policies' order.
    private var buckets: [UInt64: [Entry]] = [:]
    private static let any = "*"

    mutating func add(_ match: MatchResources, policy: Int) {
        for rule in match.resourceRules {
            for pattern in rule.resources {
                let resource = pattern.split(separator: "/", maxSplits: 1).first.map(String.init) ?? ""
                for group in rule.groups {
                    add(policy, group, resource, rule.operations)
                    guard match.matchPolicy == .equivalent, resource != Self.any, group != Self.any else { continue }
                    for other in EquivalentResources.otherGroups(of: group, resource: resource) {
                        add(policy, other, resource, rule.operations)
                    }
                }
            }
        }
    }

    private mutating func add(_ policy: Int, _ group: String, _ resource: String, _ operations: OperationSet) {
        let key = Self.hash(group.utf8, resource.utf8)
        var bucket = buckets[key] ?? []
        if let last = bucket.indices.last, bucket[last].policy == Int32(policy) {
            bucket[last].operations.formUnion(operations)
        } else {
            bucket.append(Entry(policy: Int32(policy), operations: operations))
        }
        buckets[key] = bucket
    }

    /// Calls `body` with the number of each policy that may match, in order, once.
    func forEachCandidate(of request: AdmissionRequest, _ body: (Int) -> Void) {
        let operation = OperationSet(request.operation)
        let star = CollectionOfOne(UInt8(ascii: "*"))
        let (group, resource) = (request.groupUTF8, request.resourceUTF8)
        let lists = (
            buckets[Self.hash(group, resource)] ?? [], buckets[Self.hash(group, star)] ?? [],
            buckets[Self.hash(star, resource)] ?? [], buckets[Self.hash(star, star)] ?? []
        )
        var (a, b, c, d) = (0, 0, 0, 0)
        while true {
            var next = Int32.max
            if a < lists.0.count { next = min(next, lists.0[a].policy) }
            if b < lists.1.count { next = min(next, lists.1[b].policy) }
            if c < lists.2.count { next = min(next, lists.2[c].policy) }
            if d < lists.3.count { next = min(next, lists.3[d].policy) }
            guard next != .max else { return }
            // An empty literal is a generic call, and this loop is in every request's way.
            var operations = OperationSet(rawValue: 0)
            Self.take(next, lists.0, &a, &operations)
            Self.take(next, lists.1, &b, &operations)
            Self.take(next, lists.2, &c, &operations)
            Self.take(next, lists.3, &d, &operations)
            if !operations.isDisjoint(with: operation) { body(Int(next)) }
        }
    }

    private static func take(_ policy: Int32, _ list: [Entry], _ index: inout Int, _ operations: inout OperationSet) {
        guard index < list.count, list[index].policy == policy else { return }
        operations.formUnion(list[index].operations)
        index += 1
    }

    /// FNV-1a; a collision only makes a candidate that the exact matching then drops.
    private static func hash(_ group: some Sequence<UInt8>, _ resource: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xcbf2_9ce4_8422_2325
        for byte in group { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        hash = (hash ^ 0xFF) &* 0x100_0000_01b3
        for byte in resource { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
        return hash
    }
}
