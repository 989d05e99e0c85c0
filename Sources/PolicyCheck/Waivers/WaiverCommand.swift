import ArgumentParser

/// Waivers are PolicyExceptions of policies.kyverno.io: the same files are read here, by the webhook and by Kyverno.
struct WaiverCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "waiver",
        abstract: "Excuse objects from policies for a time (PolicyException).",
        discussion: """
            Waivers are PolicyException objects (policies.kyverno.io/v1) beside the policies. From the time in \
            `expiresAt` on one excuses nothing, and the finding is back.
            """,
        subcommands: [
            WaiverAddCommand.self, WaiverListCommand.self, WaiverPruneCommand.self, WaiverPermitCommand.self,
        ])

    func run() throws {
        throw ValidationError("say what to do with waivers: add, list, prune or permit")
    }
}
