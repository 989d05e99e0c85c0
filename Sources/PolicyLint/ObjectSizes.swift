import CEL
import KubernetesCEL
import KubernetesSchemas
import Synchronization
import Values

/// How large the values in an object may be, for estimates of cost.
struct ObjectSizes: CostAssumptions {
    /// What bounds the object.
    enum Bound {
        /// A large object of practice: lists and maps of 100, texts of 256.
        case large
        /// The largest request that an API server takes, all of it in each single value, as Kubernetes estimates the
        /// rules of CustomResourceDefinitions.
        case request
    }

    let bound: Bound
    let types: RuntimeTypes

    private static let requestBytes: UInt64 = 3 * 1024 * 1024

    func size(of node: CostNode) -> Estimate? { size(of: node.type).map { Estimate(min: 0, max: $0) } }

    func call(
        _ function: String, overload: String, target: CostNode?, arguments: [CostNode]
    ) -> (cost: Estimate, size: Estimate?)? {
        KubernetesCostEstimates.call(function, overload: overload, target: target, arguments: arguments) { node in
            node.size ?? size(of: node) ?? .unknown
        }
    }

    private func size(of type: CELType) -> UInt64? {
        let isLarge = bound == .large
        switch type {
        // Without the quotation marks, or brackets, around all of it.
        case .string, .bytes, .wrapper, .any: return isLarge ? LintLimits.largeText : Self.requestBytes - 2
        case .dyn: return isLarge ? LintLimits.largeList : Self.requestBytes - 2
        case .list(let element):
            return isLarge ? LintLimits.largeList : (Self.requestBytes - 2) / (smallest(element, depth: 0) + 1)
        // A key has two quotation marks, a colon, a comma and two bytes at least.
        case .map(_, let value):
            return isLarge ? LintLimits.largeList : (Self.requestBytes - 2) / (smallest(value, depth: 0) + 6)
        case .structure(let name): return types.type(named: name).map { UInt64(types.schemas[$0].fields.count) }
        case .opaque("optional_type", let parameters): return parameters.first.flatMap { size(of: $0) }
        case .bool, .int, .uint, .double, .timestamp, .duration: return nil
        default: return isLarge ? LintLimits.largeText : nil
        }
    }

    /// The fewest bytes of a value of the type in JSON.
    private func smallest(_ type: CELType, depth: Int) -> UInt64 {
        switch type {
        case .bool: return 4
        case .string, .bytes, .wrapper, .list, .map, .null: return 2
        case .structure(let name):
            guard depth < LintLimits.sizeDepth, let type = types.type(named: name) else { return 2 }
            return types.schemas[type].fields.reduce(2) { sum, field in
                guard field.isRequired, types.schemas.defaultValue(of: field) == nil else { return sum }
                return sum + UInt64(field.key.count) + 4 + smallest(types.type(of: field.value), depth: depth + 1)
            }
        default: return 1
        }
    }
}
