import Synchronization

/// What is known of one image in one repository: its digest and the results of checks.
package final class ImageRecord: Sendable {
    private struct Kept {
        var result: ImageCheckResult
        /// In the cache's time; nil where the record is of one run only.
        var expiry: Int64
    }

    private struct State {
        var results: [String: Kept] = [:]
        var metadata: ImageMetadata?
        var payloadBytes = 0
    }

    package let digest: ImageDigest
    private let state = Mutex(State())
    private let revision: ImageCacheRevision

    /// - Parameter revision: of the cache that the record is in.
    init(digest: ImageDigest, revision: ImageCacheRevision) {
        self.digest = digest
        self.revision = revision
    }

    /// - Parameter time: results that have expired by then are not there; nil takes all.
    package func result(of check: ImageCheck, at time: Int64?) -> ImageCheckResult? {
        state.withLock { state in
            guard let kept = state.results[check.id] else { return nil }
            if let time, kept.expiry <= time { return nil }
            return kept.result
        }
    }

    /// Whether all of it is known at that time.
    func knows(_ checks: [ImageCheck], metadata: Bool, at time: Int64) -> Bool {
        state.withLock { state in
            if metadata, state.metadata == nil { return false }
            for check in checks {
                guard let kept = state.results[check.id], kept.expiry > time else { return false }
            }
            return true
        }
    }

    /// When the first of the checks' results expires; nil unless there are all.
    func expiry(of checks: [ImageCheck]) -> Int64? {
        state.withLock { state in
            var first = Int64.max
            for check in checks {
                guard let kept = state.results[check.id] else { return nil }
                first = min(first, kept.expiry)
            }
            return first
        }
    }

    package func keep(_ result: ImageCheckResult, of check: ImageCheck, until expiry: Int64) {
        defer { revision.advance() }
        state.withLock { state in
            if state.results.count >= VerificationLimits.maximumCachedChecks, state.results[check.id] == nil {
                // Policies that are gone leave results behind that nobody asks for.
                state.results.removeAll()
                state.payloadBytes = 0
            }
            let old = state.results[check.id]?.result.payloadBytes ?? 0
            state.payloadBytes += result.payloadBytes - old
            state.results[check.id] = Kept(result: result, expiry: expiry)
        }
    }

    /// What the image's manifest and configuration say, if that was asked for.
    package var metadata: ImageMetadata? {
        get { state.withLock { $0.metadata } }
        set { state.withLock { $0.metadata = newValue } }
    }

    var payloadBytes: Int {
        state.withLock { $0.payloadBytes + ($0.metadata?.bytes ?? 0) }
    }
}
