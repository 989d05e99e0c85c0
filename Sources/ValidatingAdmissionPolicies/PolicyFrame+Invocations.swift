import Admission
import PolicyEngine
import Values

extension PolicyFrame {
    /// What is to happen for a request that the policy matches.
    enum Event {
        /// Evaluate under this binding with this param.
        case invoke(PolicyBinding, param: Node?)
        /// An error of configuration, or something that cannot be known.
        case problem(Decision)
        /// The request's namespace does not exist; nothing else counts then.
        case missingNamespace(String)
    }

    /// Whether the request is meant, which API servers ask of most objects only.
    func matches(_ context: AdmissionContext) -> MatchResources.Outcome {
        context.request.isExemptFromPolicies ? .differs : match.match(context)
    }

    /// Goes through the bindings that match a request and their params.
    ///
    /// - Parameter needsNamespace: whether the request's namespace must exist, given the params of a binding.
    func forEachInvocation(
        _ context: AdmissionContext, needsNamespace: ([Node?]) -> Bool, _ body: (Event) -> Void
    ) {
        if let paramKind, paramScope(paramKind, context) == nil {
            let error = "failed to find resource referenced by paramKind: '\(paramKind)'"
            return body(.problem(configurationError(error, nil)))
        }
        for binding in bindings {
            if let match = binding.match {
                switch match.match(context, isBinding: true) {
                // Into which version the object is converted is the policy's affair alone.
                case .matches, .matchesConverted: break
                case .differs: continue
                case .needsNamespace(let name):
                    body(.problem(undecided(.namespace(name), binding: binding.id)))
                    continue
                case .namespaceNotFound(let name):
                    body(.problem(configurationError(Self.notFound(namespace: name), binding.id)))
                    continue
                }
            }
            let params: [Node?]
            do throws(ConfigurationError) {
                params = try collectParams(binding, context)
            } catch {
                body(.problem(configurationError(error.message, binding.id)))
                continue
            }
            if let name = context.unknownNamespace {
                // The API server fetches the namespace before it evaluates anything.
                if context.cluster.knowsAllNamespaces {
                    if needsNamespace(params) { return body(.missingNamespace(name)) }
                    continue
                }
                if usesNamespaceObject {
                    body(.problem(undecided(.namespace(name), binding: binding.id)))
                    continue
                }
            }
            if usesAuthorizer, context.cluster.authorization == nil {
                body(.problem(undecided(.authorizer, binding: binding.id)))
                continue
            }
            for param in params { body(.invoke(binding, param: param)) }
        }
    }

    func undecided(_ missing: MissingContext, binding: BindingID?) -> Decision {
        var decision = Decision(
            .error, action: failurePolicy.action, policy: id, binding: binding, message: missing.description,
            actions: .deny)
        decision.missing = missing
        return decision
    }

    static func notFound(namespace: String) -> String { "namespaces \"\(namespace)\" not found" }

    func configurationError(_ message: String, _ binding: BindingID?) -> Decision {
        let what = binding == nil ? "policy" : "binding"
        return Decision(
            .error, action: failurePolicy.action, policy: id, binding: binding,
            message: "failed to configure \(what): \(message)", actions: .deny)
    }

    // MARK: Params

    struct ConfigurationError: Error { let message: String }

    /// Whether the params' kind is namespaced; nil if nothing is known of it.
    private func paramScope(_ kind: GroupVersionKind, _ context: AdmissionContext) -> Bool? {
        if let known = context.cluster.isNamespaced(paramKind: kind) { return known }
        let resource = ResourceTable.builtIn.resource(for: kind)
        return resource.isGuessed ? nil : resource.isNamespaced
    }

    /// The params that a binding means; one nil where it has none.
    func collectParams(
        _ binding: PolicyBinding, _ context: AdmissionContext
    ) throws(ConfigurationError) -> [Node?] {
        guard let paramKind, let reference = binding.paramRef else { return [fixedParam] }
        var namespace = ""
        if paramScope(paramKind, context) == true {
            namespace = reference.namespace.isEmpty ? context.request.namespace : reference.namespace
            if namespace.isEmpty {
                throw ConfigurationError(
                    message: "cannot use namespaced paramRef in policy binding that matches cluster-scoped resources")
            }
        } else if !reference.namespace.isEmpty {
            throw ConfigurationError(
                message: "paramRef.namespace must not be provided for a cluster-scoped `paramKind`")
        }
        var params: [Node?] = []
        if !reference.name.isEmpty {
            if reference.selector != nil {
                throw ConfigurationError(message: "paramRef.name and paramRef.selector are mutually exclusive")
            }
            if let param = context.cluster.param(paramKind, namespace: namespace, name: reference.name) {
                params = [param]
            }
        } else if let selector = reference.selector {
            params = context.cluster.params(paramKind, namespace: namespace, matching: selector)
            if context.cluster.listsSelectedParams, !params.isEmpty { params = [Self.list(params.compactMap { $0 })] }
        } else {
            throw ConfigurationError(message: "one of name or selector must be provided")
        }
        if params.isEmpty, reference.notFoundAction == .deny {
            throw ConfigurationError(
                message: "no params found for policy binding with `Deny` parameterNotFoundAction")
        }
        return params
    }

    private static func list(_ items: [Node]) -> Node {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        for (key, value) in [("apiVersion", "v1"), ("kind", "List")] {
            builder.appendKey(key)
            builder.append(value)
        }
        builder.appendKey("items")
        builder.beginList()
        for item in items { builder.append(copyOf: item) }
        builder.endList()
        builder.endMap()
        let finished = builder
        return finished.finish().root
    }
}
