import Glibc
package import ImageVerification
import Synchronization
package import Values

/// Looks at images for requests: each image once at a time however many ask, several at once, within a deadline.
package final class ImageGatherer: Sendable {
    private struct Waiter: Sendable {
        let need: ImageNeed
        let patience: Double
        let done: @Sendable (Result<ImageRecord, ImageFailure>) -> Void
    }

    package let cache: ImageCache
    package let statistics = GatheringStatistics()
    private let source: any ImageLocator
    private let trustedRoot: TrustedRoot?
    private let pool: GatheringPool
    private let ownsPool: Bool
    private let habits = SignatureHabits()
    /// Who waits for an image that is being looked at, by its reference.
    private let flights = Mutex<[String: [Waiter]]>([:])
    private let clock: @Sendable () -> Timestamp

    /// - Parameters:
    ///   - trustedRoot: whom keyless signatures and log entries are traced back to.
    ///   - threads: of its own; nil for those that the whole process shares.
    ///   - clock: the time by which certificates are judged that have no timestamp.
    package init(
        source: any ImageLocator, trustedRoot: TrustedRoot?, cache: ImageCache = ImageCache(),
        threads: Int? = nil, clock: @escaping @Sendable () -> Timestamp
    ) {
        self.source = source
        self.trustedRoot = trustedRoot
        self.cache = cache
        self.clock = clock
        pool = threads.map { GatheringPool(threads: $0) } ?? .shared
        ownsPool = threads != nil
    }

    deinit { if ownsPool { pool.stop() } }

    /// Looks at one image.
    ///
    /// - Parameters:
    ///   - patience: in seconds.
    ///   - done: called once, on any thread.
    func gather(
        _ need: ImageNeed, patience: Double, done: @escaping @Sendable (Result<ImageRecord, ImageFailure>) -> Void
    ) {
        let waiter = Waiter(need: need, patience: patience, done: done)
        let isFirst = flights.withLock { flights in
            let isFirst = flights[need.text] == nil
            flights[need.text, default: []].append(waiter)
            return isFirst
        }
        if isFirst { start(need.text) } else { statistics.joined() }
    }

    private func start(_ text: String) {
        let isTaken = pool.run { [self] in fly(text) }
        guard !isTaken else { return }
        let failure = ImageFailure(
            VerificationError(.storeUnreadable, "too many images are being looked at, try again"))
        for waiter in flights.withLock({ $0.removeValue(forKey: text) }) ?? [] { waiter.done(.failure(failure)) }
    }

    /// Looks at an image for all who wait for it by now. Who comes meanwhile and wants more gets a flight of their own.
    private func fly(_ text: String) {
        let waiters = flights.withLock { $0[text] ?? [] }
        guard let first = waiters.first else { return }
        var need = first.need
        for waiter in waiters.dropFirst() { need.add(waiter.need) }
        let patience = waiters.map(\.patience).max() ?? GatheringLimits.patience
        let started = Self.now()
        let result = look(need, patience: patience)
        statistics.gathered(result, nanoseconds: Self.now() - started)
        let (served, left) = flights.withLock { flights in
            let all = flights[text] ?? []
            let left = all.dropFirst(waiters.count).filter { !need.covers($0.need) }
            let served = waiters + all.dropFirst(waiters.count).filter { need.covers($0.need) }
            flights[text] = left.isEmpty ? nil : Array(left)
            return (served, !left.isEmpty)
        }
        for waiter in served { waiter.done(result) }
        if left { start(text) }
    }

    private func look(_ need: ImageNeed, patience: Double) -> Result<ImageRecord, ImageFailure> {
        do throws(VerificationError) {
            let place = concurrent(try source.place(of: need.reference, for: need.access, patience: patience))
            expectSignatures(need, place)
            guard
                let manifest = try place.store.checked(place.repository, need.reference.manifestReference)
            else {
                return .failure(
                    ImageFailure(
                        VerificationError(
                            .imageNotFound, "\(source.name(of: need.reference)) does not have it"),
                        isOutOfSight: source.isPartial))
            }
            let content = ImageContent(manifest)
            let record = cache.record(repository: need.reference.name, digest: content.digest)
            try verify(content, need, place, record, patience: patience)
            if need.wantsMetadata, record.metadata == nil {
                record.metadata = try ImageMetadata(content, repository: place.repository, in: place.store)
            }
            cache.keep(record, as: need.text, isPinned: need.reference.digest != nil)
            return .success(record)
        } catch {
            return .failure(ImageFailure(error))
        }
    }

    /// The same place, asked several things at once.
    private func concurrent(_ place: ImagePlace) -> ImagePlace {
        // Files are at hand.
        source.isPartial
            ? place : ImagePlace(store: ConcurrentStore(place.store, pool), repository: place.repository)
    }

    /// With a digest in the reference, what comes after the manifest can be asked at the same time.
    private func expectSignatures(_ need: ImageNeed, _ place: ImagePlace) {
        guard let digest = need.reference.digest, digest.algorithm == .sha256,
            let parts = need.checks.first(where: { $0.location.repository == nil })?.parts
        else { return }
        let kinds = self.parts(parts, need.reference).order
        guard let first = kinds.first else { return }
        place.store.expect([
            ImageSignatures.question(first, digest, place.repository, prefix: parts.tagPrefix)
        ])
    }

    /// In the order in which images like this one are signed.
    private func parts(_ parts: SignatureParts, _ reference: ImageReference) -> SignatureParts {
        var parts = parts
        parts.startsWithReferrers = habits.usesReferrers(reference)
        return parts
    }

    private func verify(
        _ content: ImageContent, _ need: ImageNeed, _ place: ImagePlace, _ record: ImageRecord, patience: Double
    ) throws(VerificationError) {
        let time = cache.expiry(after: 0)
        let open = need.checks.filter { record.result(of: $0, at: time) == nil }
        var locations: [SignatureLocation] = []
        for check in open where !locations.contains(check.location) { locations.append(check.location) }
        for location in locations {
            let checks = open.filter { $0.location == location }
            var parts = SignatureParts()
            parts.tagPrefix = location.tagPrefix
            parts.kinds = []
            for check in checks {
                parts.kinds.formUnion(check.parts.kinds)
                parts.artifactTypes.formUnion(check.parts.artifactTypes)
            }
            let other = try location.repository.map { (reference) throws(VerificationError) in
                concurrent(try source.place(of: reference, for: need.access, patience: patience))
            }
            let results = results(
                of: checks, content, other ?? place, self.parts(parts, need.reference), need.reference)
            for (check, result) in zip(checks, results) {
                statistics.verified(result)
                let lifetime =
                    result.isAccepted
                    ? cache.lifetimes.accepted : result.unreadable == nil ? cache.lifetimes.refused : 0
                record.keep(result, of: check, until: cache.expiry(after: lifetime))
            }
        }
    }

    /// Looks for signatures until all checks are settled, or there is nothing more to look at.
    private func results(
        of checks: [ImageCheck], _ content: ImageContent, _ place: ImagePlace, _ parts: SignatureParts,
        _ reference: ImageReference
    ) -> [ImageCheckResult] {
        var settled: [String: ImageCheckResult] = [:]
        let isEnough = { (found: ImageSignatures, kind: SignatureKinds) -> Bool in
            for check in checks where settled[check.id] == nil {
                let result = check.run(on: found, now: self.clock(), root: self.trustedRoot)
                guard result.isAccepted else { return false }
                settled[check.id] = result
            }
            self.habits.learn(kind, of: reference)
            return true
        }
        let found = ImageSignatures(
            of: content, repository: place.repository, in: place.store, parts: parts,
            isEnough: checks.allSatisfy(\.isSettledByOne) ? isEnough : nil)
        let last = checks.map { settled[$0.id] ?? $0.run(on: found, now: clock(), root: trustedRoot) }
        if settled.count < checks.count, parts.kinds.contains(.referrers), last.allSatisfy(\.isAccepted) {
            habits.learn(parts.startsWithReferrers ? .cosignSignatures : .referrers, of: reference)
        }
        return last
    }

    static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// For messages.
    func name(of reference: ImageReference) -> String { source.name(of: reference) }
}

extension OCIStore {
    /// `checkedManifest`, with the store's own type known.
    fileprivate func checked(_ repository: String, _ reference: String) throws(VerificationError) -> StoredManifest? {
        try checkedManifest(repository: repository, reference: reference)
    }
}

extension ImageNeed {
    fileprivate mutating func add(_ other: ImageNeed) {
        for check in other.checks where !checks.contains(where: { $0.id == check.id }) { checks.append(check) }
        wantsMetadata = wantsMetadata || other.wantsMetadata
    }

    fileprivate func covers(_ other: ImageNeed) -> Bool {
        (wantsMetadata || !other.wantsMetadata)
            && other.checks.allSatisfy { check in checks.contains { $0.id == check.id } }
    }
}
