/// Bounds on looking at images.
package enum GatheringLimits {
    /// Threads that look, over all requests. They mostly wait for registries.
    package static let threads = 64
    /// Questions about one image that are asked ahead of their turn, at the same time.
    package static let questionsAhead = 8
    /// Neighbourhoods of images of which is known how they are signed.
    static let maximumHabits = 4_096
    /// Images that wait for a thread; more are turned away at once.
    package static let waitingImages = 4_096
    /// How often one request may ask for more, where what is asked depends on what was found.
    package static let rounds = 4
    /// How long an image may take if the caller says nothing, in seconds.
    package static let patience = 10.0
    /// The API server waits no longer than this, in seconds.
    package static let longestPatience = 30.0
    /// What is left for the verdict itself and its way back, in seconds: this much, or a part of the caller's patience.
    package static let reserve = 1.0
    package static let reservedPart = 0.2
    /// Bytes of stack of each thread.
    static let stackBytes = 1 << 20
    /// Milliseconds after which a thread without work ends.
    static let idleMilliseconds: Int64 = 30_000
}
