import Foundation
import ImageVerification
import OutgoingHTTP
import TestServers
import Testing

@testable import ImageRegistry

/// Registries whose names come from strangers must not lead to services of this machine, or of its cloud.
@Suite struct ReachTests {
    private static func client(allowed: [String] = []) throws -> RegistryClient {
        try TestImages.client {
            $0.innermostZone = .privateNetwork
            $0.allowedHosts = Set(allowed)
        }
    }

    @Test("loopback is not asked unless it is named, by address or by name")
    func loopback() throws {
        let registry = try LayoutRegistry(layout: TestImages.directory)
        let port = try #require(registry.host.split(separator: ":").last)
        let stranger = try Self.client()
        for host in [registry.host, "localhost:\(port)", "127.8.8.8:\(port)"] {
            do throws(VerificationError) {
                _ = try stranger.session(host, TestImages.options()).manifest(
                    repository: "team/app", reference: "signed")
                Issue.record("\(host) was asked")
            } catch {
                #expect(error.reason == .registryAddress, "\(error)")
                #expect(error.reason.isStoreProblem)
                #expect(error.detail.contains(host))
            }
        }
        #expect(registry.connections == 0)
        #expect(try TestImages.reasons(registry, client: Self.client(allowed: [registry.host])) == [])
    }

    @Test(
        "addresses where clouds keep credentials are not asked",
        arguments: [
            "169.254.169.254", "168.63.129.16", "100.100.100.200", "192.0.0.192:80", "[fd00:ec2::254]",
            "[::ffff:169.254.169.254]", "[fe80::1]", "0.0.0.0:1", "[::]:1",
        ])
    func metadata(host: String) throws {
        let started = ContinuousClock.now
        let client = try Self.client()
        do throws(VerificationError) {
            _ = try client.session(host, TestImages.options()).manifest(repository: "x", reference: "latest")
            Issue.record("\(host) was asked")
        } catch {
            #expect(error.reason == .registryAddress, "\(error)")
        }
        #expect(ContinuousClock.now - started < .seconds(2))
    }

    @Test("an allowed registry leads nowhere further inside")
    func redirects() throws {
        let inner = try ScriptedServer { _, connection in connection.respond(200, "secret") }
        let registry = try LayoutRegistry(layout: TestImages.directory) { request in
            request.target.contains("/blobs/") ? .redirect("http://169.254.169.254/latest/meta-data/") : nil
        }
        let reasons = try TestImages.reasons(registry, client: Self.client(allowed: [registry.host]))
        #expect(reasons.contains { $0.reason == .registryResponse || $0.reason == .registryAddress }, "\(reasons)")
        #expect(inner.requests.isEmpty)
    }

    @Test("a token service on another host gets what is meant for the registry, and nobody behind it does")
    func tokenServices() throws {
        let elsewhere = try ScriptedServer { _, connection in connection.respond(200, #"{"token":"stolen"}"#) }
        let away = elsewhere.url
        let service = try ScriptedServer { request, connection in
            if request.target.hasPrefix("/moved") {
                connection.respond(302, headers: ["Location": away + "/token"])
            } else {
                connection.respond(200, #"{"token":"t"}"#)
            }
        }
        let realm = service.url
        func registry(_ path: String) throws -> LayoutRegistry {
            try LayoutRegistry(layout: TestImages.directory) { request in
                request.headers["authorization"] == "Bearer t"
                    ? nil
                    : .status(401, headers: ["WWW-Authenticate": "Bearer realm=\"\(realm)\(path)\",service=\"s\""])
            }
        }
        // As Docker has it: the registry says where its tokens are made.
        let good = try registry("/token")
        let credentials = RegistryCredentials(host: good.host, .basic(user: "u", password: "p"))
        #expect(try TestImages.reasons(good, "team/app:signed", TestImages.options(credentials)) == [])
        #expect(service.requests.first?.headers["authorization"] == "Basic dTpw")
        #expect(good.requests.allSatisfy { $0.headers["authorization"]?.hasPrefix("Basic") != true })
        // Another registry's credentials go to no service.
        let others = RegistryCredentials(host: "other.example", .basic(user: "u", password: "p"))
        let before = service.requests.count
        _ = try TestImages.reasons(try registry("/token"), "team/app:signed", TestImages.options(others))
        #expect(service.requests.dropFirst(before).allSatisfy { $0.headers["authorization"] == nil })
        // A service that sends us on is none: the token would be somebody else's.
        let moved = try registry("/moved")
        let movedCredentials = RegistryCredentials(host: moved.host, .identityToken("refresh"))
        let reasons = try TestImages.reasons(moved, "team/app:signed", TestImages.options(movedCredentials))
        #expect(reasons.map(\.id) == ["registry-response"], "\(reasons)")
        #expect(elsewhere.requests.isEmpty)
    }

    // MARK: - Programs

    private func script(_ text: String) throws -> (directory: URL, path: String) {
        let directory = FileManager.default.temporaryDirectory.appendingPathComponent("helper-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: directory, withIntermediateDirectories: true)
        let file = directory.appendingPathComponent("program")
        try "#!/bin/sh\n\(text)\n".write(to: file, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: 0o755], ofItemAtPath: file.path)
        return (directory, file.path)
    }

    @Test("a program is asked, and bounded in time and output")
    func programs() throws {
        func run(_ text: String, milliseconds: Int = 5_000) throws -> Result<String, HelperProgram.Failure> {
            let (directory, path) = try script(text)
            defer { try? FileManager.default.removeItem(at: directory) }
            do throws(HelperProgram.Failure) {
                let output = try HelperProgram(name: path, arguments: ["get"]).run(
                    input: Array("r.example".utf8), deadline: .now + .milliseconds(milliseconds))
                return .success(String(decoding: output, as: UTF8.self))
            } catch {
                return .failure(error)
            }
        }
        #expect(try run(#"read host; echo "$1 $host""#) == .success("get r.example\n"))
        // What it leaves behind ends with it.
        let left = try script("").directory
        defer { try? FileManager.default.removeItem(at: left) }
        let leftover = left.appendingPathComponent("leftover").path
        #expect(
            try run("cat; sleep 60 >/dev/null & echo $! >\(leftover); exit 0", milliseconds: 2_000)
                == .success("r.example"))
        let number = try String(contentsOfFile: leftover, encoding: .utf8).trimmingCharacters(
            in: .whitespacesAndNewlines)
        let process = try #require(pid_t(number))
        var isGone = false
        for _ in 0..<200 where !isGone {
            let state = try? String(contentsOfFile: "/proc/\(process)/stat", encoding: .utf8)
            isGone = state?.contains(") Z ") ?? true
            if !isGone { usleep(10_000) }
        }
        #expect(isGone)
        #expect(try run("echo no; exit 3") == .failure(.status(3, output: "no\n")))
        #expect(try run("exec yes", milliseconds: 20_000) == .failure(.tooLarge))
        let started = ContinuousClock.now
        #expect(try run("exec sleep 30", milliseconds: 200) == .failure(.timeout))
        #expect(try run("exec 1>&-; exec sleep 30", milliseconds: 200) == .failure(.timeout))
        #expect(ContinuousClock.now - started < .seconds(10))
        #expect(throws: HelperProgram.Failure.missing) {
            try HelperProgram(name: "docker-credential-none-of-that-name", arguments: []).run(
                input: [], deadline: .now + .seconds(1))
        }
    }

    @Test("which program is for which registry")
    func helperNames() throws {
        let credentials = try RegistryCredentials(
            json: Array(
                #"{"credHelpers":{"https://ghcr.io/v2/":"a","docker.io":"b","r.example:5000":"c"},"credsStore":"d"}"#
                    .utf8))
        for (domain, helper) in [("ghcr.io", "a"), ("docker.io", "b"), ("r.example:5000", "c"), ("r.example", "d")] {
            #expect(credentials.helper(domain: domain) == helper)
        }
        #expect(credentials.withoutHelpers.helper(domain: "ghcr.io") == nil)
        #expect(credentials.withoutHelpers.helpers == ["a", "b", "c", "d"])
        // A name that is a path is never run.
        let path = try RegistryCredentials(json: Array(#"{"credsStore":"x/../../tmp/evil"}"#.utf8))
        let resolved = CredentialHelpers().resolve(path, domain: "ghcr.io", deadline: nil)
        #expect(resolved.notes == ["the helper's name is no name"])
    }
}
