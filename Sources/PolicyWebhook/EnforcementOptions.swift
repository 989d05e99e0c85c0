import ArgumentParser
import PolicyEngine

/// The operator's say in what denials do, for trying policies out and for getting out of a lock-out.
struct EnforcementOptions: ParsableArguments {
    @Option(help: "The most that a denial may do: deny (as the policies say), warn or audit.")
    var enforcement = Enforcement.Mode.deny

    @Option(
        name: .customLong("policy-enforcement"), parsing: .singleValue,
        help: "The same for one policy, stronger than --enforcement: POLICY=deny|warn|audit; may be repeated.",
        transform: PolicyMode.init(argument:))
    var policyModes: [PolicyMode] = []

    @Option(
        name: .customLong("exempt-namespace"), parsing: .singleValue,
        help: "Do not judge requests in this namespace; `*` stands for any characters; may be repeated.")
    var exemptNamespaces: [String] = []

    @Option(
        name: .customLong("exempt-user"), parsing: .singleValue,
        help: "Do not judge this user's requests (system:serviceaccount:NAMESPACE:NAME); `*` as above; may be repeated."
    )
    var exemptUsers: [String] = []

    @Option(
        name: .customLong("expand-workloads"),
        help: """
            What a workload gets whose Pods would be denied, by policies that are not about the workload itself: off \
            (nothing), warn or deny.
            """)
    var workloads = WorkloadEnforcement.off

    @Option(
        help: """
            How audit annotations are named: policy (POLICY/KEY, as ValidatingAdmissionPolicy does) or webhook (POLICY.KEY, \
            which the API server keeps when a webhook sends it).
            """)
    var auditKeys = AuditKeys.policy

    enum AuditKeys: String, ExpressibleByArgument, CaseIterable {
        case policy
        case webhook
    }

    struct PolicyMode {
        let policy: String
        let mode: Enforcement.Mode

        init(argument: String) throws {
            let parts = argument.split(separator: "=", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, let mode = Enforcement.Mode(rawValue: String(parts[1])) else {
                throw ValidationError("`\(argument)` is not POLICY=deny, POLICY=warn or POLICY=audit")
            }
            policy = String(parts[0])
            self.mode = mode
        }
    }

    func validate() throws {
        let names = policyModes.map(\.policy)
        if let twice = names.first(where: { name in names.filter { $0 == name }.count > 1 }) {
            throw ValidationError("--policy-enforcement is given twice for `\(twice)`")
        }
        // A pattern that fits everything is `--enforcement audit` by another name, and hides that nothing is checked.
        for pattern in exemptNamespaces + exemptUsers where pattern.allSatisfy({ $0 == "*" }) {
            throw ValidationError("`\(pattern)` exempts everything; use --enforcement audit to let everything pass")
        }
    }

    var value: Enforcement {
        var value = Enforcement()
        value.mode = enforcement
        for entry in policyModes { value.modes[entry.policy] = entry.mode }
        value.exemptNamespaces = exemptNamespaces.map { NamePattern($0) }
        value.exemptUsers = exemptUsers.map { NamePattern($0) }
        return value
    }
}

extension Enforcement.Mode: ExpressibleByArgument {}

extension WorkloadEnforcement: ExpressibleByArgument {}
