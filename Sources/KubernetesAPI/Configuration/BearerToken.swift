import Diagnostics
import Documents
import Synchronization

/// A token that says who asks: fixed, or in a file that is replaced before the token ends.
package final class BearerToken: Sendable {
    private enum Source: Sendable {
        case fixed(String)
        case file(String)
    }

    private struct Cached {
        var token: String?
        var readAt: Duration?
    }

    private let source: Source
    private let now: @Sendable () -> Duration
    private let cached = Mutex(Cached())

    package init(fixed token: String) {
        source = .fixed(token)
        now = MonotonicTime.now
    }

    /// - Parameter now: a clock that does not jump.
    package init(file path: String, now: @escaping @Sendable () -> Duration = MonotonicTime.now) {
        source = .file(path)
        self.now = now
    }

    /// What to send now; nil if there is none. A file that cannot be read leaves the token from before.
    package func current() -> String? {
        switch source {
        case .fixed(let token): return token
        case .file(let path):
            let time = now()
            return cached.withLock { cached in
                if let readAt = cached.readAt, time - readAt < KubernetesAPILimits.tokenAge { return cached.token }
                cached.readAt = time
                if let token = Self.read(path) { cached.token = token }
                return cached.token
            }
        }
    }

    /// The server did not take it: it is read again for the next request.
    package func refused() { cached.withLock { $0.readAt = nil } }

    private static func read(_ path: String) -> String? {
        guard let file = try? FileReader.read(path: path, maximumBytes: KubernetesAPILimits.tokenBytes) else {
            return nil
        }
        let text = String(decoding: file.bytes, as: UTF8.self)
        let token = text.split(whereSeparator: \.isWhitespace).first.map(String.init)
        return token?.utf8.allSatisfy { $0 > 0x20 && $0 < 0x7F } == true ? token : nil
    }
}
