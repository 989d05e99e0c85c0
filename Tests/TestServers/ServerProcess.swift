import Foundation

/// A server in a process of its own, which ends with this object.
package final class ServerProcess: @unchecked Sendable {
    // SAFETY: written by init only; Foundation's Process may be asked and ended from any thread.
    private let process = Process()
    package let port: Int

    /// A port that was free a moment ago.
    package static func freePort() throws -> Int {
        try ScriptedServer { _, _ in }.port
    }

    /// Starts a tool and waits until it takes connections.
    package init(_ arguments: [String], port: Int, environment: [String: String] = [:]) throws {
        self.port = port
        process.executableURL = URL(fileURLWithPath: "/usr/bin/env")
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(environment) { $1 }
        process.standardInput = FileHandle.nullDevice
        process.standardOutput = FileHandle.nullDevice
        process.standardError = FileHandle.nullDevice
        try process.run()
        let end = Date().addingTimeInterval(20)
        while !Self.accepts(port) {
            guard process.isRunning, Date() < end else { throw CocoaError(.executableLoad) }
            usleep(20_000)
        }
    }

    deinit {
        // Not SIGTERM: the child was started by a thread that may have blocked it, and inherits that.
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
        process.waitUntilExit()
    }

    private static func accepts(_ port: Int) -> Bool {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        return withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size)) == 0
            }
        }
    }
}
