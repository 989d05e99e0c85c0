package import KubernetesCEL
package import KubernetesSchemas
import Synchronization
package import Values

/// Evaluates the rules in CEL that CustomResourceDefinitions hold (x-kubernetes-validations).
///
/// A kind's rules are compiled when its first object comes, and shared from then on.
package final class CustomResourceRules: Sendable {
    package let set: SchemaSet
    private let version: KubernetesVersion
    private let compiled = Mutex<[TypeID: KindRules]>([:])

    package init(_ set: SchemaSet, version: KubernetesVersion = .latest) {
        self.set = set
        self.version = version
    }

    /// What the rules of an object's kind find in it; to be asked only of what the schema itself has no fault with.
    ///
    /// - Parameters:
    ///   - object: as it is admitted, with defaults.
    ///   - old: as it is stored, for updates. Without it rules about changes are passed over, as on creation.
    package func findings(_ object: Node, old: Node? = nil) -> [SchemaFinding] {
        guard let type = set.type(of: object), let schema = set.customSchema(of: type), schema.hasRules else {
            return []
        }
        var run = RuleRun(rules: rules(of: type, schema), root: object)
        run.check(object, old: old, schema, depth: 0)
        return run.list.findings
    }

    private func rules(of type: TypeID, _ schema: CustomSchema) -> KindRules {
        if let known = compiled.withLock({ $0[type] }) { return known }
        // Outside the lock: two threads that both compile lose less than all that wait.
        let made = KindRules(schema, version: version)
        return compiled.withLock { compiled in
            let kept = compiled[type] ?? made
            compiled[type] = kept
            return kept
        }
    }
}

extension SchemaValidation {
    /// Whether the rules in CEL are to be asked too: not where the schema itself is broken in a way that they may not
    /// expect.
    package var allowsRules: Bool {
        findings.allSatisfy { finding in
            switch finding.code {
            case .value, .enum, .duplicate, .forbidden, .rule: true
            default: false
            }
        }
    }
}
