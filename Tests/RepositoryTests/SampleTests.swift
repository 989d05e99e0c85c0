import Foundation
import Testing

@Suite struct SampleTests {
    @Test("every recorded request has its expected verdict, and no verdict lacks its request")
    func admissionReviews() throws {
        let rows = try Repository.table("testdata/admission-reviews/expected.tsv")
        let files = try Repository.names(in: "testdata/admission-reviews").filter { $0.hasSuffix(".json") }
        #expect(rows.map { $0[0] } == files)
        #expect(rows.allSatisfy { $0.count == 3 && ["true", "false"].contains($0[1]) })
        #expect(rows.allSatisfy { ($0[1] == "true") == ($0[2] == "-") })
    }

    @Test("every sample manifest has its expected exit code, and the other way around")
    func manifests() throws {
        let rows = try Repository.table("testdata/manifests/expected.tsv")
        let files = try ["good", "bad"].flatMap { directory in
            try Repository.names(in: "testdata/manifests/\(directory)").map { "\(directory)/\($0)" }
        }
        #expect(rows.map { $0[0] } == files)
        #expect(rows.allSatisfy { $0.count == 3 && $0[1] == ($0[0].hasPrefix("good/") ? "0" : "1") })
    }

    @Test("every request about images has its expected verdict, and no verdict lacks its request")
    func imageRequests() throws {
        let rows = try Repository.table("testdata/image-policies/expected.tsv")
        #expect(try rows.map { $0[0] } == Repository.names(in: "testdata/image-policies/requests"))
        #expect(rows.allSatisfy { $0.count == 3 && ["true", "false"].contains($0[1]) })
        #expect(rows.allSatisfy { ($0[1] == "true") == ($0[2] == "-") })
    }

    @Test(
        "the tests of the policy about images hold",
        .enabled(if: ReadmeCommandTests.isBuilt, "the executables are not built"))
    func imagePolicyTests() throws {
        let result = try Shell().run("policy-check test testdata/image-policies")
        #expect(result.status == 0, "\(result.output)")
    }

    @Test("each policy denies one of the samples, and policies/Kustomization packs it")
    func policiesAreCovered() throws {
        let policies = try Repository.names(in: "policies").filter { $0.hasSuffix(".yaml") }
        let tables = ["testdata/manifests/expected.tsv", "testdata/image-policies/expected.tsv"]
        var denying: [Substring] = []
        for table in tables {
            for row in try Repository.table(table) { denying += row[2].split(separator: ",") }
        }
        let packed = try Repository.text("policies/Kustomization")
        for policy in policies {
            #expect(denying.contains(policy.dropLast(".yaml".count)), "\(policy)")
            #expect(packed.contains("- \(policy)\n"), "\(policy)")
        }
        #expect(packed.split(separator: "\n").count { $0.hasSuffix(".yaml") } == policies.count)
    }

    @Test("kustomize builds deploy/base", .enabled(if: Repository.hasTool("kubectl"), "kubectl is not installed"))
    func kustomizeBase() throws {
        let result = try Shell().run("kubectl kustomize deploy/base")
        #expect(result.status == 0, "\(result.output)")
        let kinds = [
            "Namespace", "ServiceAccount", "ConfigMap", "Service", "Deployment", "ValidatingWebhookConfiguration",
        ]
        for kind in kinds {
            #expect(result.output.contains("kind: \(kind)\n"), "\(kind)")
        }
    }

    @Test(
        "our own deployment satisfies our own policies",
        .enabled(if: ReadmeCommandTests.isBuilt, "the executables are not built"))
    func ownDeployment() throws {
        let result = try Shell().run(
            "policy-check --policy policies deploy/base/deployment.yaml deploy/base/service.yaml")
        #expect(result.status == 0, "\(result.output)")
    }
}
