import Admission
import ImageArguments
import ImageGathering
import ImageVerification
import Synchronization
import Webhook

/// What looks at images: made at the start, and anew whenever the signatures' directory or the trusted root changes.
///
/// What was known is forgotten then: it may not count any more.
final class ImageFiles: Reloadable {
    private let options: ImageOptions
    private let reach: ImageReachOptions
    private let pulls: PullSecrets?
    private let log: Log
    private let current: Mutex<ImageGatherer>

    /// - Parameter pulls: nil where the secrets of Pods do not count.
    /// - Throws: what is wrong with the files.
    init?(
        _ options: ImageOptions, _ reach: ImageReachOptions, pulls: PullSecrets?, log: Log
    ) throws(VerificationError) {
        guard let gatherer = try reach.gatherer(options, pulls) else { return nil }
        self.options = options
        self.reach = reach
        self.pulls = pulls
        self.log = log
        current = Mutex(gatherer)
    }

    var gatherer: ImageGatherer { current.withLock { $0 } }

    /// Whose secrets count for a request; nil where nobody's do.
    func access(of request: AdmissionRequest) -> ImageAccess? { pulls == nil ? nil : ImageAccess(request) }

    func fingerprint() -> UInt64 { Self.fingerprint(options) }

    static func fingerprint(_ options: ImageOptions) -> UInt64 {
        var fingerprint = FileFingerprint()
        for file in options.files { fingerprint.add(path: file) }
        return fingerprint.value
    }

    func reload() -> ReloadOutcome {
        do throws(VerificationError) {
            guard let gatherer = try reach.gatherer(options, pulls) else { return .refused }
            current.withLock { $0 = gatherer }
            log.write(LogLine(.info, "signatures loaded"))
            return .loaded
        } catch {
            var line = LogLine(.error, "signatures refused, the ones before stay in use")
            line.add("error", error.detail)
            log.write(line)
            return error.reason == .storeUnreadable ? .unreadable : .refused
        }
    }
}

extension ImageFiles: MetricsSource {
    func write(into text: inout MetricsText) {
        let gatherer = gatherer
        let counts = gatherer.statistics.snapshot
        let name = "guardrail_image_verifications_total"
        text.family(name, "counter", "Checks of images by attestors, by result.")
        for (result, count) in [
            ("accepted", counts.accepted), ("refused", counts.refused), ("unreadable", counts.unreadable),
        ] {
            text.sample(name, [("result", result)], count)
        }
        let lookups = gatherer.cache.lookups
        text.family("guardrail_image_lookups_total", "counter", "Questions about images, by where the answer was.")
        text.sample("guardrail_image_lookups_total", [("found", "cache")], lookups.hits)
        text.sample("guardrail_image_lookups_total", [("found", "no")], lookups.misses)
        text.single(
            "guardrail_image_failures_total", "counter", "Images that could not be looked at.", counts.failures)
        text.single(
            "guardrail_image_expired_total", "counter", "Requests whose time was over before their images were known.",
            counts.expired)
        text.single(
            "guardrail_image_joined_total", "counter", "Looks that waited for another request's look at the image.",
            counts.joined)
        text.single("guardrail_image_cache_entries", "gauge", "References that are remembered.", gatherer.cache.count)
        text.histogram(
            "guardrail_image_gathering_seconds", "Time to look at an image.",
            GatheringStatistics.bounds.map { String(Double($0) / 1e9) }, counts.latencies, Int(counts.nanoseconds))
    }
}
