import Foundation
import ImageVerification
import TestServers
import Testing

@testable import ImageRegistry

/// The images of testdata/images.
enum TestImages {
    static let directory: String = {
        var url = URL(fileURLWithPath: #filePath)
        for _ in 0..<3 { url.deleteLastPathComponent() }
        return url.appendingPathComponent("testdata/images").path
    }()

    static func key(_ name: String = "cosign") throws -> PublicKey {
        try PublicKey(pem: String(contentsOfFile: "\(directory)/\(name).pub", encoding: .utf8))
    }

    static func policy(_ name: String = "cosign") throws -> SignaturePolicy {
        SignaturePolicy(signer: .key(try key(name)), requiresLogEntry: false)
    }

    /// Patience for a fraction of a second only.
    static func client(_ change: (inout RegistryConfiguration) -> Void = { _ in }) throws -> RegistryClient {
        var configuration = RegistryConfiguration()
        configuration.retry.firstDelay = .milliseconds(10)
        configuration.requestTimeout = .seconds(5)
        change(&configuration)
        return try RegistryClient(configuration)
    }

    static func options(_ credentials: RegistryCredentials = .none, seconds: Double = 10) -> ImageFetchOptions {
        var options = ImageFetchOptions()
        options.credentials = credentials
        options.deadline = .now.advanced(by: .milliseconds(Int64(seconds * 1_000)))
        return options
    }

    /// What there is of an image and its signatures, as a policy gets to see it.
    static func look(
        _ registry: LayoutRegistry, _ image: String = "team/app:signed", _ options: ImageFetchOptions = options(),
        client: RegistryClient? = nil
    ) throws -> ImageSignatures {
        let source = RegistryImageSource(try client ?? Self.client())
        let reference = try ImageReference("\(registry.host)/\(image)")
        let found = try source.image(reference, platform: nil, options)
        return try source.signatures(of: found.content, found.reference, kinds: .all, options)
    }

    /// The reasons against an image with the key that signed most; empty where it is accepted.
    static func reasons(
        _ registry: LayoutRegistry, _ image: String = "team/app:signed", _ options: ImageFetchOptions = options(),
        client: RegistryClient? = nil
    ) throws -> [VerificationError] {
        do {
            return try look(registry, image, options, client: client).verifySignatures(policy()).reasons
        } catch let error as VerificationError {
            return [error]
        }
    }
}
