import PolicyEngine
import Synchronization

/// The policies that are in force. A reload replaces the whole set; a request takes the set once and sees one only.
final class PolicyHolder: Sendable {
    private let policies: Mutex<PolicySet>
    /// What every set that comes in is allowed to do.
    let enforcement: Enforcement
    /// Counts replacements, so that threads with a copy of the set need no lock to know that it is still the one.
    private let generation = Atomic<Int>(0)

    /// A thread's copy of the set.
    struct Copy {
        fileprivate(set) var policies: PolicySet
        fileprivate var generation: Int
    }

    init(_ policies: PolicySet, enforcement: Enforcement) {
        self.enforcement = enforcement
        self.policies = Mutex(policies.with(enforcement))
    }

    func replace(with newPolicies: PolicySet) {
        let newPolicies = newPolicies.with(enforcement)
        policies.withLock { policies in
            policies = newPolicies
            // Within the lock: a copy is never newer than its number says.
            generation.add(1, ordering: .releasing)
        }
    }

    func copy() -> Copy {
        policies.withLock { Copy(policies: $0, generation: generation.load(ordering: .relaxed)) }
    }

    /// Makes an old copy the current one.
    func refresh(_ copy: inout Copy) {
        if generation.load(ordering: .acquiring) != copy.generation { copy = self.copy() }
    }
}
