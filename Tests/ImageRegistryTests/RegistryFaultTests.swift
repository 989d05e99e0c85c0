import Foundation
import ImageVerification
import OutgoingHTTP
import TestServers
import Testing

@testable import ImageRegistry

@Suite struct RegistryFaultTests {
    typealias Fault = LayoutRegistry.Fault

    /// Whether a request is for the image's own manifest.
    private static func isImage(_ request: ScriptedServer.Request) -> Bool {
        request.target.hasSuffix("/manifests/signed")
    }

    private static let faults: [(Fault, String)] = [
        (.status(400, headers: [:]), "registry-response"), (.status(401, headers: [:]), "registry-unauthorized"),
        (.status(403, headers: [:]), "registry-unauthorized"), (.status(404, headers: [:]), "image-not-found"),
        (.status(418, headers: [:]), "registry-response"), (.status(429, headers: [:]), "registry-rate-limited"),
        (.status(500, headers: [:]), "registry-failed"), (.status(503, headers: [:]), "registry-failed"),
        (.status(204, headers: [:]), "registry-response"), (.garbage, "registry-response"),
        (.body("<html>Welcome</html>"), "malformed-json"), (.body("[]"), "malformed-manifest"),
        (.body(#"{"layers":5}"#), "malformed-manifest"), (.body(""), "malformed-json"),
        (.body(#"{"layers":[],"layers":[]}"#), "malformed-json"),
        (.corrupt, "content-digest-mismatch"), (.padded(8 << 20), "too-large"), (.truncated, "registry-unreachable"),
        (.silence, "registry-timeout"), (.redirect("http://127.0.0.1:1/"), "registry-unreachable"),
        (.redirect("ftp://x/"), "registry-response"), (.redirect("http://example.invalid/"), "registry-response"),
    ]

    @Test("each fault of the image itself has its reason, which names the registry", arguments: faults.indices)
    func imageFaults(index: Int) throws {
        let (fault, reason) = Self.faults[index]
        let registry = try LayoutRegistry(layout: TestImages.directory) { Self.isImage($0) ? fault : nil }
        let start = ContinuousClock.now
        let client = try TestImages.client { $0.requestTimeout = .milliseconds(300) }
        let reasons = try TestImages.reasons(registry, client: client)
        #expect(reasons.map(\.id) == [reason], "\(reasons)")
        #expect(reasons.first?.detail.contains("`\(registry.host)`") == true, "\(reasons)")
        #expect(start.duration(to: .now) < .seconds(10))
    }

    @Test("a fault of the signatures is told apart from there being none", arguments: faults.indices)
    func signatureFaults(index: Int) throws {
        let (fault, reason) = Self.faults[index]
        let registry = try LayoutRegistry(layout: TestImages.directory) {
            $0.target.hasSuffix(".sig") ? fault : nil
        }
        let client = try TestImages.client { $0.requestTimeout = .milliseconds(300) }
        let reasons = try TestImages.reasons(registry, client: client)
        let expected = reason == "image-not-found" ? "no-signatures-found" : reason
        #expect(reasons.map(\.id) == [expected], "\(reasons)")
        let isStoreProblem = reasons.contains { $0.reason.isStoreProblem }
        #expect(isStoreProblem == expected.hasPrefix("registry-"))
    }

    @Test(
        "a blob that is not what it should be",
        arguments: [
            (Fault.corrupt, "content-digest-mismatch"), (.padded(1), "content-digest-mismatch"),
            (.body("other"), "content-digest-mismatch"), (.status(404, headers: [:]), "store-unreadable"),
            (.truncated, "registry-unreachable"),
        ])
    func blobs(fault: Fault, reason: String) throws {
        let registry = try LayoutRegistry(layout: TestImages.directory) { $0.target.contains("/blobs/") ? fault : nil }
        #expect(try TestImages.reasons(registry).map(\.id) == [reason])
    }

    @Test("what passes is asked for again", arguments: [429, 500, 502, 503, 504, 408])
    func retries(status: Int) throws {
        let counter = Counter()
        let registry = try LayoutRegistry(layout: TestImages.directory) { _ in
            counter.next() <= 2 ? .status(status, headers: [:]) : nil
        }
        #expect(try TestImages.reasons(registry) == [])
    }

    @Test("a broken connection is asked again, and garbage is not")
    func connectionRetries() throws {
        let counter = Counter()
        let registry = try LayoutRegistry(layout: TestImages.directory) {
            Self.isImage($0) && counter.next() <= 2 ? .truncated : nil
        }
        #expect(try TestImages.reasons(registry) == [])
        let garbage = try LayoutRegistry(layout: TestImages.directory) { Self.isImage($0) ? .garbage : nil }
        _ = try TestImages.reasons(garbage)
        #expect(garbage.requests.count { Self.isImage($0) } == 1)
    }

    @Test("Retry-After is honoured if it fits into the deadline, and not waited for otherwise")
    func retryAfter() throws {
        let counter = Counter()
        let registry = try LayoutRegistry(layout: TestImages.directory) {
            Self.isImage($0) && counter.next() == 1 ? .status(429, headers: ["Retry-After": "1"]) : nil
        }
        var start = ContinuousClock.now
        #expect(try TestImages.reasons(registry) == [])
        #expect(start.duration(to: .now) >= .seconds(1))
        let stubborn = try LayoutRegistry(layout: TestImages.directory) { _ in
            .status(429, headers: ["Retry-After": "5"])
        }
        start = .now
        let reasons = try TestImages.reasons(stubborn, "team/app:signed", TestImages.options(seconds: 2))
        #expect(reasons.map(\.id) == ["registry-rate-limited"])
        #expect(reasons.first?.detail.hasSuffix("it wants to be left alone for 5 s") == true, "\(reasons)")
        #expect(start.duration(to: .now) < .seconds(2))
    }

    @Test("nothing lasts beyond the deadline", arguments: [Fault.silence, .delay(milliseconds: 400)])
    func deadline(fault: Fault) throws {
        let registry = try LayoutRegistry(layout: TestImages.directory) { _ in fault }
        let start = ContinuousClock.now
        let reasons = try TestImages.reasons(
            registry, "team/app:signed", TestImages.options(seconds: 1), client: TestImages.client())
        #expect(Set(reasons.map(\.id)) == ["registry-timeout"], "\(reasons)")
        #expect(start.duration(to: .now) < .seconds(4))
    }

    @Test("another thread ends it")
    func cancellation() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory) { _ in .silence }
        var options = TestImages.options()
        let cancellation = HTTPCancellation()
        options.cancellation = cancellation
        Thread.detachNewThread {
            usleep(100_000)
            cancellation.cancel()
        }
        let start = ContinuousClock.now
        #expect(try TestImages.reasons(registry, "team/app:signed", options).map(\.id) == ["registry-cancelled"])
        #expect(start.duration(to: .now) < .seconds(5))
    }

    @Test("nobody listens, and no such host")
    func unreachable() throws {
        let source = RegistryImageSource(try TestImages.client())
        func failure(_ text: String) throws -> VerificationError? {
            let reference = try ImageReference(text)
            do throws(VerificationError) {
                _ = try source.image(reference, platform: nil, TestImages.options())
                return nil
            } catch {
                return error
            }
        }
        let port = try ServerProcess.freePort()
        #expect(try failure("127.0.0.1:\(port)/a")?.id == "registry-unreachable")
        let unknown = try failure("nothing.invalid/a")
        #expect(unknown?.id == "registry-unreachable")
        #expect(unknown?.detail.contains("`nothing.invalid`") == true)
    }

    @Test("a blob may come from elsewhere, without credentials")
    func redirectedBlob() throws {
        let storage = try LayoutRegistry(layout: TestImages.directory)
        let host = storage.host
        let registry = try LayoutRegistry(
            layout: TestImages.directory, authentication: .basic(user: "u", password: "p")
        ) { request in
            request.target.contains("/blobs/") ? .redirect("http://\(host)\(request.target)") : nil
        }
        let credentials = RegistryCredentials(host: registry.host, .basic(user: "u", password: "p"))
        #expect(try TestImages.reasons(registry, "team/app:signed", TestImages.options(credentials)) == [])
        #expect(!storage.requests.isEmpty)
        #expect(storage.requests.allSatisfy { $0.headers["authorization"] == nil })
    }
}

/// Counts over threads.
final class Counter: @unchecked Sendable {
    // SAFETY: the lock.
    private let lock = NSLock()
    private var count = 0

    func next() -> Int {
        lock.withLock {
            count += 1
            return count
        }
    }
}
