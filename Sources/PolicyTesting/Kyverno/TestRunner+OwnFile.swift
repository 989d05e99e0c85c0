import Diagnostics
import Documents
import PolicyLanguages
import Values

/// Tests beside their policies: a test that names no policies, or no objects, takes those of its own file.
extension TestRunner {
    func loadOwn(
        _ test: PolicyTest, into loader: inout PolicyLoader, _ values: inout TestValues, _ log: inout DiagnosticLog
    ) {
        guard test.usesOwnFile else { return }
        for node in ownDocuments(test, &log) {
            if loader.claims(node) {
                if test.usesOwnPolicies { loader.add(policy: node) }
                continue
            }
            switch node["kind"]?.string ?? "" {
            case "Values" where isOfTests(node): if test.variables == nil { values.read(values: node) }
            case "UserInfo" where isOfTests(node): if test.userInfo == nil { values.read(userInfo: node) }
            case "Context" where isOfTests(node), "CustomResourceDefinition": loader.add(context: node)
            default: break
            }
        }
    }

    func ownObjects(_ test: PolicyTest, _ log: inout DiagnosticLog) -> [Node] {
        let loader = PolicyLoader(languages: languages)
        return ownDocuments(test, &log).filter { node in
            !loader.claims(node) && !isOfTests(node) && node["kind"]?.string != "CustomResourceDefinition"
        }
    }

    private func isOfTests(_ node: Node) -> Bool {
        node["apiVersion"]?.string?.hasPrefix("\(PolicyTest.group)/") ?? false
    }

    private func ownDocuments(_ test: PolicyTest, _ log: inout DiagnosticLog) -> [Node] {
        guard let file = test.file else { return [] }
        var documents: [Node] = []
        var stream = ManifestStream(file)
        do throws(DocumentError) {
            while documents.count < TestingLimits.maximumResources, let node = try stream.next() {
                if !PolicyTest.isTest(node), !GatorSuite.isSuite(node) { documents.append(node) }
            }
        } catch {
            log.report(error.diagnostic)
        }
        return documents
    }
}
