package import ArgumentParser
import Documents
package import ImageGathering
package import ImageRegistry
package import ImageVerification
import OutgoingHTTP
import PolicyEngine

/// Where policies about images find signatures, asked of both tools in the same words. Without any of it such policies are
/// undecided.
package struct ImageOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "OCI image layout with images and their signatures, for policies about images.",
            valueName: "directory"),
        completion: .directory)
    package var signatures: String?

    @Flag(help: "Look images up in their registries, for policies about images.")
    package var registries = false

    @Option(
        help: ArgumentHelp(
            "trusted_root.json of sigstore, for signatures by identity and for log entries.",
            valueName: "file"),
        completion: .file())
    var trustedRoot: String?

    @Option(
        help: ArgumentHelp(
            "Docker config.json with credentials of registries.",
            valueName: "file"),
        completion: .file())
    var registryConfig: String?

    @Option(
        name: .customLong("registry-ca"),
        help: ArgumentHelp(
            "PEM file of authorities that prove a registry, beside the system's; repeat for several.",
            valueName: "host=file"),
        completion: .file())
    var registryAuthorities: [String] = []

    @Option(
        name: .customLong("plain-http"),
        help: ArgumentHelp(
            "Registry that may be asked without TLS (loopback may where it is asked at all); repeat for several.",
            valueName: "host"))
    var plainHTTP: [String] = []

    @Option(
        name: .customLong("registry-mirror"),
        help: ArgumentHelp(
            "Where a registry's images lie as well, asked first; repeat for several.",
            valueName: "host=mirror"))
    var mirrors: [String] = []

    package init() {}

    package func validate() throws {
        if signatures != nil, registries { throw ValidationError("--signatures and --registries exclude each other") }
        if trustedRoot != nil, signatures == nil, !registries {
            throw ValidationError("--trusted-root needs --signatures or --registries")
        }
        let isAboutRegistries =
            registryConfig != nil || !registryAuthorities.isEmpty || !plainHTTP.isEmpty || !mirrors.isEmpty
        if isAboutRegistries, !registries { throw ValidationError("options about registries need --registries") }
        for option in registryAuthorities + mirrors where Self.pair(option) == nil {
            throw ValidationError("`\(option)` is not of the form HOST=VALUE")
        }
    }

    private static func pair(_ text: String) -> (host: String, value: String)? {
        let parts = text.split(separator: "=", maxSplits: 1).map(String.init)
        return parts.count == 2 ? (parts[0], parts[1]) : nil
    }

    /// What looks at images; nil if nobody may.
    ///
    /// - Parameters:
    ///   - pulls: credentials that single requests add.
    ///   - configure: sets what the tool alone decides about registries.
    /// - Throws: what is wrong with the files.
    package func gatherer(
        pulls: (any PullCredentials)? = nil, configure: (inout RegistryConfiguration) -> Void = { _ in }
    ) throws(VerificationError) -> ImageGatherer? {
        try locator(pulls, configure).map { (locator) throws(VerificationError) in
            ImageGatherer(source: locator, trustedRoot: try root(), clock: { SystemClock.now() })
        }
    }

    /// All files that the options name, to see when they change.
    package var files: [String] {
        [signatures.map { "\($0)/index.json" }, trustedRoot, registryConfig].compactMap { $0 }
            + registryAuthorities.compactMap { Self.pair($0)?.value }
    }

    private func root() throws(VerificationError) -> TrustedRoot? {
        guard let trustedRoot else { return nil }
        return try TrustedRoot(path: trustedRoot)
    }

    private func locator(
        _ pulls: (any PullCredentials)?, _ configure: (inout RegistryConfiguration) -> Void
    ) throws(VerificationError) -> (any ImageLocator)? {
        if let signatures { return try LayoutLocator(directory: signatures) }
        guard registries else { return nil }
        var configuration = RegistryConfiguration()
        configuration.plainHTTP = Set(plainHTTP)
        for (host, file) in registryAuthorities.compactMap(Self.pair) { configuration.authorities[host] = .file(file) }
        for (host, mirror) in mirrors.compactMap(Self.pair) {
            configuration.mirrors[host, default: []].append(RegistryConfiguration.Mirror(mirror))
        }
        // Whoever names a registry here means it, wherever it lies.
        configuration.allowedHosts = Set(plainHTTP).union(configuration.authorities.keys)
        configuration.allowedHosts.formUnion(configuration.mirrors.values.joined().map(\.host))
        configure(&configuration)
        return RegistryLocator(try RegistryClient(configuration), credentials: try credentials(), pulls: pulls)
    }

    private func credentials() throws(VerificationError) -> RegistryCredentials {
        guard let registryConfig else { return .none }
        return try RegistryCredentials(path: registryConfig)
    }
}
