import Values

/// Checks that look at several fields of an object.
extension ObjectValidator {
    mutating func checkType(_ node: Node, _ schema: TypeSchema) {
        switch schema.rules {
        case .none: break
        case .podSpec: checkPodSpec(node)
        case .container: checkContainer(node)
        case .probe: checkProbe(node)
        case .workload: checkWorkload(node)
        case .labelSelectorRequirement: checkRequirement(node)
        case .resourceRequirements: checkResources(node)
        case .serviceSpec: checkService(node)
        case .claimSpec: checkClaim(node)
        case .horizontalPodAutoscaler: checkAutoscaler(node)
        case .ingressSpec:
            if node["defaultBackend" as StaticString] == nil, node["rules" as StaticString] == nil {
                invalid(node, "either `defaultBackend` or `rules` must be specified")
            }
        case .policyRule: checkPolicyRule(node)
        case .roleRef:
            if node["kind" as StaticString]?.isZero ?? true { require("kind", in: node) }
        case .subject: checkSubject(node)
        case .secret: checkSecret(node)
        case .storageCapacity:
            if let name = node["storageClassName" as StaticString], name.isZero {
                for problem in NameFormat.subdomain([]) { invalid(name, problem) }
            }
        }
    }

    // MARK: Selectors

    private mutating func checkWorkload(_ spec: Node) {
        guard let selector = spec["selector" as StaticString], selector.isMap else { return }
        let labels = selector["matchLabels" as StaticString]
        let expressions = selector["matchExpressions" as StaticString]
        if labels.isEmpty, expressions.isEmpty {
            return invalid(selector, "empty selector is invalid for \(rootKind.lowercased())")
        }
        let metadata = spec["template" as StaticString]?["metadata" as StaticString]
        let own = metadata?["labels" as StaticString]
        let matches =
            labels.entries.allSatisfy { own?[utf8: $0.key.utf8]?.string == $0.value.string }
            && expressions.elements.allSatisfy { Self.holds($0, own) }
        if !matches, let place = own ?? metadata ?? spec["template" as StaticString] {
            let path = own == nil ? "labels" : nil
            list.add(
                .value, "invalid value: `selector` does not match template `labels`", at: own ?? place, of: root,
                field: path)
        }
    }

    private static func holds(_ expression: Node, _ labels: Node?) -> Bool {
        guard let key = expression["key" as StaticString]?.string else { return true }
        let value = labels?[key]?.string
        let values = expression["values" as StaticString].map { $0.elements.map(\.string) } ?? []
        return switch expression["operator" as StaticString]?.string {
        case "In": value != nil && values.contains(value)
        case "NotIn": value == nil || !values.contains(value)
        case "Exists": value != nil
        case "DoesNotExist": value == nil
        default: true
        }
    }

    private mutating func checkRequirement(_ node: Node) {
        let values = node["values" as StaticString]
        switch node["operator" as StaticString]?.string {
        case "In", "NotIn":
            if values.isEmpty {
                require("values", in: node, because: "must be specified when `operator` is 'In' or 'NotIn'")
            }
        case "Exists", "DoesNotExist":
            if let values, values.count > 0 {
                forbid(values, "may not be specified when `operator` is 'Exists' or 'DoesNotExist'")
            }
        default: break
        }
    }

    // MARK: Services and claims

    private mutating func checkService(_ spec: Node) {
        let type = spec["type" as StaticString]?.string ?? ""
        let ports = spec["ports" as StaticString]
        if type == "ExternalName" {
            guard let name = spec["externalName" as StaticString], !name.isZero else {
                return require("externalName", in: spec)
            }
            let text = Array(name.utf8)
            // A final dot, as DNS has it, is allowed.
            for problem in NameFormat.subdomain(text.last == UInt8(ascii: ".") ? text.dropLast() : text) {
                invalid(name, problem)
            }
        } else if ports.isEmpty, spec["clusterIP" as StaticString]?.string != "None" {
            require("ports", in: spec)
        }
        if let ports, ports.count > 1 {
            for port in ports.elements where port["name" as StaticString].isEmpty { require("name", in: port) }
        }
    }

    private mutating func checkClaim(_ spec: Node) {
        let requests = spec["resources" as StaticString]?["requests" as StaticString]
        guard let storage = requests?["storage" as StaticString] else {
            guard let resources = spec["resources" as StaticString] else {
                return require("resources[storage]", in: spec)
            }
            return list.add(.required, "required value: `requests.storage`", at: requests ?? resources, of: root)
        }
        if let amount = try? Quantity(node: storage), amount.sign <= 0 { invalid(storage, "must be greater than zero") }
    }

    private mutating func checkAutoscaler(_ spec: Node) {
        let minimum = spec["minReplicas" as StaticString]?.int ?? 1
        if let maximum = spec["maxReplicas" as StaticString], let number = maximum.int, number >= 1, number < minimum {
            invalid(maximum, "must be greater than or equal to `minReplicas`")
        }
        for metric in spec["metrics" as StaticString].elements {
            guard let type = metric["type" as StaticString]?.string, let first = type.first else { continue }
            let member = first.lowercased() + type.dropFirst()
            if metric[member] == nil {
                require(member, in: metric, because: "must populate information for the given metric source")
            }
        }
    }

    // MARK: RBAC

    private mutating func checkPolicyRule(_ rule: Node) {
        if let urls = rule["nonResourceURLs" as StaticString], urls.count > 0 {
            if rootKind == "Role" { invalid(urls, "namespaced rules cannot apply to non-resource URLs") }
            return
        }
        if rule["apiGroups" as StaticString].isEmpty {
            require("apiGroups", in: rule, because: "resource rules must supply at least one api group")
        }
        if rule["resources" as StaticString].isEmpty {
            require("resources", in: rule, because: "resource rules must supply at least one resource")
        }
    }

    private mutating func checkSubject(_ subject: Node) {
        let group = subject["apiGroup" as StaticString]
        switch subject["kind" as StaticString]?.string {
        case "ServiceAccount":
            if let group, !group.isZero { checkText(group, [""]) }
            if rootKind == "ClusterRoleBinding" || rootKind == "RoleBinding",
                subject["namespace" as StaticString].isEmpty,
                rootKind == "ClusterRoleBinding"
            {
                require("namespace", in: subject)
            }
            if let name = subject["name" as StaticString], !name.isZero {
                for problem in NameFormat.subdomain(Array(name.utf8)) { invalid(name, problem) }
            }
        case "User", "Group":
            if let group { checkText(group, ["rbac.authorization.k8s.io"]) }
        default: break
        }
    }

    // MARK: Secrets

    private mutating func checkSecret(_ secret: Node) {
        func has(_ key: String) -> Bool { secret["data" as StaticString]?[key] != nil }
        switch secret["type" as StaticString]?.string {
        case "kubernetes.io/service-account-token":
            let annotations = secret["metadata" as StaticString]?["annotations" as StaticString]
            let name = "kubernetes.io/service-account.name"
            if (annotations?[name]).isEmpty {
                list.add(
                    .required, "required value: annotation `\(name)`",
                    at: annotations ?? secret["metadata" as StaticString] ?? secret, of: root,
                    field: annotations == nil ? "annotations[\(name)]" : nil)
            }
        case "kubernetes.io/basic-auth":
            if !has("username"), !has("password") {
                require("data[username]", in: secret)
                require("data[password]", in: secret)
            }
        case "kubernetes.io/ssh-auth": if !has("ssh-privatekey") { require("data[ssh-privatekey]", in: secret) }
        case "kubernetes.io/tls":
            for key in ["tls.crt", "tls.key"] where !has(key) { require("data[\(key)]", in: secret) }
        case "kubernetes.io/dockerconfigjson":
            if !has(".dockerconfigjson") { require("data[.dockerconfigjson]", in: secret) }
        case "kubernetes.io/dockercfg": if !has(".dockercfg") { require("data[.dockercfg]", in: secret) }
        default: break
        }
    }
}
