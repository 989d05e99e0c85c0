import Values

/// Defaults that depend on other fields.
extension ViewWriter {
    /// - Parameter current: what the field has now.
    /// - Returns: what it is to have, or nil to leave it.
    func compute(_ computed: ComputedDefault, _ scope: Scope, current: Node?) -> Node? {
        switch computed {
        case .serviceAccount: return value("serviceAccount", scope)
        case .serviceAccountName: return value("serviceAccountName", scope)
        case .imagePullPolicy: return pullPolicy(scope)
        case .tolerations: return options.appliesPlugins ? tolerations(current) : nil
        case .qosClass: return .made { $0.append(Self.qosClass(ofPodSpec: root["spec" as StaticString])) }
        case .appArmor: return appArmor(scope, current)
        case .requests: return requests(scope, current)
        case .podRequests: return podRequests(scope, current)
        case .capacity: return value("capacity", scope)
        case .hostPort:
            let isOnHost = root["spec" as StaticString]?["hostNetwork" as StaticString]?.bool == true
            return isOnHost ? value("containerPort", scope) : nil
        case .targetPort: return value("port", scope)
        case .secretData: return secretData(current)
        case .templateLabels:
            return root["spec" as StaticString]?["template" as StaticString]?["metadata" as StaticString]?[
                "labels" as StaticString]
        case .limitRangeDefault: return merged(current, adding: value("max", scope))
        case .limitRangeRequest:
            let asDefault = merged(current, adding: value("default", scope))
            return merged(asDefault ?? current, adding: value("min", scope)) ?? asDefault
        case .unavailableBesideSurge:
            guard current == nil else { return nil }
            let surge = value("maxSurge", scope)
            return .made { $0.append(Int64(surge?.isZero == true || surge?.string == "0%" ? 1 : 0)) }
        case .lowercaseKind:
            return value("kind", scope)?.string.map { kind in .made { $0.append(kind.lowercased()) } }
        case .listKind: return value("kind", scope)?.string.map { kind in .made { $0.append(kind + "List") } }
        case .daemonSetGeneration: return added("deprecated.daemonset.template.generation", "1", to: current)
        case .namespaceName:
            return value("name", scope)?.string.flatMap { added("kubernetes.io/metadata.name", $0, to: current) }
        }
    }

    /// A service of the cluster's own network gets an address.
    mutating func fillServiceAddress(_ scope: Scope) {
        guard let address = options.serviceAddress, let type = value("type", scope)?.string, type != "ExternalName"
        else {
            return
        }
        fill("clusterIP", .made { $0.append(address) }, scope)
        let own = value("clusterIP", scope)?.string ?? address
        fill(
            "clusterIPs",
            .made {
                $0.beginList()
                $0.append(own)
                $0.endList()
            }, scope)
    }

    // MARK: Pods

    private func pullPolicy(_ scope: Scope) -> Node? {
        let image = value("image", scope)?.string ?? value("reference", scope)?.string ?? ""
        return .made { $0.append(ImageTag.isLatest(image) ? "Always" : "IfNotPresent") }
    }

    private func tolerations(_ current: Node?) -> Node? {
        let missing = ["node.kubernetes.io/not-ready", "node.kubernetes.io/unreachable"].filter { key in
            !current.elements.contains { toleration in
                let own = toleration["key" as StaticString]?.string ?? ""
                let effect = toleration["effect" as StaticString]?.string ?? ""
                return (own.isEmpty || own == key) && (effect.isEmpty || effect == "NoExecute")
            }
        }
        guard !missing.isEmpty else { return nil }
        return .made(recordsPositions: current?.position != nil) { builder in
            builder.beginList(at: current?.position)
            for element in current.elements { builder.append(copyOf: element) }
            for key in missing {
                builder.beginMap()
                for (name, text) in [("key", key), ("operator", "Exists"), ("effect", "NoExecute")] {
                    builder.appendKey(name)
                    builder.append(text)
                }
                builder.appendKey("tolerationSeconds")
                builder.append(Int64(300))
                builder.endMap()
            }
            builder.endList()
        }
    }

    /// BestEffort, Burstable or Guaranteed by the CPU and memory that the containers ask for.
    private static func qosClass(ofPodSpec spec: Node?) -> String {
        func amounts(_ container: Node, _ name: StaticString) -> [String: Quantity] {
            var result: [String: Quantity] = [:]
            for (key, value) in (container["resources" as StaticString]?[name]).entries {
                guard let key = key.string, key == "cpu" || key == "memory", let amount = try? Quantity(node: value),
                    amount.sign != 0
                else { continue }
                result[key] = amount
            }
            return result
        }
        var isBestEffort = true
        var isGuaranteed = true
        for list in ["containers", "initContainers"] as [StaticString] {
            for container in (spec?[list]).elements {
                let limits = amounts(container, "limits")
                let requests = limits.merging(amounts(container, "requests")) { _, own in own }
                if !requests.isEmpty || !limits.isEmpty { isBestEffort = false }
                let isEqual = limits.allSatisfy { name, limit in
                    requests[name].map { Quantity.compare($0, limit) == 0 } ?? false
                }
                if limits.count < 2 || requests.count < 2 || !isEqual { isGuaranteed = false }
            }
        }
        return isBestEffort ? "BestEffort" : isGuaranteed ? "Guaranteed" : "Burstable"
    }

    /// What a container does not ask for, though it limits it, it asks for up to the limit.
    private func requests(_ scope: Scope, _ current: Node?) -> Node? {
        guard scope.key == "resources", scope.depth > 2 else { return nil }
        return merged(current, adding: value("limits", scope))
    }

    /// What a Pod that limits itself as a whole asks for as a whole: what its containers ask for together, else up to
    /// the limit.
    private func podRequests(_ scope: Scope, _ current: Node?) -> Node? {
        guard scope.key == "resources", scope.depth == 2, let limits = value("limits", scope), limits.isMap,
            let spec = root["spec" as StaticString]
        else { return nil }
        var missing: [(key: Node, amount: String)] = []
        for (key, limit) in limits.entries where current?[utf8: key.utf8] == nil {
            let name = key.string ?? ""
            guard name == "cpu" || name == "memory" || name.hasPrefix("hugepages-") else { continue }
            let asked = Self.containerRequests(name, spec).map { $0.canonicalText(roundedUpToMilli: true) }
            if let amount = asked ?? limit.string ?? limit.int.map({ String($0) }) { missing.append((key, amount)) }
        }
        guard !missing.isEmpty else { return nil }
        return .made(recordsPositions: root.position != nil) { builder in
            builder.beginMap(at: current?.position)
            for (key, value) in current.entries {
                builder.appendKey(key.utf8, at: key.position)
                builder.append(copyOf: value)
            }
            for (key, amount) in missing {
                builder.appendKey(key.utf8, at: key.position)
                builder.append(amount, at: key.position)
            }
            builder.endMap()
        }
    }

    /// What the containers of a Pod need at once: all that run on, or one that starts before them if that needs more.
    private static func containerRequests(_ resource: String, _ spec: Node) -> Quantity? {
        func amount(_ container: Node) -> Quantity? {
            let resources = container["resources" as StaticString]
            return
                (resources?["requests" as StaticString]?[resource] ?? resources?["limits" as StaticString]?[resource])
                .flatMap { try? Quantity(node: $0) }
        }
        func larger(_ left: Quantity?, _ right: Quantity?) -> Quantity? {
            guard let left, let right else { return left ?? right }
            return Quantity.compare(left, right) < 0 ? right : left
        }
        func sum(_ left: Quantity?, _ right: Quantity?) -> Quantity? {
            guard let left, let right else { return left ?? right }
            return left + right
        }
        var running: Quantity?
        var starting: Quantity?
        for container in spec["initContainers" as StaticString].elements {
            if container["restartPolicy" as StaticString]?.string == "Always" {
                running = sum(running, amount(container))
                starting = larger(starting, running)
            } else {
                starting = larger(starting, sum(running, amount(container)))
            }
        }
        for container in spec["containers" as StaticString].elements { running = sum(running, amount(container)) }
        return larger(running, starting)
    }

    /// The profile that a pod still names in an annotation.
    private func appArmor(_ scope: Scope, _ current: Node?) -> Node? {
        guard current?["appArmorProfile" as StaticString] == nil, let name = value("name", scope)?.string,
            let profile = root["metadata" as StaticString]?["annotations" as StaticString]?[
                "container.apparmor.security.beta.kubernetes.io/" + name]?.string
        else { return nil }
        let type: String
        var local: Substring?
        switch profile {
        case "unconfined": type = "Unconfined"
        case "runtime/default": type = "RuntimeDefault"
        case _ where profile.hasPrefix("localhost/") && profile.utf8.count > 10:
            (type, local) = ("Localhost", profile.dropFirst(10))
        default: return nil
        }
        return .made(recordsPositions: current?.position != nil) { builder in
            builder.beginMap(at: current?.position)
            for (key, value) in current.entries {
                builder.appendKey(key.utf8, at: key.position)
                builder.append(copyOf: value)
            }
            builder.appendKey("appArmorProfile")
            builder.beginMap()
            builder.appendKey("type")
            builder.append(type)
            if let local {
                builder.appendKey("localhostProfile")
                builder.append(String(local))
            }
            builder.endMap()
            builder.endMap()
        }
    }

    // MARK: Maps

    private func secretData(_ current: Node?) -> Node? {
        guard let texts = root["stringData" as StaticString], texts.count > 0 else { return nil }
        return .made(recordsPositions: root.position != nil) { builder in
            builder.beginMap(at: current?.position ?? texts.position)
            for (key, value) in current.entries where texts[utf8: key.utf8] == nil {
                builder.appendKey(key.utf8, at: key.position)
                builder.append(copyOf: value)
            }
            for (key, value) in texts.entries {
                builder.appendKey(key.utf8, at: key.position)
                builder.append(Base64.encode(Array(value.utf8)), at: value.position)
            }
            builder.endMap()
        }
    }

    /// The map with those entries of the other that it lacks; nil if it lacks none.
    private func merged(_ map: Node?, adding other: Node?) -> Node? {
        guard let other, other.isMap else { return nil }
        let missing = Array(other.entries).filter { map?[utf8: $0.key.utf8] == nil }
        guard !missing.isEmpty else { return nil }
        return .made(recordsPositions: root.position != nil) { builder in
            builder.beginMap(at: map?.position)
            for (key, value) in Array(map.entries) + missing {
                builder.appendKey(key.utf8, at: key.position)
                builder.append(copyOf: value)
            }
            builder.endMap()
        }
    }

    private func added(_ key: String, _ text: String, to map: Node?) -> Node? {
        guard map?[key] == nil else { return nil }
        return merged(
            map,
            adding: .made {
                $0.beginMap()
                $0.appendKey(key)
                $0.append(text)
                $0.endMap()
            })
    }
}

extension Node {
    /// A value of its own, without a place.
    static func made(recordsPositions: Bool = false, _ write: (inout DocumentBuilder) -> Void) -> Node {
        var builder = DocumentBuilder(recordsPositions: recordsPositions)
        write(&builder)
        return builder.finish().root
    }
}
