import Admission
import PolicyEngine
import Reporting
import Values

/// Turns what mutating policies did to an object into what a report says of it.
struct MutationReport {
    let policies: LoadedPolicies
    let mutation: MutationVerdict

    /// nil if nothing changed.
    var subjectMutation: SubjectMutation? {
        guard mutation.isChanged, let original = mutation.originalObject else { return nil }
        let patch = mutation.patch()
        guard !patch.isEmpty else { return nil }
        var seen: Set<ObjectIdentifier> = []
        let changing = mutation.records.filter(\.isChange).map { policies.summary(of: $0.policy) }
            .filter { seen.insert(ObjectIdentifier($0)).inserted }
        return SubjectMutation(
            policies: changing, patch: patch.document().root, changes: Self.changes(patch, of: original))
    }

    /// Each operation with the field that it is about, before and after.
    private static func changes(_ patch: JSONPatch, of original: Node) -> [SubjectMutation.Change] {
        var current = original
        var changes: [SubjectMutation.Change] = []
        for operation in patch.operations {
            guard let pointer = JSONPointer(operation.path),
                let next = try? JSONPatch([operation]).applied(to: current).root
            else { return changes }
            let old = operation.op == "add" ? nil : pointer.node(in: current)
            let new = operation.op == "remove" ? nil : pointer.node(in: next)
            let path = new.flatMap { next.fieldPath(to: $0) } ?? old.flatMap { current.fieldPath(to: $0) } ?? ""
            let kind: SubjectMutation.Change.Kind = old == nil ? .added : new == nil ? .removed : .changed
            changes.append(SubjectMutation.Change(kind, fieldPath: path, old: old, new: new))
            current = next
        }
        return changes
    }

    /// Policies that ran, each once.
    var matchedPolicies: [PolicySummary] {
        var seen: Set<ObjectIdentifier> = []
        return mutation.records.filter { $0.isMatch || !$0.exceptions.isEmpty }.map { policies.summary(of: $0.policy) }
            .filter { seen.insert(ObjectIdentifier($0)).inserted }
    }

    var excused: [(policy: PolicySummary, exception: String)] {
        mutation.records.compactMap { record in
            guard !record.isMatch, let exception = record.exceptions.first else { return nil }
            return (policies.summary(of: record.policy), exception.qualifiedName)
        }
    }
}
