import Glibc
import Synchronization

/// How long what is known of images counts, in seconds.
package struct ImageCacheLifetimes: Sendable {
    /// An accepted signature: a verdict on a digest does not change, but keys are withdrawn.
    package var accepted: Double = 3_600
    /// A refused one: somebody may be signing at this moment.
    package var refused: Double = 15
    /// Which digest a tag points to.
    package var tag: Double = 30

    package init() {}
}

/// Counts the changes of a cache: what was concluded from it holds until the next one, or until something expires.
package final class ImageCacheRevision: Sendable {
    private let count = Atomic<UInt64>(0)

    package init() {}

    package var value: UInt64 { count.load(ordering: .acquiring) }

    /// Called behind the change.
    func advance() { count.add(1, ordering: .releasing) }
}

/// What is known of images, for all requests together: bounded, and forgotten after a time.
///
/// Two generations: what is used moves into the younger one; when that is full the older one goes.
package final class ImageCache: Sendable {
    private struct Entry {
        let record: ImageRecord
        /// From then on the tag may point elsewhere; never for digests.
        let expiry: Int64
    }

    private struct State {
        var young: [String: Entry] = [:]
        var old: [String: Entry] = [:]
        var bytes = 0
        /// By repository and digest, so that several names of an image share their results.
        var records: [String: ImageRecord] = [:]
        var oldRecords: [String: ImageRecord] = [:]
    }

    package let lifetimes: ImageCacheLifetimes
    /// Of this cache and its records. Every cache has its own.
    package let revision = ImageCacheRevision()
    private let clock: @Sendable () -> Int64
    private let state = Mutex(State())
    private let capacity: Int
    private let hitCount = Atomic<Int>(0)
    private let missCount = Atomic<Int>(0)

    /// - Parameter clock: nanoseconds from any start, never backwards.
    package init(
        lifetimes: ImageCacheLifetimes = ImageCacheLifetimes(),
        capacity: Int = VerificationLimits.maximumCachedImages, clock: (@Sendable () -> Int64)? = nil
    ) {
        self.lifetimes = lifetimes
        self.capacity = capacity
        self.clock = clock ?? { Self.monotonic() }
    }

    private static func monotonic() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC_COARSE, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// Nanoseconds, by which everything here expires.
    package func now() -> Int64 { clock() }

    /// The time at which something that is learnt now stops to count.
    package func expiry(after seconds: Double) -> Int64 { clock() &+ Int64(seconds * 1e9) }

    /// - Returns: nil unless all of it is known and counts still.
    func record(_ text: String, checks: [ImageCheck], metadata: Bool, at time: Int64) -> ImageRecord? {
        let entry = state.withLock { state -> Entry? in
            if let entry = state.young[text] { return entry }
            guard let entry = state.old.removeValue(forKey: text) else { return nil }
            state.young[text] = entry
            return entry
        }
        guard let entry, entry.expiry > time, entry.record.knows(checks, metadata: metadata, at: time) else {
            missCount.add(1, ordering: .relaxed)
            return nil
        }
        hitCount.add(1, ordering: .relaxed)
        return entry.record
    }

    /// Until when a look-up gives what it gives now, if nothing is learnt meanwhile; nil unless all of it is known.
    package func certainty(of text: String, checks: [ImageCheck]) -> Int64? {
        let time = clock()
        let entry = state.withLock { $0.young[text] ?? $0.old[text] }
        guard let entry, entry.expiry > time, let expiry = entry.record.expiry(of: checks), expiry > time else {
            return nil
        }
        return min(expiry, entry.expiry)
    }

    /// Counts questions that were answered by what was concluded from this cache before.
    package func countAnswers(_ count: Int) { hitCount.add(count, ordering: .relaxed) }

    /// The digest that a reference is known to have.
    package func digest(of text: String) -> ImageDigest? {
        let time = clock()
        let entry = state.withLock { $0.young[text] ?? $0.old[text] }
        guard let entry, entry.expiry > time else { return nil }
        return entry.record.digest
    }

    /// The one record of an image in a repository.
    package func record(repository: String, digest: ImageDigest) -> ImageRecord {
        let key = "\(repository)@\(digest)"
        return state.withLock { state in
            if let record = state.records[key] { return record }
            let record = state.oldRecords.removeValue(forKey: key) ?? ImageRecord(digest: digest, revision: revision)
            if state.records.count >= capacity {
                state.oldRecords = state.records
                state.records = [:]
            }
            state.records[key] = record
            return record
        }
    }

    /// Remembers what a reference points to.
    package func keep(_ record: ImageRecord, as text: String, isPinned: Bool) {
        let expiry = isPinned ? Int64.max : expiry(after: lifetimes.tag)
        let bytes = record.payloadBytes
        state.withLock { state in
            let limit = VerificationLimits.maximumCachedPayloadBytes / 2
            if state.young.count >= capacity / 2 || state.bytes + bytes > limit {
                state.old = state.young
                state.young = [:]
                state.oldRecords = state.records
                state.records = [:]
                state.bytes = 0
            }
            state.young[text] = Entry(record: record, expiry: expiry)
            state.bytes += bytes
        }
        revision.advance()
    }

    /// Look-ups since the start that found everything, and those that did not.
    package var lookups: (hits: Int, misses: Int) {
        (hitCount.load(ordering: .relaxed), missCount.load(ordering: .relaxed))
    }

    /// References that are remembered at present.
    package var count: Int { state.withLock { $0.young.count + $0.old.count } }
}
