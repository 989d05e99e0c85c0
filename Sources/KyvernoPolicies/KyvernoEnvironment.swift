import Admission
import CEL
import KubernetesCEL
import PolicyEngine
import Values

/// What the expressions of Kyverno's policies can name, and the values of it.
enum KyvernoEnvironment {
    static let cluster = make(isNamespaced: false)
    /// Policies in a namespace see objects of that namespace only, so their `resource` functions name none.
    static let namespaced = make(isNamespaced: true)
    /// Of policies about images; these see `images`, `attestors` and `attestations` besides.
    static let imageCluster = makeImages(isNamespaced: false)
    static let imageNamespaced = makeImages(isNamespaced: true)
    /// What decides whether an image is a policy's business: `ref`, its name, and nothing of the request.
    static let imageReference: Environment = {
        var environment = CELEnvironments.kyverno()
        environment.add(.kyvernoImages)
        environment.declare("ref", .string)
        return environment
    }()
    /// The same with what mutations are made of.
    private static let clusterMutations = mutating(cluster)
    private static let namespacedMutations = mutating(namespaced)

    static func mutations(isNamespaced: Bool) -> Environment { isNamespaced ? namespacedMutations : clusterMutations }

    private static func mutating(_ base: Environment) -> Environment {
        var environment = base
        KubernetesEnvironment.addMutations(to: &environment)
        return environment
    }

    private static let exceptions = "kyverno.Exceptions"

    private static func make(isNamespaced: Bool) -> Environment {
        var environment = CELEnvironments.kyverno()
        for library in [
            Library.kyvernoImages, .kyvernoHashes, .kyvernoJSON, .kyvernoTime, .kyvernoTransformations,
            .kyvernoRandom, .kyvernoGzip, .kyvernoCertificates,
            .kyvernoExternal(isNamespaced: isNamespaced),
        ] {
            environment.add(library)
        }
        AdmissionVariables.declare(in: &environment, hasParams: false, hasAuthorizer: false)
        environment.declare(
            Environment.Structure(exceptions, ["allowedImages": .list(.string), "allowedValues": .list(.dyn)]))
        environment.declare(
            Environment.Structure(ServiceAccountValue.typeName, ["Name": .string, "Namespace": .string]))
        environment.declare("exceptions", .structure(exceptions))
        for context in ExternalContext.Kind.ofObjects { environment.declare(context.rawValue, context.type) }
        environment.unsaidReceivers = ["random": ExternalContext.Kind.random.rawValue]
        return environment
    }

    private static func makeImages(isNamespaced: Bool) -> Environment {
        var environment = make(isNamespaced: isNamespaced)
        environment.add(.kyvernoImageVerification)
        environment.declare("images", .map(.string, .list(.string)))
        environment.declare("attestors", .map(.string, .dyn))
        environment.declare("attestations", .map(.string, .string))
        return environment
    }

    private static let noExceptions = MapValue([
        (key: Value.string("allowedImages"), value: .list([])), (key: .string("allowedValues"), value: .list([])),
    ])

    /// The variables' values, in the order of their declaration.
    ///
    /// - Parameters:
    ///   - object: what expressions see as `object`.
    ///   - kinds: of the outside world, those that expressions name.
    static func values(
        _ context: AdmissionContext, object: Value, oldObject: Value, namespace: String?,
        _ allowances: ExceptionAllowances, naming kinds: ExternalContext.Kinds = .all
    ) -> [Value?] {
        let request = context.request
        let exceptions =
            allowances.images.isEmpty && allowances.values.isEmpty
            ? Self.noExceptions
            : MapValue([
                (key: Value.string("allowedImages"), value: .list(allowances.images.map { .string($0) })),
                (key: .string("allowedValues"), value: .list(allowances.values.map { .string($0) })),
            ])
        var values: [Value?] = []
        // With room for what policies about images see besides.
        values.reserveCapacity(16)
        values.append(object)
        values.append(oldObject)
        values.append(request.value)
        values.append(context.namespaceObject.map { Value($0) } ?? .null)
        values.append(.map(exceptions))
        for kind in ExternalContext.Kind.ofObjects {
            let isNamed = kinds.contains(ExternalContext.Kinds(kind))
            values.append(isNamed ? .object(ExternalContext(kind, context, namespace: namespace)) : nil)
        }
        return values
    }
}
