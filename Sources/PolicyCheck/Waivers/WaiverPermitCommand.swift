import ArgumentParser
import Glibc
import PolicyEngine
import Values

/// Lets manifests excuse themselves from a policy by an annotation: the policy's owner allows that, not the manifest's.
struct WaiverPermitCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "permit",
        abstract: "Let manifests excuse themselves from a policy by an annotation.",
        discussion: """
            Writes a PolicyException that excuses objects with the annotation ignore-check.kube-linter.io/POLICY, as \
            kube-linter has it, whose value starts with the date on which the waiver ends and goes on with a reason: \
            "2026-12-31 SEC-123 legacy client". Without such a permission annotations mean nothing.
            """)

    @Argument(help: "The policy's name.")
    var policy: String

    @OptionGroup var policies: PolicyOptions
    @OptionGroup var target: TargetOptions

    @Option(help: ArgumentHelp("The annotation, without the policy's name behind the slash.", valueName: "prefix"))
    var annotation = "ignore-check.kube-linter.io"

    @Option(help: "Why this may be.")
    var reason = ""

    @Option(help: ArgumentHelp("File to write to; `-` is standard output.", valueName: "file"), completion: .file())
    var to: String?

    @OptionGroup var terminal: TerminalOptions

    func run() throws {
        let log = Log(colors: terminal.color)
        let loaded = try LoadedPolicies.load(policies.policy, context: [], for: target, allowEmpty: false, log: log)
        try log.flush()
        let chosen = try loaded.policy(named: policy)
        let destination = try WaiverTarget(to, policies: policies.policy)
        let taken = Set(loaded.exceptions.map(\.name)).union(try destination.names())
        let key = WaiverText.literal("\(annotation)/\(chosen.id.name)")
        let value = "object.metadata.?annotations[?\(key)].orValue('')"
        let waiver = WaiverText(
            name: WaiverText.objectName([chosen.id.name, "by-annotation"], besides: taken),
            namespace: chosen.id.namespace, policy: chosen.id, reason: reason,
            conditions: [
                ("has-date-and-reason", "\(value).matches('^[0-9]{4}-[0-9]{2}-[0-9]{2} +[^ ]')"),
                ("has-not-ended", "timestamp(\(value).substring(0, 10) + 'T00:00:00Z') > time.now()"),
            ])
        try destination.append([waiver.yaml], until: nil, log)
    }
}
