import Foundation
import Testing

@Suite struct WaiverTests {
    private static func text(_ directory: TemporaryDirectory, _ name: String) throws -> String {
        try String(contentsOf: directory.url.appendingPathComponent(name), encoding: .utf8)
    }

    private static func exception(
        _ name: String, policy: String = "team-label", object: String = "bad", expires: String? = "2099-01-01T00:00:00Z"
    ) -> String {
        """
        apiVersion: policies.kyverno.io/v1
        kind: PolicyException
        metadata:
          name: \(name)
        spec:
          policyRefs: [{name: \(policy), kind: ValidatingAdmissionPolicy}]
          matchConditions:
            - name: name
              expression: object.metadata.name == '\(object)'
        \(expires.map { "  expiresAt: \"\($0)\"\n" } ?? "")
        """
    }

    @Test("add writes a waiver that excuses what it names, and nothing else")
    func add() throws {
        let directory = try Samples.directory()
        try directory.write(Samples.bad.replacing("name: bad", with: "name: worse"), to: "worse.yaml")
        let add = try CommandRun(
            [
                "waiver", "add", "-p", "policies", "team-label", "bad.yaml:5", "--reason", "SEC-123: old client",
                "--expires", "2099-12-31",
            ], in: directory.url)
        #expect(add.status == 0, "\(add.output)\(add.errors)")
        #expect(add.output == "wrote a waiver to policies/waivers.yaml, until 2099-12-31T00:00:00Z\n")
        #expect(
            try Self.text(directory, "policies/waivers.yaml") == """
                apiVersion: policies.kyverno.io/v1
                kind: PolicyException
                metadata:
                  name: team-label-pod-bad
                  namespace: default
                  annotations:
                    policies.kyverno.io/description: "SEC-123: old client"
                spec:
                  policyRefs:
                    - name: team-label
                      kind: ValidatingAdmissionPolicy
                  matchConditions:
                    - name: kind
                      expression: object.kind == 'Pod'
                    - name: namespace
                      expression: object.metadata.namespace == 'default'
                    - name: name
                      expression: object.metadata.name == 'bad'
                  expiresAt: "2099-12-31T00:00:00Z"

                """)
        let check = try CommandRun(["-p", "policies", "bad.yaml", "worse.yaml"], in: directory.url)
        #expect(check.status == 1 && check.output.contains("worse.yaml:3") && !check.output.contains("bad.yaml"))
        #expect(check.output.contains("1 error, 1 waived") && check.errors.isEmpty, "\(check.output)\(check.errors)")
        let again = try CommandRun(
            ["waiver", "add", "-p", "policies", "team-label", "bad.yaml", "--reason", "x"], in: directory.url)
        #expect(again.status == 2 && again.errors.contains("`default/team-label-pod-bad` excuses it already"))
        let second = try CommandRun(
            ["waiver", "add", "-p", "policies", "team-label", "worse.yaml", "--reason", "x"], in: directory.url)
        #expect(second.status == 0 && second.output.contains(", until 20"), "\(second.errors)")
        #expect(try CommandRun(["-p", "policies", "bad.yaml", "worse.yaml"], in: directory.url).status == 0)
    }

    @Test("add takes the Pods of workloads, names with quotes, and objects without a namespace")
    func unusual() throws {
        let directory = try Samples.directory()
        let deployment = Samples.deployment("web", namespace: "shop")
        try directory.write(deployment, to: "web.yaml")
        let pods = try CommandRun(
            ["waiver", "add", "-p", "policies", "team-label", "web.yaml", "--reason", "x"], in: directory.url)
        #expect(pods.status == 0, "\(pods.errors)")
        let waiver = try Self.text(directory, "policies/waivers.yaml")
        #expect(waiver.contains("expression: object.kind == 'Pod'\n") && waiver.contains("namespace: shop\n"))
        #expect(waiver.contains("o.kind == 'ReplicaSet' && o.name.matches('^web(-["), "\(waiver)")
        #expect(try CommandRun(["-p", "policies", "web.yaml"], in: directory.url).status == 0)
        let other = try CommandRun(
            ["-p", "policies", "-"], input: deployment.replacing("name: web", with: "name: web-admin"),
            in: directory.url)
        #expect(other.status == 1)
        let role =
            "apiVersion: rbac.authorization.k8s.io/v1\nkind: ClusterRole\nmetadata: {name: \"system:o'neil\\\\x\"}\n"
        try directory.write(role, to: "role.yaml")
        try directory.write(
            Samples.policy("roles", kinds: "clusterroles").replacing("apiGroups: [\"\"]", with: "apiGroups: ['*']"),
            to: "roles/roles.yaml")
        let cluster = try CommandRun(
            ["waiver", "add", "-p", "roles", "roles", "role.yaml", "--reason", "x"], in: directory.url)
        #expect(cluster.status == 0, "\(cluster.errors)")
        #expect(try Self.text(directory, "roles/waivers.yaml").contains("name: roles-clusterrole-system-o-neil-x\n"))
        #expect(try CommandRun(["-p", "roles", "role.yaml"], in: directory.url).status == 0)
    }

    static let refused: [(arguments: String, says: String)] = [
        ("team-label good.yaml --reason x", "nothing to waive: `team-label` finds nothing in `good.yaml`"),
        ("team-lable bad.yaml --reason x", "there is no policy `team-lable`; did you mean `team-label`?"),
        ("team-label missing.yaml --reason x", "`missing.yaml` does not exist"),
        ("team-label bad.yaml", "Missing expected argument '--reason"),
        ("team-label bad.yaml --reason=", "Missing value for"),
        ("team-label bad.yaml --reason x --expires 2020-01-01", "is not in the future"),
        ("team-label bad.yaml --reason x --expires soon", "invalid for '--expires"),
        ("team-label bad.yaml --reason x --expires 999999w", "invalid for '--expires"),
        ("team-label bad.yaml --reason x --to none/none/w.yaml", "cannot write `none/none/w.yaml`"),
    ]

    @Test("add refuses what it cannot do, and writes nothing", arguments: refused)
    func refusals(_ test: (arguments: String, says: String)) throws {
        let directory = try Samples.directory()
        let run = try CommandRun(
            ["waiver", "add", "-p", "policies"] + test.arguments.split(separator: " ").map(String.init),
            in: directory.url)
        #expect(run.status == 2 && run.errors.contains(test.says), "\(run.output)\(run.errors)")
        #expect(
            !FileManager.default.fileExists(atPath: directory.url.appendingPathComponent("policies/waivers.yaml").path))
    }

    @Test("list tells what each waiver is worth, as text and JSON")
    func list() throws {
        let directory = try Samples.directory()
        let soon = ISO8601DateFormatter().string(from: Date(timeIntervalSinceNow: 3 * 86_400))
        let documents = [
            Self.exception("used"), Self.exception("ending", expires: soon),
            Self.exception("gone", expires: "2020-01-01T00:00:00Z"),
            Self.exception("idle", object: "nobody", expires: nil), Self.exception("stray", policy: "other"),
        ]
        try directory.write(documents.joined(separator: "---\n"), to: "policies/waivers.yaml")
        let plain = try CommandRun(["waiver", "list", "-p", "policies"], in: directory.url)
        let states = plain.output.split(separator: "\n").map { $0.split(separator: " ").first.map(String.init) ?? "" }
        #expect(plain.status == 0 && states == ["active", "expiring", "expired", "active", "no"], "\(plain.output)")
        #expect(plain.output.contains("policies/waivers.yaml:1:1") && plain.output.contains("without end"))
        let judged = try CommandRun(["waiver", "list", "-p", "policies", "bad.yaml", "-o", "json"], in: directory.url)
        let json = try #require(
            try JSONSerialization.jsonObject(with: Data(judged.output.utf8)) as? [String: [[String: Any]]])
        // Of two that excuse the same object the first counts.
        #expect(
            json["waivers"]?.compactMap { $0["state"] as? String } == [
                "active", "unused", "expired", "unused", "no policy",
            ])
        #expect(
            try CommandRun(["waiver", "list", "-p", "policies/team.yaml"], in: directory.url).output == "no waivers.\n")
        let check = try CommandRun(["-p", "policies", "bad.yaml"], in: directory.url)
        #expect(
            check.errors.contains("warning[exception-expired]: exception `gone` has expired on 2020-01-01T00:00:00Z"))
        try directory.write(Self.exception("ending", expires: soon), to: "policies/waivers.yaml")
        let ending = try CommandRun(["-p", "policies", "bad.yaml"], in: directory.url)
        #expect(ending.status == 0 && ending.errors.contains("warning[exception-expiring]: exception `ending` ends on"))
    }

    @Test("prune cuts expired waivers out after showing them, and leaves every other byte")
    func prune() throws {
        let directory = try Samples.directory()
        let head = "# Waivers of the payments team.  \n---\n"
        let used = "# why\n" + Self.exception("used") + "# behind\n\n"
        let gone = "---\n" + Self.exception("gone", expires: "2020-01-01T00:00:00Z")
        let idle = "---   # idle\r\n" + Self.exception("idle", object: "nobody")
        try directory.write(head + used + gone + idle, to: "policies/waivers.yaml")
        let arguments = ["waiver", "prune", "-p", "policies"]
        let dry = try CommandRun(arguments + ["--dry-run"], in: directory.url)
        #expect(dry.status == 1 && dry.output.hasSuffix("1 waiver to remove.\n"), "\(dry.output)\(dry.errors)")
        #expect(dry.output.contains("\n-  name: gone\n") && !dry.output.contains("-  name: used"))
        #expect(try Self.text(directory, "policies/waivers.yaml") == head + used + gone + idle)
        // The diff is one that `patch` understands.
        let diff = dry.output.components(separatedBy: "1 waiver to").first ?? ""
        try directory.write(diff, to: "waivers.diff")
        let patched = try SelectionTests.shell(
            "command -v patch >/dev/null || { echo none; exit; }; patch -s -o patched policies/waivers.yaml < waivers.diff && cat patched",
            in: directory)
        #expect(patched == head + used + idle || patched == "none\n", "\(patched)")
        let real = try CommandRun(arguments, in: directory.url)
        #expect(real.status == 0 && real.output == diff + "removed 1 waiver.\n", "\(real.output)\(real.errors)")
        #expect(try Self.text(directory, "policies/waivers.yaml") == head + used + idle)
        let unused = try CommandRun(arguments + ["bad.yaml"], in: directory.url)
        #expect(unused.status == 0 && unused.output.contains("-  name: idle"))
        #expect(try Self.text(directory, "policies/waivers.yaml") == head + used)
        let nothing = try CommandRun(arguments + ["bad.yaml"], in: directory.url)
        #expect(nothing.status == 0 && nothing.output == "nothing to remove.\n")
        // The policy beside them was never written.
        #expect(try Self.text(directory, "policies/team.yaml") == Samples.policy())
    }

    @Test("prune removes a file of which nothing is left, but nothing on the word of manifests it cannot read")
    func pruneEdges() throws {
        let directory = try Samples.directory()
        try directory.write(Self.exception("idle", object: "nobody"), to: "policies/idle.yaml")
        let unreadable = try CommandRun(["waiver", "prune", "-p", "policies", "truncated.yaml"], in: directory.url)
        #expect(unreadable.status == 2 && unreadable.errors.contains("nothing is removed"))
        let run = try CommandRun(["waiver", "prune", "-p", "policies", "bad.yaml"], in: directory.url)
        #expect(run.status == 0 && run.output.contains("+++ /dev/null\n"), "\(run.output)\(run.errors)")
        #expect(
            !FileManager.default.fileExists(atPath: directory.url.appendingPathComponent("policies/idle.yaml").path))
        // An item of a list is not a document.
        let item = Self.exception("gone", expires: "2020-01-01T00:00:00Z").split(separator: "\n")
            .map { "    \($0)" }.joined(separator: "\n").dropFirst(4)
        let list = "apiVersion: v1\nkind: List\nitems:\n  - \(item)\n"
        try directory.write(list, to: "policies/list.yaml")
        let kept = try CommandRun(["waiver", "prune", "-p", "policies"], in: directory.url)
        #expect(
            kept.status == 0 && kept.errors.contains("warning[waiver-not-removed]: `gone`"),
            "\(kept.output)\(kept.errors)")
        #expect(try Self.text(directory, "policies/list.yaml") == list)
    }

    @Test("annotations excuse only where the policy's owner permits it, until their date")
    func permit() throws {
        let directory = try Samples.directory()
        func pod(_ value: String) -> String {
            Samples.bad.replacing(
                "  name: bad", with: "  name: bad\n  annotations:\n    ignore-check.kube-linter.io/team-label: \(value)"
            )
        }
        let excused = pod("\"2099-12-31 SEC-123 old client\"")
        #expect(try CommandRun(["-p", "policies", "-"], input: excused, in: directory.url).status == 1)
        let permit = try CommandRun(["waiver", "permit", "-p", "policies", "team-label"], in: directory.url)
        #expect(permit.status == 0 && permit.output == "wrote a waiver to policies/waivers.yaml\n", "\(permit.errors)")
        for (value, status) in [
            ("\"2099-12-31 SEC-123 old client\"", 0), ("2020-01-01 too late", 1), ("SEC-123", 1), ("2099-12-31", 1),
            ("\"2099-12-31   \"", 1), ("\"2099-99-99 x\"", 1), ("\"\"", 1),
        ] as [(String, Int32)] {
            let run = try CommandRun(["-p", "policies", "-"], input: pod(value), in: directory.url)
            #expect(run.status == status, "\(value): \(run.output)\(run.errors)")
        }
        let other = pod("\"2099-12-31 x\"").replacing("io/team-label", with: "io/other")
        #expect(try CommandRun(["-p", "policies", "-"], input: other, in: directory.url).status == 1)
    }
}
