package import Diagnostics

/// Which policy, and where it is written. One object per policy, shared by all its decisions.
package final class PolicyID: Sendable {
    /// `ValidatingAdmissionPolicy`.
    package let kind: String
    /// Empty for cluster-scoped policies.
    package let namespace: String
    package let name: String
    package let file: SourceFile?
    /// Where the policy's document starts.
    package let position: SourcePosition?

    package init(
        kind: String, namespace: String = "", name: String, file: SourceFile? = nil, position: SourcePosition? = nil
    ) {
        self.kind = kind
        self.namespace = namespace
        self.name = name
        self.file = file
        self.position = position
    }

    /// `name`, or `namespace/name`.
    package var qualifiedName: String { namespace.isEmpty ? name : "\(namespace)/\(name)" }
}

extension PolicyID: Hashable {
    package static func == (left: PolicyID, right: PolicyID) -> Bool {
        left === right || (left.kind == right.kind && left.namespace == right.namespace && left.name == right.name)
    }

    package func hash(into hasher: inout Hasher) {
        hasher.combine(kind)
        hasher.combine(namespace)
        hasher.combine(name)
    }
}

/// What follows from a decision to deny.
package struct ValidationActions: OptionSet, Sendable, Hashable {
    package let rawValue: UInt8

    package init(rawValue: UInt8) { self.rawValue = rawValue }

    package static let deny = ValidationActions(rawValue: 1)
    package static let warn = ValidationActions(rawValue: 2)
    package static let audit = ValidationActions(rawValue: 4)
}

/// Which binding put a policy into force. One object per binding, shared by all its decisions.
package final class BindingID: Sendable {
    package let name: String
    package let actions: ValidationActions
    /// The actions' names in the order in which they are written, as the audit annotation lists them.
    package let actionNames: [String]
    package let file: SourceFile?
    package let position: SourcePosition?

    package init(
        name: String, actions: ValidationActions, actionNames: [String], file: SourceFile? = nil,
        position: SourcePosition? = nil
    ) {
        self.name = name
        self.actions = actions
        self.actionNames = actionNames
        self.file = file
        self.position = position
    }
}
