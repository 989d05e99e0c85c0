import Admission
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// One run of a mutating policy: its mutations one after the other. Unlike Kubernetes' policies it changes all that it
/// says or nothing.
struct KyvernoMutationRun {
    private typealias Failure = KyvernoRunner.Failure

    private let policy: KyvernoMutatingPolicy
    private let context: AdmissionContext
    private let target: AdmissionRequest
    private let conditions: [NamedExpression]
    private var runner: KyvernoRunner
    /// The workload with its template in place, if that is what is changed.
    private let view: Node?
    private let oldObject: Value

    /// - Parameters:
    ///   - target: the request whose object is changed, if that is not the context's.
    ///   - conditions: what must hold, if not the policy's own conditions.
    init(
        _ policy: KyvernoMutatingPolicy, _ context: AdmissionContext, _ allowances: ExceptionAllowances,
        target: AdmissionRequest? = nil, conditions: [NamedExpression]? = nil
    ) {
        self.policy = policy
        self.context = context
        self.target = target ?? context.request
        self.conditions = conditions ?? policy.scope.matchConditions
        let kind = self.target.kind
        func template(_ node: Node?) -> Node? {
            policy.generatesRules ? node.flatMap { Autogen.object($0, kind) } : nil
        }
        view = template(self.target.objectNode)
        oldObject = template(self.target.oldObjectNode).map { Value($0) } ?? self.target.oldObject
        runner = KyvernoRunner(
            policy.scope, context, object: view.map { Value($0) } ?? self.target.object, oldObject: oldObject,
            namespace: policy.id.namespace.isEmpty ? nil : policy.id.namespace, allowances)
    }

    func run() -> MutationResult {
        var run = self
        return run.evaluate()
    }

    private mutating func evaluate() -> MutationResult {
        var result = MutationResult()
        do throws(Failure) {
            result.isMatch = try runner.hold(conditions)
        } catch {
            result.isMatch = false
            if policy.failurePolicy == .fail || error.missing != nil { result.errors = [policy.error(error)] }
            return result
        }
        // Without an object (DELETE) there is nothing to change.
        guard result.isMatch, let original = target.objectNode else { return result }
        let kind = view == nil ? target.kind : GroupVersionKind(apiVersion: "v1", kind: "Pod")
        let application = PatchApplication(
            kind, replacesAtomics: policy.replacesAtomics, definitions: context.cluster.definitions)
        var object = view ?? original
        for step in policy.steps {
            do throws(Failure) {
                let patched = try apply(step, to: object, application)
                let isChange = !patched.isEqual(to: object)
                if isChange {
                    object = patched
                    runner.replace(object: Value(object), oldObject: oldObject)
                }
                result.mutations.append(Mutation(check: step.expression.check, isChange: isChange))
            } catch {
                result.mutations = []
                result.errors = [policy.error(error, step.expression.check)]
                return result
            }
        }
        result.object = view == nil ? object : Autogen.workload(original, target.kind, with: object)
        result.auditAnnotations = runner.annotations(policy.auditAnnotations, policy.failurePolicy)
        return result
    }

    private mutating func apply(
        _ step: MutationStep, to object: Node, _ application: PatchApplication
    ) throws(Failure) -> Node {
        let value = try runner.value(of: step.expression)
        do throws(MutationError) {
            return try application.apply(value, step.type, to: object)
        } catch {
            throw Failure(message: error.message, missing: error.missing)
        }
    }
}

// MARK: Objects that exist already

extension KyvernoMutatingPolicy {
    func change(
        _ existing: [AdmissionRequest], because trigger: AdmissionContext
    ) -> [(target: AdmissionRequest, result: MutationResult)] {
        guard let targets else { return [] }
        var runner = KyvernoRunner(
            scope, trigger, object: trigger.request.object, oldObject: trigger.request.oldObject,
            namespace: id.namespace.isEmpty ? nil : id.namespace, ExceptionAllowances())
        do throws(KyvernoRunner.Failure) {
            // Without a word on targets the policy's own conditions are about them.
            if targets.match != nil || targets.expression != nil {
                guard try runner.hold(scope.matchConditions) else { return [] }
            }
            var found = existing
            if let expression = targets.expression {
                let named = Self.nodes(try runner.value(of: expression))
                found = existing.filter { request in
                    named.contains { $0.isSameObject(as: request.objectNode) }
                }
            } else {
                let match = targets.match ?? match
                found = existing.filter { request in
                    match.matchesObject(AdmissionContext(request: request, cluster: trigger.cluster, now: trigger.now))
                }
            }
            return found.map { target in
                let conditions = targets.match == nil && targets.expression == nil ? scope.matchConditions : []
                let run = KyvernoMutationRun(
                    self, trigger, ExceptionAllowances(), target: target, conditions: conditions + targets.conditions)
                return (target, run.run())
            }
        } catch {
            var result = MutationResult()
            result.errors = [self.error(error)]
            return existing.map { ($0, result) }
        }
    }

    /// The objects that an expression gave: one or a list.
    private static func nodes(_ value: Value) -> [Node] {
        switch value {
        case .mapNode(let node): [node]
        case .listNode(let node): node.elements.filter(\.isMap)
        case .list(let elements): elements.flatMap { nodes($0) }
        case .map(let map):
            zip(map.keys, map.values).first { $0.0.stringValue == "items" }.map { nodes($0.1) } ?? []
        default: []
        }
    }
}

extension Node {
    /// Whether both are of the same kind, namespace and name.
    fileprivate func isSameObject(as other: Node?) -> Bool {
        guard let other else { return false }
        func identity(_ node: Node) -> [String] {
            let metadata = node["metadata"]
            return [node["apiVersion"], node["kind"], metadata?["namespace"], metadata?["name"]]
                .map { $0?.string ?? "" }
        }
        return identity(self) == identity(other)
    }
}
