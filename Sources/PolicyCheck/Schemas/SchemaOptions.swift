import ArgumentParser
import Diagnostics
import Documents
import KubernetesCEL
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

    @Option(
        help: """
            How the object of an AdmissionReview is judged: recorded (as it is), decoded (as an API server reads it: \
            unknown fields go, quantities become canonical) or defaulted (with the defaults filled in, too).
            """)
    var reviewObjects = ReviewObjects.recorded

    /// - Parameters:
    ///   - validates: whether what the API server would refuse is looked for.
    ///   - requires: whether an object of an unknown kind is an error.
    ///   - insists: whether it is an error that the types of the version are not known; else nothing is made of
    ///     manifests then, which is said.
    func schemas(
        for target: TargetOptions, validates: Bool, requires: Bool = false, insists: Bool = false, log: Log
    ) throws(RunFailure) -> ManifestSchemas {
        let set: SchemaSet
        do throws(RunFailure) {
            set = try Self.set(for: target)
        } catch {
            if insists || requires || reviewObjects != .recorded { throw error }
            if !raw || validates { try log.report(Diagnostic("schema-version", .warning, error.message)) }
            return ManifestSchemas(set: .builtIn, makesView: false, validates: false)
        }
        var schemas = ManifestSchemas(
            set: set, version: target.version, makesView: !raw, validates: validates, requiresSchemas: requires)
        schemas.reviewObjects = reviewObjects
        return definitions.isEmpty ? schemas : schemas.adding(try Self.read(definitions, log))
    }

    /// The built-in types of a version.
    static func set(for target: TargetOptions) throws(RunFailure) -> SchemaSet {
        let version = target.version.description
        if let set = SchemaSet.builtIn(version: version) { return set }
        let known = SchemaSet.builtInVersions.joined(separator: ", ")
        throw RunFailure(
            .input,
            "the types of Kubernetes \(version) are not built in, only those of \(known): manifests are judged as "
                + "they are written, and not validated")
    }

    /// The definitions in files and directories; each must hold one.
    static func read(_ paths: [String], _ log: Log) throws(RunFailure) -> [Node] {
        var found: [Node] = []
        for path in paths {
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

/// What is made of the object of an AdmissionReview before it is judged.
///
/// What an API server sends has all its defaults; one that was written by hand, or made from a manifest, has not.
enum ReviewObjects: String, ExpressibleByArgument, CaseIterable {
    case recorded, decoded, defaulted
}

/// Whether manifests are held against the schemas of their kinds.
struct ValidationOptions: ParsableArguments {
    @Flag(
        inversion: .prefixedNo,
        help: "Find what the API server would refuse in manifests of known kinds (default: --schemas).")
    var schemas: Bool?

    @Flag(help: "Count an object of an unknown kind as an error.")
    var requireSchemas = false

    /// Whether it was asked for, not just left on.
    var isAskedFor: Bool { schemas == true || requireSchemas }

    func validate() throws {
        if schemas == false, requireSchemas {
            throw ValidationError("--no-schemas and --require-schemas exclude each other")
        }
    }
}
