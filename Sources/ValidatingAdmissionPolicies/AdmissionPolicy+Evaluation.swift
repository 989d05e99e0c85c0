import Admission
import CEL
package import PolicyEngine
import Values

extension AdmissionPolicy {
    package func evaluate(_ context: AdmissionContext, into outcome: inout EvaluationOutcome) {
        if let paramKind, paramScope(paramKind, context) == nil {
            let error = "failed to find resource referenced by paramKind: '\(paramKind)'"
            return configurationError(error, nil, &outcome)
        }
        for binding in bindings {
            if let match = binding.match {
                switch match.match(context, isBinding: true) {
                case .matches: break
                case .differs: continue
                case .matchesConverted(let resource):
                    undecided(
                        .conversion("\(resource.group)/\(resource.version)"), binding: binding.id, into: &outcome)
                    continue
                case .needsNamespace(let name):
                    undecided(.namespace(name), binding: binding.id, into: &outcome)
                    continue
                case .namespaceNotFound(let name):
                    outcome.missingNamespace = name
                    return
                }
            }
            let params: [Node?]
            do throws(ConfigurationError) {
                params = try collectParams(binding, context)
            } catch {
                configurationError(error.message, binding.id, &outcome)
                continue
            }
            if let name = context.unknownNamespace {
                // The API server fetches the namespace before it evaluates anything.
                if context.cluster.knowsAllNamespaces {
                    outcome.missingNamespace = name
                    return
                }
                if usesNamespaceObject {
                    undecided(.namespace(name), binding: binding.id, into: &outcome)
                    continue
                }
            }
            if usesAuthorizer, context.cluster.authorization == nil {
                undecided(.authorizer, binding: binding.id, into: &outcome)
                continue
            }
            for param in params {
                let evaluation = PolicyEvaluator(policy: self, binding: binding, param: param, context: context)
                outcome.evaluations.append(evaluation.run())
            }
        }
    }

    package func undecided(_ missing: MissingContext, into outcome: inout EvaluationOutcome) {
        // A policy that is not bound denies nothing.
        if !bindings.isEmpty { undecided(missing, binding: nil, into: &outcome) }
    }

    private func undecided(_ missing: MissingContext, binding: BindingID?, into outcome: inout EvaluationOutcome) {
        var decision = Decision(
            .error, action: failurePolicy.action, policy: id, binding: binding, message: missing.description,
            actions: .deny)
        decision.missing = missing
        outcome.evaluations.append(
            PolicyEvaluation(policy: id, binding: binding, decisions: [decision], isConfigurationError: true))
    }

    private func configurationError(_ message: String, _ binding: BindingID?, _ outcome: inout EvaluationOutcome) {
        let what = binding == nil ? "policy" : "binding"
        let decision = Decision(
            .error, action: failurePolicy.action, policy: id, binding: binding,
            message: "failed to configure \(what): \(message)", actions: .deny)
        outcome.evaluations.append(
            PolicyEvaluation(policy: id, binding: binding, decisions: [decision], isConfigurationError: true))
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
        _ binding: Binding, _ context: AdmissionContext
    ) throws(ConfigurationError) -> [Node?] {
        guard let paramKind, let reference = binding.paramRef else { return [nil] }
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
        } else {
            throw ConfigurationError(message: "one of name or selector must be provided")
        }
        if params.isEmpty, reference.notFoundAction == .deny {
            throw ConfigurationError(
                message: "no params found for policy binding with `Deny` parameterNotFoundAction")
        }
        return params
    }
}
