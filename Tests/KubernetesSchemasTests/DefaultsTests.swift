import Diagnostics
import Documents
import Testing
import Values

@testable import KubernetesSchemas

/// Defaults that the recordings do not show, from the published documentation of the fields.
@Suite struct DefaultsTests {
    struct Case: Sendable {
        let manifest: String
        let path: [String]
        /// As JSON; empty for what must not be there.
        let value: String

        init(_ manifest: String, _ path: String, _ value: String) {
            self.manifest = manifest
            self.path = path.split(separator: "/").map(String.init)
            self.value = value
        }
    }

    private static func pod(_ spec: String) -> String {
        "{apiVersion: v1, kind: Pod, metadata: {name: a}, spec: {\(spec)}}"
    }
    private static let container = "containers: [{name: c, image: 'i:1'}]"
    private static let template = "template: {metadata: {labels: {a: b}}, spec: {\(container)}}"
    private static func flow(_ kind: String, _ spec: String) -> String {
        "{apiVersion: flowcontrol.apiserver.k8s.io/v1, kind: \(kind), metadata: {name: a}, spec: \(spec)}"
    }
    private static func claim(_ version: String, _ request: String) -> String {
        "{apiVersion: resource.k8s.io/\(version), kind: ResourceClaim, metadata: {name: a}, spec: {devices: {requests: [\(request)]}}}"
    }
    private static let requests = "spec/devices/requests/0"
    private static let job = "{apiVersion: batch/v1, kind: Job, metadata: {name: a}, spec: {\(template)}}"
    private static let controller =
        "{apiVersion: v1, kind: ReplicationController, metadata: {name: a}, spec: {\(template)}}"

    static let cases = [
        Case(pod(container), "spec/terminationGracePeriodSeconds", "30"),
        Case(pod(container), "spec/containers/0/imagePullPolicy", "\"IfNotPresent\""),
        Case(
            pod("containers: [{name: c, image: i, livenessProbe: {grpc: {port: 1}}}]"),
            "spec/containers/0/livenessProbe/grpc/service", "\"\""),
        Case(
            pod("hostNetwork: true, containers: [{name: c, image: i, ports: [{containerPort: 80}]}]"),
            "spec/containers/0/ports/0/hostPort", "80"),
        Case(pod("resources: {limits: {cpu: 2}}, \(container)"), "spec/resources/requests/cpu", "\"2\""),
        Case(
            pod(
                "resources: {limits: {cpu: 2}}, containers: [{name: c, image: i, resources: {requests: {cpu: 500m}}}, {name: d, image: i, resources: {requests: {cpu: 1}}}]"
            ),
            "spec/resources/requests/cpu", "\"1500m\""),
        Case(pod("volumes: [{name: v}], \(container)"), "spec/volumes/0/emptyDir", "{}"),
        Case(job, "metadata/labels", "{\"a\":\"b\"}"), Case(job, "spec/backoffLimit", "6"),
        Case(controller, "metadata/labels", "{\"a\":\"b\"}"), Case(controller, "spec/selector", "{\"a\":\"b\"}"),
        Case(
            "{apiVersion: apps/v1, kind: Deployment, metadata: {name: a}, spec: {\(template)}}", "metadata/labels", ""),
        Case(
            "{apiVersion: v1, kind: Service, metadata: {name: a}, spec: {sessionAffinity: ClientIP, sessionAffinityConfig: {clientIP: {}}, ports: [{port: 1}]}}",
            "spec/sessionAffinityConfig/clientIP/timeoutSeconds", "10800"),
        Case(
            "{apiVersion: v1, kind: Node, metadata: {name: a}, status: {capacity: {cpu: '4'}}}",
            "status/allocatable/cpu", "\"4\""),
        Case(flow("FlowSchema", "{priorityLevelConfiguration: {name: a}}"), "spec/matchingPrecedence", "1000"),
        Case(
            flow("PriorityLevelConfiguration", "{type: Limited, limited: {limitResponse: {type: Queue, queuing: {}}}}"),
            "spec/limited/limitResponse/queuing", "{\"handSize\":8,\"queueLengthLimit\":50,\"queues\":64}"),
        Case(
            flow("PriorityLevelConfiguration", "{type: Exempt, exempt: {}}"), "spec/exempt",
            "{\"lendablePercent\":0,\"nominalConcurrencyShares\":0}"),
        Case(claim("v1", "{name: r, exactly: {deviceClassName: c}}"), "\(requests)/exactly/count", "1"),
        Case(
            claim("v1beta2", "{name: r, exactly: {deviceClassName: c}}"), "\(requests)/exactly/allocationMode",
            "\"ExactCount\""),
        Case(claim("v1beta1", "{name: r, deviceClassName: c}"), "\(requests)/count", "1"),
        Case(claim("v1beta1", "{name: r, firstAvailable: []}"), "\(requests)/count", ""),
        Case(
            "{apiVersion: scheduling.k8s.io/v1, kind: PriorityClass, metadata: {name: a}, value: 1}",
            "preemptionPolicy", "\"PreemptLowerPriority\""),
        Case(
            "{apiVersion: storage.k8s.io/v1, kind: StorageClass, metadata: {name: a}, provisioner: p}",
            "volumeBindingMode", "\"Immediate\""),
        Case(
            "{apiVersion: storage.k8s.io/v1, kind: CSIDriver, metadata: {name: a}, spec: {}}",
            "spec/volumeLifecycleModes", "[\"Persistent\"]"),
        Case("{apiVersion: v1, kind: Secret, metadata: {name: a}, stringData: {k: v}}", "data/k", "\"dg==\""),
        Case(
            "{apiVersion: v1, kind: Namespace, metadata: {name: a}}", "metadata/labels",
            "{\"kubernetes.io/metadata.name\":\"a\"}"),
        Case(
            "{apiVersion: v1, kind: LimitRange, metadata: {name: a}, spec: {limits: [{type: Container, max: {cpu: 1}}]}}",
            "spec/limits/0/defaultRequest", "{\"cpu\":\"1\"}"),
        Case(
            "{apiVersion: v1, kind: PersistentVolumeClaim, metadata: {name: a}, spec: {}}", "spec/volumeMode",
            "\"Filesystem\""),
        Case(
            "{apiVersion: v1, kind: PersistentVolume, metadata: {name: a}, spec: {hostPath: {path: /}}}",
            "spec/hostPath/type", "\"\""),
        Case(
            "{apiVersion: networking.k8s.io/v1, kind: NetworkPolicy, metadata: {name: a}, spec: {podSelector: {}, egress: [{}]}}",
            "spec/policyTypes", "[\"Ingress\",\"Egress\"]"),
        Case(
            "{apiVersion: autoscaling/v1, kind: HorizontalPodAutoscaler, metadata: {name: a}, spec: {maxReplicas: 2, scaleTargetRef: {kind: D, name: d}}}",
            "spec/minReplicas", "1"),
        Case(
            "{apiVersion: discovery.k8s.io/v1, kind: EndpointSlice, metadata: {name: a}, addressType: IPv4, endpoints: [], ports: [{port: 1}]}",
            "ports/0/protocol", "\"TCP\""),
        Case(
            "{apiVersion: apiregistration.k8s.io/v1, kind: APIService, metadata: {name: v1.a}, spec: {group: a, version: v1, groupPriorityMinimum: 1, versionPriority: 1, service: {name: s, namespace: n}}}",
            "spec/service/port", "443"),
        Case(
            "{apiVersion: apiextensions.k8s.io/v1, kind: CustomResourceDefinition, metadata: {name: ws.e.f}, spec: {group: e.f, scope: Cluster, names: {kind: W, plural: ws}, versions: []}}",
            "spec/names/listKind", "\"WList\""),
        Case(
            "{apiVersion: admissionregistration.k8s.io/v1, kind: MutatingWebhookConfiguration, metadata: {name: a}, webhooks: [{name: a.b.c, rules: [{}], clientConfig: {}, sideEffects: None, admissionReviewVersions: [v1]}]}",
            "webhooks/0/reinvocationPolicy", "\"Never\""),
        Case(
            "{apiVersion: admissionregistration.k8s.io/v1beta1, kind: MutatingAdmissionPolicy, metadata: {name: a}, spec: {matchConstraints: {}}}",
            "spec/matchConstraints/matchPolicy", "\"Equivalent\""),
        Case(
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: r}, subjects: [{kind: User, name: u}]}",
            "subjects/0/apiGroup", "\"rbac.authorization.k8s.io\""),
        Case(
            "{apiVersion: rbac.authorization.k8s.io/v1, kind: RoleBinding, metadata: {name: a}, roleRef: {kind: Role, name: r}, subjects: [{kind: ServiceAccount, name: u}]}",
            "subjects/0/apiGroup", ""),
    ]

    @Test("fills in what the documentation says", arguments: cases.indices)
    func defaults(_ index: Int) throws {
        let test = Self.cases[index]
        var stream = ManifestStream(SourceFile(name: "m.yaml", text: test.manifest))
        var options = AdmittedView.Options()
        options.isNew = !test.manifest.contains("status:")
        let manifest = try #require(try stream.next())
        let view = try #require(AdmittedView(of: manifest, in: .builtIn, options: options))
        var node: Node? = view.root
        for part in test.path { node = Int(part).map { node?.element(at: $0) } ?? node?[part] }
        let found = node.map { String(decoding: JSONWriter().write($0), as: UTF8.self) } ?? ""
        #expect(found == test.value, "\(test.path)")
    }

    /// What the server fills in only when it reads back what it stored, which was after admission.
    private static let readBack = [
        "+.metadata.labels={batch.kubernetes.io/controller-uid,": "a Job's labels are its template's, made for its uid",
        "+.status.phase=\"Pending\"": "a claim's status is emptied before admission",
    ]

    @Test("an object that is admitted already comes out as it went in", .enabled(if: SharedData.isPresent))
    func fixedPoint() throws {
        var objects = try SharedData.lines("admitted").compactMap { $0["admitted"] }
        for (_, request) in try SharedData.reviews() {
            objects += ["object", "oldObject"].compactMap { request[$0] }.filter(\.isMap)
        }
        var options = AdmittedView.Options()
        options.isNew = false
        #expect(objects.count > 1_300)
        for object in objects {
            guard let view = AdmittedView(of: object, in: .builtIn, options: options) else { continue }
            let difference = view.root.difference(from: object)
            if let difference, Self.readBack.contains(where: { difference.hasPrefix($0.key) }) { continue }
            #expect(difference == nil, "\(object["kind"]?.string ?? "") \(object["metadata"]?["name"]?.string ?? "")")
        }
    }
}
