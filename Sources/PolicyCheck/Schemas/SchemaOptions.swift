import ArgumentParser
import Diagnostics
import Documents
import KubernetesSchemas
import Values

/// What is known of the kinds of manifests, and what is made of it.
struct SchemaOptions: ParsableArguments {
    @Flag(help: "Judge manifests as they are written, without what the API server would fill in.")
    var raw = false

    @Option(
        name: .customLong("crd"),
        help: ArgumentHelp(
            "CustomResourceDefinitions, and Crossplane's CompositeResourceDefinitions; repeat for several. Those among "
                + "the manifests are found.", valueName: "path"),
        completion: .file())
    var definitions: [String] = []

    /// - Parameter validates: whether what the API server would refuse is looked for.
    func schemas(validates: Bool, requires: Bool = false, log: Log) throws(RunFailure) -> ManifestSchemas {
        let schemas = ManifestSchemas(
            set: .builtIn, makesView: !raw, validates: validates, requiresSchemas: requires)
        return definitions.isEmpty ? schemas : schemas.adding(try read(log))
    }

    private func read(_ log: Log) throws(RunFailure) -> [Node] {
        var found: [Node] = []
        for path in definitions {
            let count = found.count
            var errors: [Diagnostic] = []
            var files = [path]
            if DirectoryWalk.isDirectory(path) {
                let walk = DirectoryWalk(path: path)
                errors = walk.errors.map(\.diagnostic)
                files = walk.files
            }
            for file in files {
                do throws(DocumentError) {
                    var stream = ManifestStream(try FileReader.read(path: file))
                    while let object = try stream.next() {
                        if CustomDefinitions.isDefinition(object) { found.append(object) }
                    }
                } catch {
                    errors.append(error.diagnostic)
                }
            }
            for error in errors { try log.report(error) }
            try log.flush()
            if !errors.isEmpty { throw RunFailure(.input, "") }
            if found.count == count {
                throw RunFailure(.input, "--crd: `\(path)` holds no CustomResourceDefinition")
            }
        }
        return found
    }
}

/// Whether manifests are held against the schemas of their kinds.
struct ValidationOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Find what the API server would refuse in manifests of known kinds (default: --schemas).")
    var schemas: Bool?

    @Flag(help: "Count an object of an unknown kind as an error.")
    var requireSchemas = false

    func validate() throws {
        if schemas == false, requireSchemas {
            throw ValidationError("--no-schemas and --require-schemas exclude each other")
        }
    }
}
