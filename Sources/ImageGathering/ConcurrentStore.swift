import ImageVerification
import Synchronization

/// A store that is asked several things of one image at once: what is expected is asked by other threads, where some are
/// free, before its turn comes.
///
/// The thread that looks at the image never waits for work that nobody has begun: it does that itself.
final class ConcurrentStore: OCIStore {
    private enum Answer: Sendable {
        case manifest(Result<StoredManifest?, VerificationError>)
        case blob(Result<[UInt8]?, VerificationError>)
        case referrers(Result<[ImageDigest], VerificationError>)
    }

    /// A question that somebody else may be asking.
    private final class Errand: Sendable {
        private let state = Mutex((isTaken: false, answer: Answer?.none))
        private let latch = Latch()

        /// - Returns: whether the caller is the one to ask.
        func take() -> Bool {
            state.withLock { state in
                defer { state.isTaken = true }
                return !state.isTaken
            }
        }

        func finish(_ answer: Answer) {
            state.withLock { $0.answer = answer }
            latch.open()
        }

        /// Called once, by a thread that is not the one to ask.
        func wait() -> Answer? {
            latch.wait()
            return state.withLock(\.answer)
        }
    }

    private struct State {
        var errands: [StoreQuestion: Errand] = [:]
        /// Expected, with no room for it so far.
        var waiting: [StoreQuestion] = []
    }

    private let base: any OCIStore
    private let pool: GatheringPool
    private let state = Mutex(State())

    init(_ base: any OCIStore, _ pool: GatheringPool) {
        self.base = base
        self.pool = pool
    }

    func expect(_ questions: [StoreQuestion]) {
        state.withLock { $0.waiting += questions }
        startErrands()
    }

    private func startErrands() {
        while true {
            let next = state.withLock { state -> (StoreQuestion, Errand)? in
                guard state.errands.count < GatheringLimits.questionsAhead else { return nil }
                guard let index = state.waiting.firstIndex(where: { state.errands[$0] == nil }) else { return nil }
                let question = state.waiting.remove(at: index)
                let errand = Errand()
                state.errands[question] = errand
                return (question, errand)
            }
            guard let (question, errand) = next else { return }
            let isTaken = pool.run(mayWait: false) { [base] in
                if errand.take() { errand.finish(Self.ask(base, question)) }
            }
            // Whoever needs it asks then.
            if !isTaken { return state.withLock { _ = $0.errands.removeValue(forKey: question) } }
        }
    }

    private func answer(_ question: StoreQuestion) -> Answer {
        let errand = state.withLock { state in
            state.waiting.removeAll { $0 == question }
            return state.errands.removeValue(forKey: question)
        }
        if errand != nil { startErrands() }
        if let errand, !errand.take(), let answer = errand.wait() { return answer }
        return Self.ask(base, question)
    }

    private static func ask(_ store: some OCIStore, _ question: StoreQuestion) -> Answer {
        switch question {
        case .manifest(let repository, let reference):
            .manifest(
                Result { () throws(VerificationError) in
                    try store.manifest(repository: repository, reference: reference)
                })
        case .blob(let repository, let digest, let maximumBytes):
            .blob(
                Result { () throws(VerificationError) in
                    try store.blob(repository: repository, digest: digest, maximumBytes: maximumBytes)
                })
        case .referrers(let repository, let digest):
            .referrers(
                Result { () throws(VerificationError) in
                    try store.referrers(repository: repository, digest: digest)
                })
        }
    }

    func manifest(repository: String, reference: String) throws(VerificationError) -> StoredManifest? {
        guard case .manifest(let result) = answer(.manifest(repository: repository, reference: reference)) else {
            return nil
        }
        return try result.get()
    }

    func blob(repository: String, digest: ImageDigest, maximumBytes: Int) throws(VerificationError) -> [UInt8]? {
        let question = StoreQuestion.blob(repository: repository, digest: digest, maximumBytes: maximumBytes)
        guard case .blob(let result) = answer(question) else { return nil }
        return try result.get()
    }

    func referrers(repository: String, digest: ImageDigest) throws(VerificationError) -> [ImageDigest] {
        guard case .referrers(let result) = answer(.referrers(repository: repository, digest: digest)) else {
            return []
        }
        return try result.get()
    }
}
