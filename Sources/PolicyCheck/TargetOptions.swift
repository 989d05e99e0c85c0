import ArgumentParser
import KubernetesCEL

/// The cluster that policies are meant for.
struct TargetOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "Kubernetes version whose functions expressions may use (default: \(KubernetesVersion.latest.description)).",
            valueName: "version"))
    var kubernetesVersion: KubernetesVersionOption?

    var version: KubernetesVersion { kubernetesVersion?.version ?? .latest }
}

/// `1.36`, `v1.36` or `1.36.2`.
struct KubernetesVersionOption: ExpressibleByArgument, Sendable {
    let version: KubernetesVersion

    init?(argument: String) {
        guard let version = KubernetesVersion(argument), version >= .base, version <= .latest else { return nil }
        self.version = version
    }
}
