import Foundation
import NIOCore
import Testing

@testable import Webhook

@Suite struct LogTests {
    /// Everything that `body` logs, line by line.
    private func lines(level: LogLine.Level = .info, _ body: (Log) -> Void) throws -> [[String: Any]] {
        let file = FileManager.default.temporaryDirectory.appendingPathComponent("log-\(UUID().uuidString)")
        let descriptor = open(file.path, O_RDWR | O_CREAT, 0o600)
        defer {
            close(descriptor)
            try? FileManager.default.removeItem(at: file)
        }
        let log = Log(level: level, descriptor: descriptor)
        body(log)
        log.flush()
        let text = String(decoding: try Data(contentsOf: file), as: UTF8.self)
        return try text.split(separator: "\n").map { line in
            try #require(try JSONSerialization.jsonObject(with: Data(line.utf8)) as? [String: Any])
        }
    }

    @Test func writesOneObjectALine() throws {
        let lines = try lines { log in
            var line = LogLine(.info, "a \"quoted\"\nmessage")
            line.add("number", 7)
            line.add("flag", true)
            log.write(line)
            log.write(LogLine(.error, "second"))
        }
        #expect(lines.count == 2)
        #expect(lines.first?["message"] as? String == "a \"quoted\"\nmessage")
        #expect(lines.first?["number"] as? Int == 7)
        #expect(lines.first?["flag"] as? Bool == true)
        #expect(lines.first?["level"] as? String == "info")
    }

    @Test func leavesOutLowerLevels() throws {
        let lines = try lines(level: .warning) { log in
            log.write(LogLine(.info, "not this"))
            log.write(LogLine(.warning, "this"))
            #expect(!log.admitsRequestLine(.info))
        }
        #expect(lines.compactMap { $0["message"] as? String } == ["this"])
    }

    @Test func boundsRequestLinesAndSaysHowManyWereDropped() throws {
        var admitted = 0
        var dropped = 0
        let lines = try lines { log in
            // Less than a second even on a slow machine, so at most two seconds' worth of lines.
            for _ in 0..<2000 where log.admitsRequestLine(.info) { admitted += 1 }
            dropped = log.droppedLines
            log.write(LogLine(.info, "after"))
        }
        let bound = WebhookLimits.requestLogLinesPerSecond
        #expect((bound...(3 * bound)).contains(admitted))
        #expect(dropped == 2000 - admitted)
        #expect(lines.last?["message"] as? String == "log lines dropped")
        #expect(lines.last?["lines"] as? Int == dropped)
    }

    @Test func survivesAFullDisk() {
        let descriptor = open("/dev/full", O_WRONLY)
        let log = Log(descriptor: descriptor)
        log.write(LogLine(.info, "lost"))
        log.flush()
        #expect(log.droppedLines == 1)
        close(descriptor)
    }

    @Test("nobody waits for a log reader that stopped reading")
    func stuckReader() {
        signal(SIGPIPE, SIG_IGN)
        var ends: [Int32] = [0, 0]
        #expect(pipe(&ends) == 0)
        let log = Log(descriptor: ends[1])
        for _ in 0..<10_000 { log.write(LogLine(.info, String(repeating: "x", count: 100))) }
        log.flush(patience: .milliseconds(50))
        #expect(log.droppedLines > 0)
        // Lets the writer's thread go.
        close(ends[0])
    }
}
