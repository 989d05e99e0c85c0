/// What a list is beyond a sequence, as x-kubernetes-list-type says it.
package enum ListSemantics: Sendable {
    /// Each element once, in any order.
    case set
    /// Elements are told apart by these fields, in any order.
    case map(keys: [String])
}

extension Node {
    /// Of the list that is a document's root; nil for all other nodes.
    package var listSemantics: ListSemantics? { index == document.rootIndex ? document.listSemantics : nil }
}
