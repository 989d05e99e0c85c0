package import Admission

/// Another name under which an API server serves the same objects.
package struct EquivalentResource: Sendable {
    package let name: GroupVersionResource
    /// Whether the objects have the same fields in both, so that no conversion is needed.
    package let hasSameShape: Bool
}

/// Resources that API servers serve under several groups or versions, for `matchPolicy: Equivalent`.
package enum EquivalentResources {
    /// Each row holds the names of one resource. `~` marks rows whose versions differ in their fields.
    private static let table: [String] = [
        "deployments apps/v1 apps/v1beta2 apps/v1beta1 extensions/v1beta1",
        "daemonsets apps/v1 apps/v1beta2 extensions/v1beta1",
        "replicasets apps/v1 apps/v1beta2 extensions/v1beta1",
        "statefulsets apps/v1 apps/v1beta2 apps/v1beta1",
        "controllerrevisions apps/v1 apps/v1beta2 apps/v1beta1",
        "cronjobs batch/v1 batch/v1beta1",
        "networkpolicies networking.k8s.io/v1 extensions/v1beta1",
        "~ingresses networking.k8s.io/v1 networking.k8s.io/v1beta1 extensions/v1beta1",
        "ingressclasses networking.k8s.io/v1 networking.k8s.io/v1beta1",
        "ipaddresses networking.k8s.io/v1 networking.k8s.io/v1beta1",
        "servicecidrs networking.k8s.io/v1 networking.k8s.io/v1beta1",
        "poddisruptionbudgets policy/v1 policy/v1beta1",
        "~events /v1 events.k8s.io/v1",
        "~horizontalpodautoscalers autoscaling/v2 autoscaling/v1 autoscaling/v2beta2",
        "roles rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "clusterroles rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "rolebindings rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "clusterrolebindings rbac.authorization.k8s.io/v1 rbac.authorization.k8s.io/v1beta1",
        "volumeattributesclasses storage.k8s.io/v1 storage.k8s.io/v1beta1",
        "storageclasses storage.k8s.io/v1 storage.k8s.io/v1beta1",
        "priorityclasses scheduling.k8s.io/v1 scheduling.k8s.io/v1beta1",
        "leases coordination.k8s.io/v1 coordination.k8s.io/v1beta1",
        "mutatingadmissionpolicies admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1beta1 "
            + "admissionregistration.k8s.io/v1alpha1",
        "mutatingadmissionpolicybindings admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1beta1 "
            + "admissionregistration.k8s.io/v1alpha1",
        "validatingadmissionpolicies admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1beta1",
        "validatingadmissionpolicybindings admissionregistration.k8s.io/v1 admissionregistration.k8s.io/v1beta1",
        "~deviceclasses resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1",
        "~resourceclaims resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1",
        "~resourceclaimtemplates resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1",
        "~resourceslices resource.k8s.io/v1 resource.k8s.io/v1beta2 resource.k8s.io/v1beta1",
    ]

    /// By resource name: the rows that have it.
    private static let rows: [String: [[EquivalentResource]]] = {
        var rows: [String: [[EquivalentResource]]] = [:]
        for line in table {
            var words = line.split(separator: " ").map(String.init)
            var resource = words.removeFirst()
            let differs = resource.hasPrefix("~")
            if differs { resource.removeFirst() }
            let row = words.map { word in
                let (group, version) = GroupVersionKind.split(word)
                return EquivalentResource(
                    name: GroupVersionResource(group: group, version: version, resource: resource),
                    hasSameShape: !differs)
            }
            rows[resource, default: []].append(row)
        }
        return rows
    }()

    /// The other names of a resource; empty for most.
    static func others(of name: ResourceName) -> [EquivalentResource] {
        guard let candidates = rows[String(decoding: name.resource, as: UTF8.self)] else { return [] }
        func isSame(_ entry: EquivalentResource) -> Bool {
            name.group.elementsEqual(entry.name.group.utf8) && name.version.elementsEqual(entry.name.version.utf8)
        }
        guard let row = candidates.first(where: { $0.contains(where: isSame) }) else { return [] }
        return row.filter { !isSame($0) }
    }

    /// The groups under which a resource of a group is served too, the group itself not among them.
    static func otherGroups(of group: String, resource: String) -> Set<String> {
        var groups: Set<String> = []
        for row in rows[resource] ?? [] where row.contains(where: { $0.name.group == group }) {
            groups.formUnion(row.map(\.name.group))
        }
        groups.remove(group)
        return groups
    }
}

extension EquivalentResource {
    /// Calls `body` with the name as bytes.
    func withName<Result>(_ body: (ResourceName) -> Result) -> Result {
        var (group, version, resource) = (name.group, name.version, name.resource)
        return group.withUTF8 { group in
            version.withUTF8 { version in
                resource.withUTF8 { body(ResourceName(group: group, version: version, resource: $0)) }
            }
        }
    }
}
