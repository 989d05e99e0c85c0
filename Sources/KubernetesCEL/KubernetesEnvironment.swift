package import CEL

/// What expressions may use in Kubernetes, by version.
package enum KubernetesEnvironment {
    package struct Addition: Sendable {
        package let library: Library
        package let since: KubernetesVersion
    }

    /// Every library and the version it came with.
    package static let additions: [Addition] = [
        addition(.standard, 23), addition(.strings, 23), addition(.kubernetesLists, 23),
        addition(.kubernetesRegex, 23), addition(.urls, 23), addition(.authorizer, 27), addition(.optionals, 28),
        addition(.listEnds, 28), addition(.quantity, 28), addition(.stringFormatting, 29), addition(.sets, 29),
        addition(.ip, 30), addition(.cidr, 30), addition(.format, 31), addition(.authorizerSelectors, 31),
        addition(.twoVariableComprehensions, 32), addition(.semver, 33), addition(.lists, 34),
    ]

    /// The version that `a.?b` came with.
    private static let optionalSyntax = KubernetesVersion(minor: 28)

    private static func addition(_ library: Library, _ minor: Int) -> Addition {
        Addition(library: library, since: KubernetesVersion(minor: minor))
    }

    /// Libraries, operators and rules of that version; variables are the caller's to declare.
    ///
    /// - Parameter mutation: with what only mutating policies have.
    package static func base(version: KubernetesVersion = .latest, mutation: Bool = false) -> Environment {
        var environment = Environment()
        environment.add(.operators)
        for addition in additions where addition.since <= version { environment.add(addition.library) }
        if mutation { addMutations(to: &environment) }
        environment.requiresHomogeneousLiterals = version.minor >= 29
        environment.allowsOptionalSyntax = version >= optionalSyntax
        environment.checksFormatCalls = version.minor >= 29
        environment.loopVariablesShadow = false
        environment.knownElsewhere = knownElsewhere(version, mutation: mutation)
        return environment
    }

    /// What only mutating policies have: `Object{…}`, `JSONPatch{…}` and `jsonpatch.escapeKey`.
    package static func addMutations(to environment: inout Environment) {
        environment.add(.jsonPatch)
        environment.openStructures = ["Object"]
        environment.declare(
            Environment.Structure("JSONPatch", ["op": .string, "path": .string, "from": .string, "value": .dyn]))
    }

    private static func knownElsewhere(_ version: KubernetesVersion, mutation: Bool) -> [String: String] {
        var known: [String: String] = [:]
        for library in [Library.bindings, .math, .encoders, .regex] {
            for name in library.names { known[name] = "Kyverno" }
        }
        if !mutation {
            for name in Library.jsonPatch.names { known[name] = "Kubernetes, in mutations only" }
        }
        for addition in additions where addition.since > version {
            for name in addition.library.names { known[name] = "Kubernetes \(addition.since.description)" }
        }
        if version < optionalSyntax { known[Environment.optionalSyntax] = "Kubernetes \(optionalSyntax.description)" }
        return known
    }
}

extension Library {
    /// Functions and macros by the names that expressions use.
    fileprivate var names: [String] {
        functions.map(\.name) + macros.flatMap { [$0.name, "\($0.name)(\($0.argumentCount))"] }
    }
}

/// Environments that are not Kubernetes' own.
package enum CELEnvironments {
    /// All that Kyverno's policies have from CEL's and Kubernetes' libraries; its own come on top.
    package static func kyverno() -> Environment {
        var environment = Environment()
        environment.add(.operators)
        for addition in KubernetesEnvironment.additions { environment.add(addition.library) }
        for library in [Library.bindings, .math, .encoders, .regex] { environment.add(library) }
        environment.requiresHomogeneousLiterals = true
        environment.checksFormatCalls = true
        environment.loopVariablesShadow = false
        environment.orValueTakesPlainValues = true
        return environment
    }

    /// Everything, as the specification's own tests expect it.
    package static func everything() -> Environment {
        var environment = Environment()
        environment.add(.operators)
        // Where the specification's tests and Kubernetes disagree, the specification has a library of its own.
        let replaced: Set<String> = ["standard", "strings", "strings formatting"]
        for addition in KubernetesEnvironment.additions where !replaced.contains(addition.library.name) {
            environment.add(addition.library)
        }
        for library in [
            Library.specificationStandard, .specificationStrings, .specificationFormatting, .stringReverse, .bindings,
            .blocks, .math, .encoders, .regex,
        ] {
            environment.add(library)
        }
        environment.allowsQuotedIdentifiers = true
        environment.hasStrictMapKeys = true
        environment.hasStrictOptionalSelection = true
        return environment
    }
}
