import ImageVerification
import Synchronization

/// Credentials from programs that a Docker configuration names (`credHelpers`, `credsStore`): `docker-credential-NAME get`,
/// with the registry on its standard input.
///
/// Answers are kept for a while: the programs take up to seconds, and what they give lasts for an hour and more.
final class CredentialHelpers: Sendable {
    private struct Key: Hashable {
        let helper: String
        let server: String
    }

    private struct Kept {
        let credential: RegistryCredential?
        let expiry: ContinuousClock.Instant
    }

    private let kept = Mutex<[Key: Kept]>([:])

    /// The credentials with what their helper for a registry adds, before all others as Docker has it.
    ///
    /// - Parameter domain: as in references.
    func resolve(
        _ credentials: RegistryCredentials, domain: String, deadline: ContinuousClock.Instant?
    ) -> RegistryCredentials {
        guard let helper = credentials.helper(domain: domain) else { return credentials }
        // Docker Hub's credentials are kept under the address of its first API.
        let server = domain == "docker.io" ? "https://index.docker.io/v1/" : domain
        let key = Key(helper: helper, server: server)
        let now = ContinuousClock.now
        if let found = kept.withLock({ $0[key] }), found.expiry > now {
            return credentials.with(found.credential, of: domain)
        }
        let limit = now.advanced(by: .seconds(RegistryLimits.maximumHelperSeconds))
        switch Self.ask(helper, server, deadline: deadline.map { min($0, limit) } ?? limit) {
        case .success(let credential):
            kept.withLock { kept in
                if kept.count >= RegistryLimits.maximumKnownHosts { kept = [:] }
                kept[key] = Kept(
                    credential: credential, expiry: now.advanced(by: .seconds(RegistryLimits.helperLifetime)))
            }
            return credentials.with(credential, of: domain)
        case .failure(let problem):
            return credentials.noting(problem)
        }
    }

    /// - Returns: nil for a helper that has none for this registry.
    private static func ask(
        _ helper: String, _ server: String, deadline: ContinuousClock.Instant
    ) -> Result<RegistryCredential?, HelperNote> {
        func fail(_ problem: String) -> Result<RegistryCredential?, HelperNote> {
            .failure(HelperNote("the helper `docker-credential-\(helper)` \(problem)"))
        }
        // A name, and no path to anything.
        let isName = helper.utf8.allSatisfy {
            (0x30...0x39).contains($0) || (0x61...0x7A).contains($0 | 0x20) || $0 == UInt8(ascii: "-")
                || $0 == UInt8(ascii: "_") || $0 == UInt8(ascii: ".")
        }
        guard isName, helper.utf8.count <= 64 else { return .failure(HelperNote("the helper's name is no name")) }
        let program = HelperProgram(name: "docker-credential-\(helper)", arguments: ["get"])
        let output: [UInt8]
        do throws(HelperProgram.Failure) {
            output = try program.run(input: Array(server.utf8), deadline: deadline)
        } catch {
            switch error {
            case .missing: return fail("is not installed")
            case .timeout: return fail("did not answer in time")
            case .tooLarge: return fail("gave more than \(RegistryLimits.maximumHelperBytes) bytes")
            case .cannotStart(let problem): return fail("cannot be run: \(problem)")
            // Docker's own words for "none".
            case .status(_, let output) where output.hasPrefix("credentials not found"): return .success(nil)
            case .status(let status, _): return fail("failed with status \(status)")
            }
        }
        do throws(VerificationError) {
            let object = try JSONObject.read(
                output, maximumBytes: RegistryLimits.maximumHelperBytes, what: "answer", reason: .registryCredentials)
            let user = try object.optionalString("Username") ?? ""
            let secret = try object.optionalString("Secret") ?? ""
            guard !secret.isEmpty else { return .success(nil) }
            return .success(user == "<token>" ? .identityToken(secret) : .basic(user: user, password: secret))
        } catch {
            // Without the particulars, which may be a part of the secret.
            return fail("gave no JSON with credentials")
        }
    }
}

/// Why a helper gave nothing, for messages.
struct HelperNote: Error {
    let text: String

    init(_ text: String) { self.text = text }
}
