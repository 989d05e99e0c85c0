import Foundation
import Testing

/// What `check` says of manifests that the API server would refuse.
@Suite("policy-check and schemas")
struct SchemaTests {
    private static let definition = """
        apiVersion: apiextensions.k8s.io/v1
        kind: CustomResourceDefinition
        metadata: {name: widgets.example.com}
        spec:
          group: example.com
          names: {kind: Widget, plural: widgets, singular: widget, listKind: WidgetList}
          scope: Cluster
          versions:
          - name: v1
            served: true
            storage: true
            schema:
              openAPIV3Schema:
                type: object
                properties:
                  spec:
                    type: object
                    x-kubernetes-validations: [{rule: self.min <= self.max, message: min is more than max}]
                    properties:
                      min: {type: integer, default: 1}
                      max: {type: integer, maximum: 10}

        """
    private static let widget = "apiVersion: example.com/v1\nkind: Widget\nmetadata: {name: w}\nspec: {max: 0}\n"

    private func directory() throws -> TemporaryDirectory {
        let directory = try Samples.directory()
        try directory.write(Self.definition, to: "crd.yaml")
        try directory.write(Self.widget, to: "widget.yaml")
        return directory
    }

    @Test("reports unknown fields at their place, as an error of the run, and not where told to leave them")
    func unknownField() throws {
        let directory = try directory()
        try directory.write(Samples.good.replacing("containers:", with: "contaners:"), to: "typo.yaml")
        let run = try CommandRun(["-p", "policies", "typo.yaml"], in: directory.url)
        #expect(run.status == 1)
        #expect(run.output.contains("error[schema-unknown-field]: unknown field `spec.contaners`\n  --> typo.yaml:8:3"))
        #expect(run.output.contains("= help: did you mean `containers`?"))
        #expect(try CommandRun(["-p", "policies", "--no-schemas", "typo.yaml"], in: directory.url).status == 0)
        let raw = try CommandRun(["-p", "policies", "--raw", "typo.yaml"], in: directory.url)
        #expect(raw.status == 1 && raw.output == run.output)
    }

    @Test("counts kinds without a schema, and fails for them only where told to")
    func missing() throws {
        let directory = try directory()
        let arguments = ["-p", "policies", "--allow-empty", "widget.yaml"]
        let run = try CommandRun(arguments, in: directory.url)
        #expect(run.status == 0)
        #expect(run.errors.contains("note[schema-missing]: no schema for `example.com/v1 Widget` (1 object)"))
        #expect(try CommandRun(["-o", "json"] + arguments, in: directory.url).output.contains("\"withoutSchema\": 1"))
        let required = try CommandRun(["--require-schemas"] + arguments, in: directory.url)
        #expect(required.status == 1 && required.output.contains("error[schema-missing]"))
    }

    @Test("learns kinds from --crd and from definitions among the manifests, standard input included")
    func definitions() throws {
        let directory = try directory()
        let wanted = "error[schema-rule]: `spec`: invalid value: min is more than max\n  --> "
        let base = ["-p", "policies", "--allow-empty"]
        for arguments in [["--crd", "crd.yaml", "widget.yaml"], ["widget.yaml", "crd.yaml"]] {
            let run = try CommandRun(base + arguments, in: directory.url)
            #expect(run.status == 1 && run.output.contains(wanted + "widget.yaml:4:1"), "\(run.output)")
        }
        let piped = try CommandRun(base + ["-"], input: Self.widget + "---\n" + Self.definition, in: directory.url)
        #expect(piped.status == 1 && piped.output.contains(wanted + "<stdin>:4:1"), "\(piped.output)")
        #expect(try CommandRun(base + ["--crd", "good.yaml", "widget.yaml"], in: directory.url).status == 2)
    }

    @Test(
        "tells versions that are gone, will go, or never were",
        arguments: [
            ("extensions/v1beta1", "Ingress", "error[schema-removed-version]", 1),
            ("v1", "Endpoints", "warning[schema-deprecated-version]", 0),
            ("apps/v1", "Deploymnet", "error[schema-unknown-kind]", 1),
            ("apps/v2", "Deployment", "error[schema-unknown-kind]", 1),
        ] as [(String, String, String, Int32)])
    func versions(_ version: String, _ kind: String, _ text: String, _ status: Int32) throws {
        let manifest = "apiVersion: \(version)\nkind: \(kind)\nmetadata: {name: a}\n"
        let directory = try directory()
        let run = try CommandRun(["-p", "policies", "--allow-empty", "-"], input: manifest, in: directory.url)
        #expect(run.status == status && run.output.contains(text), "\(run.output)")
    }

    @Test("checks schemas alone where there are no policies, and says so where nothing was checked")
    func alone() throws {
        let directory = try directory()
        #expect(try CommandRun(["good.yaml"], in: directory.url).status == 2)
        #expect(try CommandRun(["--schemas", "good.yaml"], in: directory.url).status == 0)
        let unknown = try CommandRun(["--schemas", "widget.yaml"], in: directory.url)
        #expect(unknown.status == 2 && unknown.errors.contains("no object is of a kind with a known schema"))
    }

    @Test("refuses versions whose types are not known, if schemas were asked for")
    func kubernetesVersion() throws {
        let directory = try directory()
        let arguments = ["-p", "policies", "--kubernetes-version", "1.30", "good.yaml"]
        let lenient = try CommandRun(arguments, in: directory.url)
        #expect(lenient.status == 0)
        #expect(
            lenient.errors.contains(
                "warning[schema-version]: the types of Kubernetes 1.30 are not built in, only those of 1.36"))
        #expect(try CommandRun(["--schemas"] + arguments, in: directory.url).status == 2)
        #expect(
            try CommandRun(["admitted", "--kubernetes-version", "1.30", "good.yaml"], in: directory.url).status == 2)
    }

    @Test("explain and diff see the admitted view, and --raw the manifest")
    func otherCommands() throws {
        let directory = try directory()
        let check = "has(object.spec.restartPolicy) && object.spec.restartPolicy == 'Always'"
        try directory.write(Samples.policy(expression: check), to: "restart.yaml")
        try directory.write(Samples.policy(expression: "1 == 1"), to: "open.yaml")
        let explained = try CommandRun(["explain", "restart.yaml", "good.yaml"], in: directory.url)
        #expect(explained.output.contains("→ admits"))
        let raw = try CommandRun(["explain", "--raw", "restart.yaml", "good.yaml"], in: directory.url)
        #expect(raw.output.contains("→ deny"))
        #expect(try CommandRun(["diff", "open.yaml", "restart.yaml", "good.yaml"], in: directory.url).status == 0)
        #expect(
            try CommandRun(["diff", "--raw", "open.yaml", "restart.yaml", "good.yaml"], in: directory.url).status == 1)
    }
}
