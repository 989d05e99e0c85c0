import Admission
import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Values

/// What a test judges by: policies, and the objects and answers around them.
extension TestRunner {
    func load(
        _ test: PolicyTest, _ values: inout TestValues, _ log: inout DiagnosticLog
    ) -> (PolicySet, ResourceTable)? {
        var loader = PolicyLoader(languages: languages)
        for node in test.policies + test.exceptions { loader.load(policyPath: test.path(node)) }
        for node in test.contexts + test.targets { loader.load(contextPath: test.path(node)) }
        loadOwn(test, into: &loader, &values, &log)
        for file in test.clusterResources {
            forEachObject(test, file, &log) { node in
                for object in node["spec"]?["resources"]?.elements ?? NodeElements(node) where object.isMap {
                    loader.add(context: object)
                }
                for definition in node["spec"]?["crds"]?.elements ?? NodeElements(node) {
                    if definition.isMap { loader.add(context: definition) }
                    if definition.string != nil { loader.load(contextPath: test.path(definition)) }
                }
            }
        }
        if let file = test.variables, file.string != nil {
            forEachObject(test, file, &log) { values.read(values: $0) }
        }
        if let inline = test.values { values.read(values: inline) }
        if let file = test.userInfo, file.string != nil {
            forEachObject(test, file, &log) { values.read(userInfo: $0) }
        }
        for node in values.namespaces { loader.declare { $0.add(namespace: node) } }
        for (name, labels) in values.namespaceLabels {
            loader.declare { $0.add(namespace: Self.namespace(name, labels: labels)) }
        }
        loader.declare { $0.external.add(apiCallResponses: test.callResponses, globalContext: test.globalContext) }
        let (set, table) = loader.finish()
        log.report(contentsOf: loader.log)
        guard let set, !log.hasErrors else { return nil }
        return (set, table)
    }

    /// A Namespace as the API server would hold it: with the label that bears its name.
    static func namespace(_ name: String, labels: Node?) -> Node {
        var builder = DocumentBuilder(recordsPositions: false)
        func entry(_ key: String, _ value: String) {
            builder.appendKey(key)
            builder.append(value)
        }
        builder.beginMap()
        entry("apiVersion", "v1")
        entry("kind", "Namespace")
        builder.appendKey("metadata")
        builder.beginMap()
        entry("name", name)
        builder.appendKey("labels")
        builder.beginMap()
        for (key, value) in labels?.entries ?? NodeEntries(Document.empty.root) {
            builder.appendKey(utf8: key.utf8)
            builder.append(copyOf: value)
        }
        if labels?["kubernetes.io/metadata.name"] == nil { entry("kubernetes.io/metadata.name", name) }
        builder.endMap()
        builder.endMap()
        builder.endMap()
        let finished = builder
        return finished.finish().root
    }

    func forEachObject(
        _ test: PolicyTest, _ file: Node, _ log: inout DiagnosticLog, _ body: (Node) -> Void
    ) {
        let path = test.path(file)
        var paths = [path]
        if DirectoryWalk.isDirectory(path) {
            let walk = DirectoryWalk(path: path)
            walk.errors.forEach { log.report($0.diagnostic) }
            paths = walk.files
        }
        for path in paths {
            do throws(DocumentError) {
                var stream = ManifestStream(try FileReader.read(path: path))
                while let node = try stream.next() { body(node) }
            } catch {
                log.report(error.diagnostic)
            }
        }
    }
}

extension Document {
    /// An empty map.
    fileprivate static let empty: Document = {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        builder.endMap()
        let finished = builder
        return finished.finish()
    }()
}
