import ArgumentParser

struct PolicyCheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy-check",
        abstract: "Judges Kubernetes manifests by admission policies, as the cluster would.",
        discussion: """
            Exit codes:
              0  nothing violates a policy
              1  at least one object would be denied
              2  wrong arguments, unreadable input, or nothing was checked
              3  a policy is invalid, or a check could not be evaluated or decided
            Where several apply the highest counts.

            Examples:
              policy-check --policy policies deploy/
              kustomize build . | policy-check --policy policies -
              policy-check --policy policies -o text -o sarif=policy.sarif deploy/
              policy-check eval 'object.spec.replicas > 1' deployment.yaml
            """,
        version: toolVersion,
        subcommands: [
            CheckCommand.self, ExplainCommand.self, DiffCommand.self, AdmittedCommand.self, EvalCommand.self,
            LintCommand.self, TestCommand.self, WaiverCommand.self, ImageCommand.self,
            BundleVerifyCommand.self, InitCommand.self, DocsCommand.self,
            CompletionCommand.self, ManualCommand.self,
        ],
        defaultSubcommand: CheckCommand.self)
}

/// Of this build; CHANGELOG.md has the same.
let toolVersion = "0.1.0"
