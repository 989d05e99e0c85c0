import Synchronization
package import Values

/// The definitions of custom kinds that are known beside the policies, and what others make of them.
package final class KindDefinitions: Sendable {
    /// CustomResourceDefinitions and the like.
    package let nodes: [Node]
    private let made = Mutex<[ObjectIdentifier: any Sendable]>([:])

    package init(_ nodes: [Node] = []) { self.nodes = nodes }

    /// What `make` makes of the definitions. It is made once for each type of result.
    package func derived<Result: Sendable>(_ make: ([Node]) -> Result) -> Result {
        let key = ObjectIdentifier(Result.self)
        if let known = made.withLock({ $0[key] }) as? Result { return known }
        let result = make(nodes)
        made.withLock { $0[key] = result }
        return result
    }
}
