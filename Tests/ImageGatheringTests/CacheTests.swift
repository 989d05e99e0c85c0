import Glibc
import ImageVerification
import Synchronization
import Testing
import Values

@testable import ImageGathering

/// Time that stands still until it is moved.
private final class ManualClock: Sendable {
    private let time = Atomic<Int64>(0)

    func advance(seconds: Double) { time.add(Int64(seconds * 1e9), ordering: .relaxed) }

    var reading: @Sendable () -> Int64 { { [self] in time.load(ordering: .relaxed) } }
}

@Suite struct ImageCacheTests {
    private let clock = ManualClock()

    private func check(_ key: String = "k") -> ImageCheck {
        ImageCheck(
            name: "a", key: key, subject: .image, location: SignatureLocation(), attestor: .sigstore([], trust: nil))
    }

    private func failure(_ reason: VerificationReason) -> ImageCheckResult {
        ImageCheckResult(failure: VerificationError(reason, "x"))
    }

    private func isKnown(_ cache: ImageCache, _ check: ImageCheck) throws -> Bool {
        let facts = ImageFacts(cache: cache)
        let reference = try ImageReference("app:v1")
        if case .known = facts.answer("app:v1", reference, checks: [check]) { return true }
        #expect(facts.takeNeeds().map(\.text) == ["app:v1"])
        return false
    }

    @Test("forgets refusals sooner than tags, and tags sooner than what was accepted")
    func lifetimes() throws {
        let cache = ImageCache(clock: clock.reading)
        let record = cache.record(repository: "docker.io/library/app", digest: ImageDigest(of: [1]))
        let check = check()
        record.keep(failure(.noSignatures), of: check, until: cache.expiry(after: cache.lifetimes.refused))
        cache.keep(record, as: "app:v1", isPinned: false)
        #expect(try isKnown(cache, check))
        clock.advance(seconds: 16)
        #expect(try !isKnown(cache, check))
        record.keep(failure(.noSignatures), of: check, until: cache.expiry(after: cache.lifetimes.accepted))
        #expect(try isKnown(cache, check))
        clock.advance(seconds: 15)
        #expect(try !isKnown(cache, check), "the tag may point elsewhere")
        cache.keep(record, as: "app:v1", isPinned: true)
        #expect(try isKnown(cache, check))
        clock.advance(seconds: 3_700)
        #expect(try !isKnown(cache, check))
    }

    @Test("keeps results apart by attestor")
    func attestors() throws {
        let cache = ImageCache(clock: clock.reading)
        let record = cache.record(repository: "r", digest: ImageDigest(of: [1]))
        record.keep(failure(.noSignatures), of: check("one"), until: .max)
        cache.keep(record, as: "app:v1", isPinned: true)
        #expect(try isKnown(cache, check("one")))
        #expect(try !isKnown(cache, check("two")))
        #expect(cache.record(repository: "r", digest: ImageDigest(of: [1])) === record)
        #expect(cache.record(repository: "s", digest: ImageDigest(of: [1])) !== record)
    }

    @Test("stays within its bounds and keeps what is used")
    func bounds() throws {
        let cache = ImageCache(capacity: 100, clock: clock.reading)
        let check = check()
        for number in 0..<10_000 {
            let record = cache.record(repository: "r", digest: ImageDigest(of: Array("\(number)".utf8)))
            record.keep(failure(.noSignatures), of: check, until: .max)
            cache.keep(record, as: number == 0 ? "app:v1" : "app:\(number)", isPinned: true)
            if number > 0 { #expect(try isKnown(cache, check), "what is asked for all the time stays") }
        }
        #expect(cache.count <= 100)
    }
}

/// A store that is as slow and as broken as it is told to be.
private struct ScriptedLocator: ImageLocator {
    let manifests: [String: [UInt8]]
    let seconds: Double
    let failure: VerificationError?
    let looks: @Sendable () -> Void

    var isPartial: Bool { false }

    func place(
        of reference: ImageReference, for access: ImageAccess?, patience: Double
    ) throws(VerificationError) -> ImagePlace {
        looks()
        if let failure { throw failure }
        return ImagePlace(store: Store(manifests: manifests, seconds: seconds), repository: reference.path)
    }

    func name(of reference: ImageReference) -> String { "registry `\(reference.domain)`" }

    private struct Store: OCIStore {
        let manifests: [String: [UInt8]]
        let seconds: Double

        func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
            if seconds > 0 { sleep(seconds) }
            return manifests[reference].map {
                StoredManifest(bytes: $0, mediaType: "application/vnd.oci.image.manifest.v1+json")
            }
        }

        func blob(repository: String, digest: ImageDigest, maximumBytes: Int) throws(VerificationError) -> [UInt8]? {
            nil
        }

        func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest] { [] }
    }
}

private func sleep(_ seconds: Double) {
    var time = timespec(tv_sec: Int(seconds), tv_nsec: Int((seconds - Double(Int(seconds))) * 1e9))
    nanosleep(&time, nil)
}

@Suite struct ImageGathererTests {
    private let looks = Counter()

    private final class Counter: Sendable {
        private let count = Atomic<Int>(0)
        func add() { count.add(1, ordering: .relaxed) }
        var value: Int { count.load(ordering: .relaxed) }
    }

    /// Tells when whatever holds it has ended.
    private final class Ending: Sendable {
        private let body: @Sendable () -> Void

        init(_ body: @escaping @Sendable () -> Void) { self.body = body }

        deinit { body() }
    }

    private func gatherer(
        seconds: Double = 0, failure: VerificationError? = nil, threads: Int = 32,
        ended: @escaping @Sendable () -> Void = {}
    ) -> ImageGatherer {
        let end = Ending(ended)
        let locator = ScriptedLocator(
            manifests: ["v1": Array(#"{"schemaVersion":2,"layers":[]}"#.utf8)], seconds: seconds, failure: failure,
            looks: { [looks, end] in
                looks.add()
                withExtendedLifetime(end) {}
            })
        return ImageGatherer(
            source: locator, trustedRoot: nil, threads: threads, clock: { Timestamp(seconds: 0, nanoseconds: 0) })
    }

    private let check = ImageCheck(
        name: "a", key: "k", subject: .image, location: SignatureLocation(), attestor: .sigstore([], trust: nil))

    /// What a policy would learn of some images.
    private func answers(_ images: [String], _ gatherer: ImageGatherer, patience: Double = 5) -> [ImageFacts.Answer] {
        gatherer.review(patience: patience, assumesPinning: false) { facts in
            images.map { image in facts.answer(image, try? ImageReference(image), checks: [check]) }
        }
    }

    private func failure(_ answer: ImageFacts.Answer) -> VerificationError? {
        if case .failed(let failure) = answer { failure.error } else { nil }
    }

    @Test("looks once, however many ask at the same time")
    func singleFlight() async throws {
        let gatherer = gatherer(seconds: 0.05)
        await withTaskGroup(of: Bool.self) { group in
            for _ in 0..<32 {
                group.addTask {
                    if case .known = answers(["app:v1"], gatherer)[0] { return true }
                    return false
                }
            }
            for await isKnown in group { #expect(isKnown) }
        }
        #expect(looks.value == 1)
        if case .known = answers(["app:v1"], gatherer)[0] {} else { Issue.record("it is not remembered") }
        #expect(looks.value == 1)
    }

    @Test("looks at several images at once")
    func parallel() {
        let gatherer = gatherer(seconds: 0.1)
        let images = (0..<20).map { "app\($0):v1" }
        let start = ContinuousClock.now
        for answer in answers(images, gatherer) {
            if case .known = answer { continue }
            Issue.record("\(answer)")
        }
        // Each takes three questions of a tenth of a second; one after the other they would take six seconds.
        #expect(ContinuousClock.now - start < .seconds(3))
    }

    @Test("does not wait beyond the caller's patience, and says who did not answer")
    func patience() throws {
        let gatherer = gatherer(seconds: 1)
        let start = ContinuousClock.now
        let error = failure(answers(["ghcr.io/me/app:v1"], gatherer, patience: 0.2)[0])
        #expect(ContinuousClock.now - start < .seconds(0.9))
        #expect(error?.detail == "registry `ghcr.io` did not answer within 0.2 seconds")
        #expect(gatherer.statistics.snapshot.expired == 1)
    }

    @Test("remembers no failures of registries")
    func failures() {
        let broken = gatherer(failure: VerificationError(.registryFailed, "registry `r` answered 500"))
        #expect(failure(answers(["app:v1"], broken)[0])?.reason == .registryFailed)
        #expect(failure(answers(["app:v1"], broken)[0])?.reason == .registryFailed)
        #expect(looks.value == 2)
        #expect(broken.statistics.snapshot.failures == 2)
    }

    @Test("says what is not there")
    func missing() {
        #expect(
            failure(answers(["app:v2"], gatherer())[0])?.detail == "registry `docker.io` does not have it")
    }

    @Test("gives what is no reference no look")
    func malformed() {
        #expect(failure(answers(["not an image"], gatherer())[0])?.reason == .malformedReference)
        #expect(looks.value == 0)
    }

    @Test("bounds how many images one request may ask about")
    func bounded() {
        let images = (0..<300).map { "app\($0):v1" }
        let all = answers(images, gatherer())
        #expect(all.count { failure($0)?.reason == .tooMany } == 300 - VerificationLimits.maximumImagesPerRequest)
    }

    @Test("serves many images with few threads")
    func fewThreads() {
        let all = answers((0..<50).map { "app\($0):v1" }, gatherer(threads: 2))
        #expect(all.allSatisfy { if case .known = $0 { true } else { false } })
    }

    @Test("its last thread may be the last to hold it")
    func lastThread() async throws {
        let reference = try ImageReference("app:v1")
        let ended = Counter()
        for round in 1...20 {
            await withCheckedContinuation { continuation in
                let gatherer = gatherer(threads: 1, ended: { ended.add() })
                gatherer.gather(ImageNeed("app:v1", reference, checks: [check]), patience: 5) { _ in
                    continuation.resume()
                }
            }
            // It ends a moment later, on its own thread, or hangs.
            for _ in 0..<500 where ended.value < round { sleep(0.01) }
            #expect(ended.value == round)
        }
    }

    @Test("keeps a part of the caller's patience for the answer", arguments: [(10.0, 9.0), (1.0, 0.8), (60.0, 30.0)])
    func reserve(timeout: Double, patience: Double) {
        #expect(ImageGatherer.patience(of: timeout) == patience)
        #expect(ImageGatherer.patience(of: nil) == 9)
    }
}
