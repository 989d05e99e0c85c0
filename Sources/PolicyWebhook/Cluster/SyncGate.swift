import Synchronization

/// Closed until the Kubernetes API has been read for the first time: whoever judges before that lets through what a
/// policy that is not there yet would deny.
final class SyncGate: Sendable {
    private let opened: Atomic<Bool>

    init(isOpen: Bool) { opened = Atomic(isOpen) }

    var isOpen: Bool { opened.load(ordering: .relaxed) }

    /// It never closes again: what was seen stays when the API goes away.
    func open() { opened.store(true, ordering: .relaxed) }
}
