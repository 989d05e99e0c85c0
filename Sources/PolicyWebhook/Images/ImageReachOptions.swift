import ArgumentParser
import ImageArguments
import ImageGathering
import ImageRegistry
import ImageVerification
import KubernetesAPI
import OutgoingHTTP

/// What the webhook does for images only where it is asked to: their names come from whoever may create Pods.
struct ImageReachOptions: ParsableArguments {
    @Flag(
        help: """
            Ask registries at loopback and link-local addresses too. Without it only those that --plain-http, \
            --registry-ca or --registry-mirror name.
            """)
    var loopbackRegistries = false

    @Flag(
        help: """
            Run the credential helpers that --registry-config names: `docker-credential-NAME get`, found along PATH.
            """)
    var credentialHelpers = false

    @Flag(
        help: """
            Read the imagePullSecrets of Pods and ServiceAccounts, and the secrets that policies name, through the \
            Kubernetes API.
            """)
    var imagePullSecrets = false

    func validate(_ images: ImageOptions, _ cluster: ClusterOptions) throws {
        let flags = [
            ("--loopback-registries", loopbackRegistries), ("--credential-helpers", credentialHelpers),
            ("--image-pull-secrets", imagePullSecrets),
        ]
        for (name, isGiven) in flags where isGiven && !images.registries {
            throw ValidationError("\(name) needs --registries")
        }
        guard !imagePullSecrets || cluster.kubernetes else {
            throw ValidationError("--image-pull-secrets needs --kubernetes")
        }
    }

    /// - Parameter pulls: nil where secrets are not read.
    func gatherer(
        _ images: ImageOptions, _ pulls: PullSecrets?
    ) throws(VerificationError) -> ImageGatherer? {
        try images.gatherer(pulls: pulls) { configuration in
            if !loopbackRegistries { configuration.innermostZone = .privateNetwork }
            configuration.runsCredentialHelpers = credentialHelpers
        }
    }
}
