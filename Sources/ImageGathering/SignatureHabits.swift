import ImageVerification
import Synchronization

/// How images are signed, by their neighbourhood (`ghcr.io/me`): where the last good signature was, the next one is looked
/// for first. A wrong guess costs a request and changes no result.
final class SignatureHabits: Sendable {
    private let kinds = Mutex<[String: SignatureKinds]>([:])

    func usesReferrers(_ reference: ImageReference) -> Bool {
        let key = Self.neighbourhood(reference)
        return kinds.withLock { $0[key] == .referrers }
    }

    /// - Parameter kind: of what held a good signature.
    func learn(_ kind: SignatureKinds, of reference: ImageReference) {
        let key = Self.neighbourhood(reference)
        kinds.withLock { kinds in
            if kinds.count >= GatheringLimits.maximumHabits, kinds[key] == nil { kinds = [:] }
            kinds[key] = kind
        }
    }

    private static func neighbourhood(_ reference: ImageReference) -> String {
        let name = reference.name
        return name.lastIndex(of: "/").map { String(name[..<$0]) } ?? name
    }
}
