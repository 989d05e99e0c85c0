import Values

/// Pods, alone and in templates.
extension ObjectValidator {
    mutating func checkPodSpec(_ spec: Node) {
        checkRestartPolicy(spec)
        var names: Set<String> = []
        let volumes = volumeNames(spec)
        for (name, isInit) in [("initContainers", true), ("containers", false), ("ephemeralContainers", false)] {
            for container in spec[name].elements {
                if name != "ephemeralContainers" || rootKind == "Pod", let own = container["name" as StaticString],
                    let text = own.string, !text.isEmpty, !names.insert(text).inserted,
                    // Within one list the list's own rule has reported it.
                    name != "containers" || spec["initContainers" as StaticString]?.contains(name: text) == true
                {
                    if name != "initContainers" { list.add(.duplicate, "duplicate value `\(text)`", at: own, of: root) }
                }
                checkMounts(container, volumes)
                checkProcMount(container, spec)
                if isInit { checkInitContainer(container) }
            }
        }
        checkServiceAccountTokens(spec)
        checkHostProcess(spec)
        checkEphemeral(spec)
    }

    /// Windows' host processes come all together, on the host's network.
    private mutating func checkHostProcess(_ spec: Node) {
        func isHostProcess(_ context: Node?) -> Bool? {
            context?["windowsOptions" as StaticString]?["hostProcess" as StaticString]?.bool
        }
        let outer = isHostProcess(spec["securityContext" as StaticString]) ?? false
        var all: [Bool] = []
        for name in ["containers", "initContainers"] as [StaticString] {
            all += spec[name].elements.map { isHostProcess($0["securityContext" as StaticString]) ?? outer }
        }
        guard all.contains(true) else { return }
        if all.contains(false) {
            invalid(
                spec, "if pod contains any hostProcess containers then all containers must be HostProcess containers")
        }
        if spec["hostNetwork" as StaticString]?.bool != true {
            list.add(
                .value, "invalid value `false`: hostNetwork must be true if pod contains any hostProcess containers",
                at: spec, of: root, field: "hostNetwork")
        }
    }

    private mutating func checkEphemeral(_ spec: Node) {
        guard let containers = spec["ephemeralContainers" as StaticString], containers.count > 0 else { return }
        for container in containers.elements {
            let fields: [StaticString] = ["ports", "livenessProbe", "readinessProbe", "startupProbe", "lifecycle"]
            for field in fields {
                if let found = container[field] { forbid(found, "cannot be set for an Ephemeral Container") }
            }
            if let resources = container["resources" as StaticString], resources.count > 0 {
                forbid(resources, "cannot be set for an Ephemeral Container")
            }
        }
        if isNew, rootKind == "Pod" { forbid(containers, "cannot be set on create") }
    }

    private mutating func checkRestartPolicy(_ spec: Node) {
        guard let policy = spec["restartPolicy" as StaticString] else { return }
        switch rootKind {
        case "Deployment", "ReplicaSet", "DaemonSet", "StatefulSet", "ReplicationController":
            checkText(policy, ["Always"])
        case "Job", "CronJob":
            if policy.string == "Always" {
                list.add(.required, "required value: valid values: `OnFailure`, `Never`", at: policy, of: root)
            }
        default: break
        }
    }

    private func volumeNames(_ spec: Node) -> Set<String> {
        var names: Set<String> = []
        for volume in spec["volumes" as StaticString].elements {
            if let name = volume["name" as StaticString]?.string { names.insert(name) }
        }
        if rootKind == "StatefulSet" {
            let templates = root["spec" as StaticString]?["volumeClaimTemplates" as StaticString]
            for template in templates.elements {
                if let name = template["metadata" as StaticString]?["name" as StaticString]?.string {
                    names.insert(name)
                }
            }
        }
        return names
    }

    private mutating func checkMounts(_ container: Node, _ volumes: Set<String>) {
        for list in ["volumeMounts", "volumeDevices"] as [StaticString] {
            for mount in container[list].elements {
                guard let name = mount["name" as StaticString], let text = name.string, !text.isEmpty,
                    !volumes.contains(text)
                else { continue }
                self.list.add(.value, "not found: `\(text)`", at: name, of: root)
            }
        }
    }

    private mutating func checkProcMount(_ container: Node, _ spec: Node) {
        guard let mount = container["securityContext" as StaticString]?["procMount" as StaticString],
            mount.string == "Unmasked", spec["hostUsers" as StaticString]?.bool != false
        else { return }
        invalid(mount, "`hostUsers` must be false to use `Unmasked`")
    }

    private mutating func checkInitContainer(_ container: Node) {
        guard container["restartPolicy" as StaticString]?.string != "Always" else { return }
        for field in ["lifecycle", "livenessProbe", "readinessProbe", "startupProbe"] as [StaticString] {
            if let found = container[field] {
                forbid(found, "may not be set for init containers without restartPolicy=Always")
            }
        }
    }

    private mutating func checkServiceAccountTokens(_ spec: Node) {
        guard spec["serviceAccountName" as StaticString] == nil, rootKind == "Pod" else { return }
        for volume in spec["volumes" as StaticString].elements {
            for source in (volume["projected" as StaticString]?["sources" as StaticString]).elements {
                if let token = source["serviceAccountToken" as StaticString] {
                    forbid(token, "must not be specified when serviceAccountName is not set")
                }
            }
        }
    }

    mutating func checkContainer(_ container: Node) {
        guard container["resources" as StaticString] != nil else { return }
        for variable in container["env" as StaticString].elements {
            if let source = variable["valueFrom" as StaticString], source.isMap {
                if source.count == 0 {
                    invalid(
                        source,
                        "must specify one of: `fieldRef`, `resourceFieldRef`, `configMapKeyRef`, `secretKeyRef` or `fileKeyRef`"
                    )
                }
                if let value = variable["value" as StaticString], !value.isZero {
                    invalid(source, "may not be specified when `value` is not empty")
                }
            }
        }
    }

    mutating func checkProbe(_ probe: Node) {
        let handlers = ["exec", "httpGet", "tcpSocket", "grpc"] as [StaticString]
        let present = handlers.compactMap { probe[$0] }
        if present.isEmpty {
            list.add(.required, "required value: must specify a handler type", at: probe, of: root)
        } else if present.count > 1 {
            forbid(present[1], "may not specify more than 1 handler type")
        }
    }

    mutating func checkResources(_ resources: Node) {
        let limits = resources["limits" as StaticString]
        for (name, value) in limits.entries {
            guard let limit = try? Quantity(node: value) else { continue }
            if limit.sign < 0 { invalid(value, "must be greater than or equal to 0") }
            guard let request = resources["requests" as StaticString]?[utf8: name.utf8],
                let amount = try? Quantity(node: request), Quantity.compare(amount, limit) > 0
            else { continue }
            invalid(request, "must be less than or equal to \(name.string ?? "") limit of \(value.string ?? "")")
        }
    }
}

extension Node {
    fileprivate func contains(name: String) -> Bool {
        elements.contains { $0["name" as StaticString]?.string == name }
    }
}
