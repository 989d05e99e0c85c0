import KubernetesAPI

/// The API server's clock as its answers tell it, carried on by a clock that does not jump.
///
/// API servers judge our certificate, so it is renewed by their time: a node whose clock has jumped must not replace a
/// good certificate with one from another year.
struct ServerClock: Equatable {
    private var reading: (server: Int, at: Duration)?

    /// - Parameters:
    ///   - date: what an answer said, in seconds since 1970.
    ///   - at: when it came, by a clock that does not jump.
    mutating func read(_ date: Int?, at: Duration) {
        if let date { reading = (date, at) }
    }

    /// Seconds since 1970.
    ///
    /// - Parameter wall: our own clock, which counts as long as no answer has told a time.
    func now(at time: Duration, wall: Int) -> Int {
        guard let reading else { return wall }
        return reading.server + Int((time - reading.at).components.seconds)
    }

    static func == (left: ServerClock, right: ServerClock) -> Bool {
        left.reading?.server == right.reading?.server && left.reading?.at == right.reading?.at
    }
}
