import ArgumentParser
import Diagnostics
import PolicyEngine

/// `LoadOptions` as the command line has them.
struct LoadArguments: ParsableArguments {
    @Flag(
        name: .customLong("mutate"),
        help: "Change objects by the mutating policies before they are judged, and show the changes.")
    var mutates = false

    @Flag(
        name: .customLong("complete-context"),
        help: "Take --context for all there is: other namespaces do not exist, and nothing else is authorized.")
    var isContextComplete = false

    @Flag(
        name: .customLong("stored-policies"),
        help: "Judge by policies that the API server would refuse on write as if they were stored already.")
    var areStored = false

    var options: LoadOptions {
        LoadOptions(mutates: mutates, isContextComplete: isContextComplete, areStored: areStored)
    }
}

/// What policies are to be taken for, and what is known beside them.
struct LoadOptions {
    /// Whether mutating policies change objects before they are judged.
    var mutates = false
    /// Whether the context is all there is.
    var isContextComplete = false
    /// Whether policies are used that the API server would refuse on write.
    var areStored = false

    /// That there are policies which would change objects, where they are left out.
    func note(on policies: [PolicyID]) -> Diagnostic? {
        guard !mutates, let first = policies.first else { return nil }
        let what =
            policies.count == 1
            ? "\(first.kind) `\(first.qualifiedName)` does" : "\(policies.count) mutating policies do"
        return Diagnostic(
            "mutation-off", .note, "\(what) not change the objects before they are judged",
            help: "give --mutate to change them as the API server would")
    }
}
