import Glibc
package import NIOCore
import NIOPosix

/// How a load went.
package enum ReloadOutcome: Sendable, Equatable {
    case loaded
    /// The files were read and say something wrong: nothing to try again until they change.
    case refused
    /// The files could not be read, which may be the system's fault and pass.
    case unreadable
}

/// Something that is loaded from files and loaded again when they change.
package protocol Reloadable: Sendable {
    /// What the files look like now.
    func fingerprint() -> UInt64
    /// Loads and puts in use, or leaves what was there before. Says itself what happened.
    func reload() -> ReloadOutcome
    /// Called at every look, for what changes with time rather than with files.
    func tick()
}

extension Reloadable {
    package func tick() {}
}

/// Looks at files now and then, on a thread of its own, and loads what has changed.
///
/// Polling sees what inotify does not: network file systems, overlays, and the second link of a chain that was swapped.
package final class FileWatch: Sendable {
    private let group: MultiThreadedEventLoopGroup
    private let watched: NIOLoopBoundBox<Watched>

    private struct Watched: Sendable {
        var entries: [(reloadable: any Reloadable, detector: ChangeDetector)]
        var task: RepeatedTask?
    }

    /// - Parameters:
    ///   - entries: each with the fingerprint that was taken before it was first loaded.
    ///   - interval: between two looks; nil looks only when `reloadNow` is called.
    package init(_ entries: [(reloadable: any Reloadable, loaded: UInt64)], interval: TimeAmount?) {
        group = MultiThreadedEventLoopGroup(numberOfThreads: 1)
        let loop = group.next()
        let initial = Watched(entries: entries.map { ($0.reloadable, ChangeDetector(loaded: $0.loaded)) })
        let watched = NIOLoopBoundBox.makeBoxSendingValue(initial, eventLoop: loop)
        self.watched = watched
        guard let interval else { return }
        loop.execute {
            watched.value.task = loop.scheduleRepeatedTask(initialDelay: interval, delay: interval) { _ in
                Self.look(&watched.value)
            }
        }
    }

    /// Loads everything again now, changed or not.
    package func reloadNow() {
        let watched = watched
        watched.eventLoop.execute {
            for index in watched.value.entries.indices { watched.value.entries[index].detector.request(now: 0) }
            Self.look(&watched.value)
        }
    }

    /// Waits for a load that is going on; nothing is loaded afterwards.
    package func stop() {
        let watched = watched
        try? watched.eventLoop.submit { watched.value.task?.cancel() }.wait()
        try? group.syncShutdownGracefully()
    }

    private static func look(_ watched: inout Watched) {
        for index in watched.entries.indices {
            let reloadable = watched.entries[index].reloadable
            reloadable.tick()
            guard watched.entries[index].detector.look(reloadable.fingerprint(), now: uptime()) else { continue }
            let outcome = reloadable.reload()
            watched.entries[index].detector.finished(outcome, now: uptime())
        }
    }

    private static func uptime() -> Int {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return time.tv_sec
    }
}
