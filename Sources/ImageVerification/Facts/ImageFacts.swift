import Synchronization

/// Why nothing is known of an image although somebody looked.
package struct ImageFailure: Error, Sendable {
    package let error: VerificationError
    /// A directory of signatures does not hold the image: nobody can say whether it is signed.
    package let isOutOfSight: Bool

    package init(_ error: VerificationError, isOutOfSight: Bool = false) {
        self.error = error
        self.isOutOfSight = isOutOfSight
    }
}

/// What a policy needs to know of an image.
package struct ImageNeed: Sendable {
    /// As the object has it, behind the key of `access`: answers are given under it.
    package let text: String
    package let reference: ImageReference
    /// Nil where the same credentials count for all.
    package let access: ImageAccess?
    package var checks: [ImageCheck]
    package var wantsMetadata: Bool

    package init(
        _ text: String, _ reference: ImageReference, checks: [ImageCheck], wantsMetadata: Bool = false,
        access: ImageAccess? = nil
    ) {
        self.access = access
        self.text = text
        self.reference = reference
        self.checks = checks
        self.wantsMetadata = wantsMetadata
    }
}

/// What one request's policies can know about images, and what they lack.
///
/// Evaluation only looks things up here. What is not there is noted; somebody else gathers it, and the evaluation is
/// repeated. So it stays synchronous and pure, and a request whose policies ask for no image costs nothing.
package final class ImageFacts: Sendable {
    package enum Answer: Sendable {
        case known(ImageRecord)
        case failed(ImageFailure)
        /// Noted as needed.
        case missing
    }

    private struct State {
        var access: ImageAccess?
        var needs: [ImageNeed] = []
        /// What was gathered for this request; it counts whatever the cache has forgotten meanwhile.
        var gathered: [String: Result<ImageRecord, ImageFailure>] = [:]
    }

    package let cache: ImageCache
    /// Whether tags will be replaced by digests before anything is stored: judging manifests, as opposed to requests that
    /// the mutating webhook has already seen.
    package let assumesPinning: Bool
    private let state = Mutex(State())

    package init(cache: ImageCache, assumesPinning: Bool = false) {
        self.cache = cache
        self.assumesPinning = assumesPinning
    }

    /// Whose request it is; nil where that does not matter.
    package var access: ImageAccess? {
        get { state.withLock { $0.access } }
        set { state.withLock { $0.access = newValue } }
    }

    /// Whether answers depend on more than everybody's credentials.
    package func usesSecrets(_ secrets: [String]) -> Bool { access.map { !$0.adding(secrets).isEmpty } ?? false }

    /// - Parameters:
    ///   - checks: all that will be asked of the image, so that it is gathered once.
    ///   - secrets: of the policy that asks.
    package func answer(
        _ image: String, _ reference: @autoclosure () -> ImageReference?, checks: [ImageCheck],
        wantsMetadata: Bool = false, secrets: [String] = []
    ) -> Answer {
        let time = cache.now()
        let access = self.access?.adding(secrets)
        let text = access.map { $0.key + image } ?? image
        if let record = cache.record(text, checks: checks, metadata: wantsMetadata, at: time) { return .known(record) }
        return state.withLock { state in
            switch state.gathered[text] {
            case .success(let record):
                let hasAll =
                    checks.allSatisfy { record.result(of: $0, at: nil) != nil }
                    && (!wantsMetadata || record.metadata != nil)
                if hasAll { return .known(record) }
            case .failure(let failure): return .failed(failure)
            case nil: break
            }
            guard let reference = reference() else {
                return .failed(
                    ImageFailure(
                        VerificationError(.malformedReference, "`\(image.prefix(300))` is no image reference")))
            }
            if let index = state.needs.firstIndex(where: { $0.text == text }) {
                for check in checks where !state.needs[index].checks.contains(where: { $0.id == check.id }) {
                    state.needs[index].checks.append(check)
                }
                if wantsMetadata { state.needs[index].wantsMetadata = true }
            } else if state.needs.count + state.gathered.count < VerificationLimits.maximumImagesPerRequest {
                state.needs.append(
                    ImageNeed(text, reference, checks: checks, wantsMetadata: wantsMetadata, access: access))
            } else {
                return .failed(
                    ImageFailure(
                        VerificationError(
                            .tooMany,
                            "the object names more than \(VerificationLimits.maximumImagesPerRequest) images")))
            }
            return .missing
        }
    }

    /// Whether evaluation has asked for something that is not there.
    package var lacksSomething: Bool { state.withLock { !$0.needs.isEmpty } }

    /// What evaluation has asked for since the last call and not found.
    package func takeNeeds() -> [ImageNeed] {
        state.withLock { state in
            defer { state.needs = [] }
            return state.needs
        }
    }

    package func supply(_ text: String, _ result: Result<ImageRecord, ImageFailure>) {
        state.withLock { $0.gathered[text] = result }
    }
}
