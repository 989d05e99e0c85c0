import Glibc

/// Works on items with several threads and hands the results over in the items' order.
///
/// Threads stay at most `window` batches ahead of what has been consumed, so that memory is bounded however many items
/// there are.
final class OrderedPipeline<Item: Sendable, Output: Sendable>: @unchecked Sendable {
    // SAFETY: everything mutable is touched only while `mutex` is held.
    private let items: [Item]
    private let work: @Sendable (Item) -> Output
    /// Items that a thread takes at a time: a file takes less time than waking the consumer for it.
    private let batchSize: Int
    private let window: Int
    private let mutex = UnsafeMutablePointer<pthread_mutex_t>.allocate(capacity: 1)
    /// The result that the consumer waits for is there.
    private let isReady = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// The window has moved.
    private let hasRoom = UnsafeMutablePointer<pthread_cond_t>.allocate(capacity: 1)
    /// Threads that wait for room; without any nobody needs waking, which costs more than most items do.
    private var waiting = 0
    private var nextBatch = 0
    private var consumed = 0
    private var isCancelled = false
    private var outputs: [Int: [Output]] = [:]

    /// Bytes of stack per thread: as the main thread has, since evaluation recurses.
    private static var stackSize: Int { 8 << 20 }
    /// Batches per thread that may wait for their turn.
    private static var windowPerThread: Int { 3 }
    private static var maximumBatch: Int { 8 }
    /// Batches that each thread has at least, so that all end at about the same time.
    private static var minimumBatches: Int { 32 }

    private init(_ items: [Item], jobs: Int, _ work: @escaping @Sendable (Item) -> Output) {
        self.items = items
        self.work = work
        batchSize = min(Self.maximumBatch, max(1, items.count / (jobs * Self.minimumBatches)))
        window = jobs * Self.windowPerThread
        pthread_mutex_init(mutex, nil)
        pthread_cond_init(isReady, nil)
        pthread_cond_init(hasRoom, nil)
    }

    deinit {
        pthread_mutex_destroy(mutex)
        pthread_cond_destroy(isReady)
        pthread_cond_destroy(hasRoom)
        mutex.deallocate()
        isReady.deallocate()
        hasRoom.deallocate()
    }

    /// - Parameters:
    ///   - jobs: threads to use; 1 works on the calling thread.
    ///   - consume: called on the calling thread, in order. An error from it ends the work.
    static func run<Failure: Error>(
        _ items: [Item], jobs: Int, work: @escaping @Sendable (Item) -> Output,
        consume: (Output) throws(Failure) -> Void
    ) throws(Failure) {
        let jobs = min(jobs, items.count)
        guard jobs > 1 else {
            for item in items { try consume(work(item)) }
            return
        }
        let pipeline = OrderedPipeline(items, jobs: jobs, work)
        let threads = (0..<jobs).compactMap { _ in pipeline.startThread() }
        defer {
            pipeline.cancel()
            for thread in threads { pthread_join(thread, nil) }
        }
        // Without any thread the work is done here.
        guard !threads.isEmpty else {
            for item in items { try consume(work(item)) }
            return
        }
        for batch in 0..<pipeline.batchCount {
            for output in pipeline.take(batch) { try consume(output) }
        }
    }

    private var batchCount: Int { (items.count + batchSize - 1) / batchSize }

    private func startThread() -> pthread_t? {
        // Allocated, not made by an initializer: C modules that include the same header contend for the type's initializer.
        let attributes = UnsafeMutablePointer<pthread_attr_t>.allocate(capacity: 1)
        defer { attributes.deallocate() }
        pthread_attr_init(attributes)
        defer { pthread_attr_destroy(attributes) }
        pthread_attr_setstacksize(attributes, Self.stackSize)
        var thread = pthread_t()
        let worker = Unmanaged.passRetained(PipelineWorker { [self] in loop() })
        let result = pthread_create(
            &thread, attributes,
            { argument in
                if let argument { Unmanaged<PipelineWorker>.fromOpaque(argument).takeRetainedValue().run() }
                return nil
            }, worker.toOpaque())
        if result == 0 { return thread }
        worker.release()
        return nil
    }

    private func loop() {
        while let batch = claim() {
            let end = min(items.count, (batch + 1) * batchSize)
            let output = items[(batch * batchSize)..<end].map(work)
            pthread_mutex_lock(mutex)
            outputs[batch] = output
            if batch == consumed { pthread_cond_signal(isReady) }
            pthread_mutex_unlock(mutex)
        }
    }

    /// The next batch to work on; waits while the window is full, nil at the end.
    private func claim() -> Int? {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while !isCancelled, nextBatch < batchCount, nextBatch >= consumed + window {
            waiting += 1
            pthread_cond_wait(hasRoom, mutex)
            waiting -= 1
        }
        guard !isCancelled, nextBatch < batchCount else { return nil }
        defer { nextBatch += 1 }
        return nextBatch
    }

    private func take(_ batch: Int) -> [Output] {
        pthread_mutex_lock(mutex)
        defer { pthread_mutex_unlock(mutex) }
        while true {
            if let output = outputs.removeValue(forKey: batch) {
                consumed = batch + 1
                // Half a window at a time: a thread that is woken for each single batch sleeps again at once.
                if waiting > 0, nextBatch <= consumed + window / 2 { pthread_cond_broadcast(hasRoom) }
                return output
            }
            pthread_cond_wait(isReady, mutex)
        }
    }

    private func cancel() {
        pthread_mutex_lock(mutex)
        isCancelled = true
        pthread_cond_broadcast(hasRoom)
        pthread_mutex_unlock(mutex)
    }
}

/// What a thread runs: a C function pointer cannot be generic.
private final class PipelineWorker {
    let run: () -> Void

    init(_ run: @escaping () -> Void) { self.run = run }
}
