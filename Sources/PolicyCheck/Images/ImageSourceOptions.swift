import ArgumentParser
import Documents
import ImageRegistry
import ImageVerification
import OutgoingHTTP

/// Where images and their signatures are looked for.
struct ImageSourceOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Look into this OCI image layout instead of registries; nothing is asked over the network.",
            valueName: "directory"),
        completion: .directory)
    var signatures: String?

    @Option(
        help: ArgumentHelp(
            "Docker configuration with credentials (default: config.json in $DOCKER_CONFIG or ~/.docker). Credential helpers that it names are run.",
            valueName: "file"),
        completion: .file())
    var registryConfig: String?

    @Option(
        name: .customLong("registry-ca"),
        help: ArgumentHelp("Certificate authorities (PEM) that count beside the system's.", valueName: "file"),
        completion: .file())
    var registryAuthorities: String?

    @Option(
        name: .customLong("plain-http"),
        help: ArgumentHelp("Registry that may be asked without TLS, as loopback always may.", valueName: "host"))
    var plainHTTP: [String] = []

    @Option(
        name: .customLong("registry-mirror"),
        help: ArgumentHelp(
            "Ask this mirror first, as in docker.io=harbor.example.com/hub.", valueName: "registry=mirror"))
    var mirrors: [String] = []

    @Option(help: ArgumentHelp("Seconds that each image may take.", valueName: "seconds"))
    var timeout: Double = 30

    func validate() throws {
        guard timeout > 0, timeout <= 3_600 else { throw ValidationError("--timeout is between 0 and 3600 seconds") }
        for mirror in mirrors where mirror.split(separator: "=", omittingEmptySubsequences: false).count != 2 {
            throw ValidationError("`\(mirror)` is not of the form registry=mirror")
        }
    }

    func source() throws(RunFailure) -> any ImageSource {
        do throws(VerificationError) {
            if let signatures { return LayoutImageSource(try OCILayout(directory: signatures)) }
            var configuration = RegistryConfiguration()
            configuration.runsCredentialHelpers = true
            configuration.http.userAgent = "policy-check/\(toolVersion)"
            if let registryAuthorities { configuration.http.authorities = .systemAnd(.file(registryAuthorities)) }
            configuration.plainHTTP = Set(plainHTTP)
            for mirror in mirrors {
                let parts = mirror.split(separator: "=").map(String.init)
                guard parts.count == 2 else { continue }
                configuration.mirrors[parts[0], default: []].append(.init(parts[1]))
            }
            return RegistryImageSource(try RegistryClient(configuration))
        } catch {
            throw RunFailure(.input, error.detail)
        }
    }

    /// The named configuration, or the usual one if there is one.
    func credentials() throws(RunFailure) -> RegistryCredentials {
        guard signatures == nil else { return .none }
        let path: String
        if let registryConfig {
            path = registryConfig
        } else {
            let directory =
                Environment.variable("DOCKER_CONFIG") ?? Environment.variable("HOME").map { $0 + "/.docker" }
            guard let directory, FileReader.exists(directory + "/config.json") else { return .none }
            path = directory + "/config.json"
        }
        let file = try SignerOptions.read(path)
        return try SignerOptions.parsed(path) { () throws(VerificationError) in
            try RegistryCredentials(json: file.bytes)
        }
    }

    func fetchOptions(_ credentials: RegistryCredentials) -> ImageFetchOptions {
        var options = ImageFetchOptions()
        options.credentials = credentials
        options.deadline = .now.advanced(by: .milliseconds(Int64(timeout * 1_000)))
        return options
    }
}
