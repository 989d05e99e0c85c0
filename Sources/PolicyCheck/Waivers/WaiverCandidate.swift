import Admission
import Documents
import KubernetesSchemas
import PolicyEngine
import Values

/// An object that a policy finds fault with, and what tells it from all others.
struct WaiverCandidate {
    let policy: any CompiledPolicy
    let object: Node
    let request: AdmissionRequest
    /// Set if the fault is found with the Pod of the workload's template.
    let pod: ExpandedPod?

    enum Ruling {
        case faulty(WaiverCandidate)
        case excused(by: String)
        case faultless
    }

    static func judge(
        _ object: Node, by policy: any CompiledPolicy, with judge: FileJudge
    ) throws(DocumentError) -> Ruling {
        let request = try judge.admittedRequest(of: object)
        let own = judge.policies.judge(request)
        let pod = judge.policies.judgePod(of: request) { judge.schemas.view(ofPod: $0)?.root ?? $0 }
        func find(_ verdict: Verdict?) -> [PolicyEvaluation] {
            verdict?.evaluations.filter { $0.policy == policy.id } ?? []
        }
        func isFaulty(_ evaluations: [PolicyEvaluation]) -> Bool {
            evaluations.contains { $0.decisions.contains { FindingBuilder.effect(of: $0) != nil } }
        }
        if isFaulty(find(own)) {
            return .faulty(WaiverCandidate(policy: policy, object: object, request: request, pod: nil))
        }
        if let pod, isFaulty(find(pod.verdict)) {
            return .faulty(WaiverCandidate(policy: policy, object: object, request: request, pod: pod.pod))
        }
        let excuses = (find(own) + find(pod?.verdict)).flatMap(\.exceptions)
        return excuses.first.map { .excused(by: $0.qualifiedName) } ?? .faultless
    }

    var nameParts: [String] {
        [policy.id.name, request.kind.kind, objectName.isEmpty ? generatedFrom : objectName]
    }

    private var metadata: Node? { (request.objectNode ?? request.oldObjectNode)?["metadata" as StaticString] }
    private var objectName: String {
        request.name.isEmpty ? metadata?["name" as StaticString]?.string ?? "" : request.name
    }
    private var generatedFrom: String { metadata?["generateName" as StaticString]?.string ?? "" }

    /// Expressions that hold for this object and no other, or for the Pods that it leads to.
    var conditions: [(name: String, expression: String)] {
        // What is deleted is not in `object`.
        let object = request.objectNode == nil ? "oldObject" : "object"
        var conditions = [
            (
                name: "kind",
                expression: "\(object).kind == \(WaiverText.literal(pod == nil ? request.kind.kind : "Pod"))"
            )
        ]
        if !request.namespace.isEmpty {
            conditions.append(("namespace", "\(object).metadata.namespace == \(WaiverText.literal(request.namespace))"))
        }
        let base = objectName.isEmpty ? generatedFrom : objectName
        if let pod {
            conditions.append(("owner", Self.owner(of: pod, base)))
        } else if objectName.isEmpty {
            let expression = "\(object).metadata.?generateName.orValue('') == \(WaiverText.literal(generatedFrom))"
            conditions.append(("name", expression))
        } else {
            conditions.append(("name", "\(object).metadata.name == \(WaiverText.literal(objectName))"))
        }
        return conditions
    }

    /// The Pod's controller: the workload itself, or what it makes on the way and names after itself.
    private static func owner(of pod: ExpandedPod, _ workload: String) -> String {
        let owners = pod.request.objectNode?["metadata" as StaticString]?["ownerReferences" as StaticString]
        let kind = owners?.element(at: 0)?["kind" as StaticString]?.string ?? pod.workloadKind
        var name = "o.name == \(WaiverText.literal(workload))"
        if kind != pod.workloadKind {
            // A ReplicaSet's hash is made of these; a Job of a CronJob has the minute.
            let suffix = kind == "ReplicaSet" ? "[bcdfghjklmnpqrstvwxz2456789]{1,10}" : "[0-9]{1,10}"
            name = "o.name.matches(\(WaiverText.literal("^\(escaped(workload))(-\(suffix))?$")))"
        }
        return
            "object.metadata.?ownerReferences.orValue([]).exists(o, o.kind == \(WaiverText.literal(kind)) && \(name))"
    }

    /// For a regular expression.
    private static func escaped(_ text: String) -> String {
        text.reduce(into: "") { out, character in
            if !character.isLetter, !character.isNumber, character != "-", character != "_" { out.append("\\") }
            out.append(character)
        }
    }
}
