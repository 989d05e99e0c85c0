import Foundation
import NIOCore
import Synchronization
import Testing

@testable import Webhook

@Suite struct FileFingerprintTests {
    private let directory = FileManager.default.temporaryDirectory.appendingPathComponent("watch-\(UUID().uuidString)")

    init() throws { try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true) }

    private func path(_ name: String) -> String { directory.appendingPathComponent(name).path }

    private func write(_ name: String, _ text: String) throws {
        let folder = URL(fileURLWithPath: path(name)).deletingLastPathComponent()
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
    }

    private func fingerprint(_ name: String) -> UInt64 {
        var fingerprint = FileFingerprint()
        fingerprint.add(path: path(name))
        return fingerprint.value
    }

    @Test func seesWritesRenamesAndRemovals() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        let missing = fingerprint("tls.crt")
        try write("tls.crt", "one")
        let first = fingerprint("tls.crt")
        #expect(first != missing)
        #expect(first == fingerprint("tls.crt"))
        try write("new", "two")
        #expect(rename(path("new"), path("tls.crt")) == 0)
        #expect(fingerprint("tls.crt") != first)
        try FileManager.default.removeItem(atPath: path("tls.crt"))
        #expect(fingerprint("tls.crt") == missing)
    }

    @Test("sees a kubelet's swap of ..data")
    func mountedSecret() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try write("..1/tls.crt", "one")
        #expect(symlink("..1", path("..data")) == 0)
        #expect(symlink("..data/tls.crt", path("tls.crt")) == 0)
        let before = fingerprint("tls.crt")
        try write("..2/tls.crt", "two")
        #expect(fingerprint("tls.crt") == before)
        #expect(symlink("..2", path("..data_tmp")) == 0)
        #expect(rename(path("..data_tmp"), path("..data")) == 0)
        #expect(fingerprint("tls.crt") != before)
    }

    @Test func watchesAndLoads() throws {
        defer { try? FileManager.default.removeItem(at: directory) }
        try write("file", "one")
        let file = WatchedFile(path: path("file"))
        let watch = FileWatch([(file, file.fingerprint())], interval: .milliseconds(5))
        try write("file", "two")
        #expect(file.waitForLoads(1))
        watch.reloadNow()
        #expect(file.waitForLoads(2))
        watch.stop()
    }
}

private final class WatchedFile: Reloadable {
    let path: String
    private let loads = DispatchSemaphore(value: 0)
    private let total = Mutex(0)

    init(path: String) { self.path = path }

    func fingerprint() -> UInt64 {
        var fingerprint = FileFingerprint()
        fingerprint.add(path: path)
        return fingerprint.value
    }

    func reload() -> ReloadOutcome {
        total.withLock { $0 += 1 }
        loads.signal()
        return .loaded
    }

    func waitForLoads(_ count: Int) -> Bool {
        while total.withLock({ $0 }) < count {
            guard loads.wait(timeout: .now() + 20) == .success else { return false }
        }
        return true
    }
}
