import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages

/// What was made of files and objects.
struct PolicyLoad {
    /// nil if they are refused.
    var policies: PolicySet?
    var diagnostics: [Diagnostic]
    var errors: Int
    /// Objects of the Kubernetes API that are not in force as they are now; the version before them is, if there was a
    /// good one.
    var refusedObjects: Set<String> = []
    /// Those that are in force, by name.
    var objects: [String: SourceFile] = [:]

    /// Whether a file could not even be read.
    var isUnreadable: Bool { diagnostics.contains { $0.severity == .error && $0.id.hasPrefix("file-") } }
}

extension PolicyLoad {
    /// Compiles a set. An error in a file refuses all of it. An object of the Kubernetes API that is wrong is left out,
    /// or stays as it was: whoever may write one must not be able to hold up everybody else's.
    ///
    /// - Parameters:
    ///   - objects: nil where no policies come from there. A policy without a binding is then no error, since it comes
    ///     before its binding, and neither is a set without policies.
    ///   - before: objects that were good.
    init(_ files: PolicyFileSet, objects: [SourceFile]?, before: [String: SourceFile] = [:]) {
        self.init(policies: nil, diagnostics: [], errors: 0)
        var candidates = objects ?? []
        // Leaving out one may break another, such as a name that is then free, but not for ever.
        for _ in 0...ExecutableLimits.refusalRounds {
            var loader = PolicyLoader(languages: PolicyLanguages.all(allowsUnbound: objects != nil))
            files.problems.forEach { loader.report($0) }
            for file in files.files + candidates { loader.load(policies: file) }
            policies = loader.finish().policies
            let failures = loader.log.diagnostics.filter { $0.severity == .error }
            if policies == nil, objects != nil, failures.allSatisfy({ $0.id == "policy-none" }) {
                policies = loader.finishAnyway()
            }
            let names = Set(candidates.map(\.name))
            let wrong = Set(failures.compactMap { $0.file?.name }).intersection(names)
            guard policies == nil, !wrong.isEmpty else {
                diagnostics += loader.log.diagnostics.filter { $0.severity != .error || policies == nil }
                errors += policies == nil ? loader.log.errorCount : 0
                break
            }
            diagnostics += failures.filter { $0.file.map { wrong.contains($0.name) } ?? false }
            errors += wrong.count
            candidates = candidates.compactMap { candidate in
                guard wrong.contains(candidate.name) else { return candidate }
                let isSecondTry = !refusedObjects.insert(candidate.name).inserted
                return isSecondTry ? nil : before[candidate.name]
            }
        }
        self.objects = Dictionary(candidates.map { ($0.name, $0) }) { first, _ in first }
    }
}

/// The files of some paths, read.
struct PolicyFileSet {
    var files: [SourceFile] = []
    /// What could not be read.
    var problems: [Diagnostic] = []

    /// Reads files, and all manifests below directories.
    init(reading paths: [String]) {
        for path in paths {
            var found = [path]
            if DirectoryWalk.isDirectory(path) {
                let walk = DirectoryWalk(path: path)
                problems += walk.errors.map(\.diagnostic)
                found = walk.files
            }
            for path in found {
                do throws(DocumentError) {
                    files.append(try FileReader.read(path: path))
                } catch {
                    problems.append(error.diagnostic)
                }
            }
        }
    }
}
