import Admission
import PolicyEngine
package import Values

extension FieldReader {
    /// Reads a ValidatingAdmissionPolicy; what can be read is kept even where other fields are wrong.
    ///
    /// - Returns: nil if there is no name or no spec.
    mutating func policy(_ root: Node) -> PolicyDefinition? {
        allow(["apiVersion", "kind", "metadata", "spec", "status"], in: root, "")
        clusterMetadata(root)
        guard let name = objectName(root), let spec = specification(root) else { return nil }
        allow(Self.headFields + ["validations", "auditAnnotations"], in: spec, "spec")
        let head = head(root, name, spec)
        let validations = objects("validations", in: spec, "spec").compactMap { validation($0.node, $0.path) }
        let annotations = auditAnnotations(spec, policy: name)
        if ["validations", "auditAnnotations"].allSatisfy({ spec[$0]?.count ?? 0 == 0 }) {
            let detail = "validations or auditAnnotations must contain at least one item"
            report(.required, "spec.validations", detail, at: spec)
            report(.required, "spec.auditAnnotations", detail, at: spec)
        }
        return PolicyDefinition(head: head, validations: validations, auditAnnotations: annotations)
    }

    /// Fields of `spec` that both kinds of policies have.
    static let headFields = ["paramKind", "matchConstraints", "failurePolicy", "matchConditions", "variables"]

    mutating func head(_ root: Node, _ name: String, _ spec: Node) -> PolicyHead {
        let failurePolicy = choice("failurePolicy", in: spec, "spec", FailurePolicy.self) ?? .fail
        let paramKind = paramKind(spec)
        let match = constraints(spec)
        let conditions = matchConditions(spec)
        let variables = variables(spec, uniquely: false)
        return PolicyHead(
            root: root, name: name, paramKind: paramKind, match: match, failurePolicy: failurePolicy,
            variables: variables, matchConditions: conditions)
    }

    package mutating func objectName(_ root: Node) -> String? {
        guard let metadata = map("metadata", in: root, "") else {
            report(.required, "metadata", at: root["metadata"] ?? root)
            return nil
        }
        guard let node = string("name", in: metadata, "metadata"), let name = node.string, !name.isEmpty else {
            report(.required, "metadata.name", "name or generateName is required", at: metadata)
            return nil
        }
        report(problems: NameFormat.subdomain(Array(name.utf8)), "metadata.name", at: node)
        return name
    }

    package mutating func specification(_ root: Node) -> Node? {
        let spec = map("spec", in: root, "")
        if spec == nil, root["spec"]?.isNull ?? true { report(.required, "spec", at: root) }
        return spec
    }

    private mutating func paramKind(_ spec: Node) -> GroupVersionKind? {
        guard let node = map("paramKind", in: spec, "spec") else { return nil }
        allow(["apiVersion", "kind"], in: node, "spec.paramKind")
        let version = string("apiVersion", in: node, "spec.paramKind")
        let kind = string("kind", in: node, "spec.paramKind")
        let (versionText, kindText) = (version?.string ?? "", kind?.string ?? "")
        if let version, !versionText.isEmpty {
            report(problems: Self.problems(apiVersion: versionText), "spec.paramKind.apiVersion", at: version)
        } else {
            report(.required, "spec.paramKind.apiVersion", at: version ?? node)
        }
        if let kind, !kindText.isEmpty {
            let problems = NameFormat.oldLabel(Array(kindText.lowercased().utf8))
            if !problems.isEmpty {
                report(
                    .invalid, "spec.paramKind.kind",
                    "may have mixed case, but should otherwise match: \(problems.joined(separator: ","))", at: kind)
            }
        } else {
            report(.required, "spec.paramKind.kind", at: kind ?? node)
        }
        return GroupVersionKind(apiVersion: versionText, kind: kindText)
    }

    private static func problems(apiVersion text: String) -> [String] {
        // A lone slash counts as nothing there.
        if text == "/" { return ["version must be specified"] }
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count <= 2, let version = parts.last else { return ["unexpected GroupVersion string: \(text)"] }
        var problems: [String] = []
        if parts.count == 2, !parts[0].isEmpty {
            let found = NameFormat.subdomain(Array(parts[0].utf8))
            if !found.isEmpty { problems.append(found.joined(separator: ",")) }
        }
        if version.isEmpty {
            problems.append("version must be specified")
        } else {
            let found = NameFormat.oldLabel(Array(version.utf8))
            if !found.isEmpty { problems.append(found.joined(separator: ",")) }
        }
        return problems
    }

    private mutating func constraints(_ spec: Node) -> MatchResources {
        guard let node = map("matchConstraints", in: spec, "spec") else {
            if spec["matchConstraints"]?.isNull ?? true { report(.required, "spec.matchConstraints", at: spec) }
            return MatchResources()
        }
        var match = matchResources(node, "spec.matchConstraints")
        if match.resourceRules.isEmpty {
            report(.required, "spec.matchConstraints.resourceRules", at: node)
            // One that is stored all the same is about everything.
            match.resourceRules = [
                ResourceRule(groups: ["*"], versions: ["*"], resources: ["*/*"], operations: .all)
            ]
        }
        return match
    }

    /// A required expression; one that is missing or blank is reported.
    package mutating func expression(
        _ name: String, in node: Node, _ path: String, _ detail: String
    ) -> ExpressionText? {
        let value = string(name, in: node, path)
        guard let value, let text = value.string, !Names.trimmed(text).isEmpty else {
            if node[name] == nil || value != nil || node[name]?.isNull == true {
                report(.required, "\(path).\(name)", detail, at: value ?? node)
            }
            return nil
        }
        return ExpressionText(node: value, field: "\(path).\(name)", text: text)
    }

    package mutating func validation(_ node: Node, _ path: String) -> PolicyDefinition.Validation? {
        allow(["expression", "message", "reason", "messageExpression"], in: node, path)
        let messageNode = string("message", in: node, path)
        let message = messageNode?.string ?? ""
        if let messageNode, !message.isEmpty {
            let trimmed = Names.trimmed(message)
            if trimmed.isEmpty {
                report(.invalid, "\(path).message", "must be non-empty if specified", at: messageNode)
            } else if trimmed.utf8.contains(where: { $0 == 10 || $0 == 13 }) {
                report(.invalid, "\(path).message", "must not contain line breaks", at: messageNode)
            }
        }
        var messageExpression: ExpressionText?
        if let value = string("messageExpression", in: node, path), let text = value.string, !text.isEmpty {
            if Names.trimmed(text).isEmpty {
                report(.invalid, "\(path).messageExpression", "must be non-empty if specified", at: value)
            } else {
                messageExpression = ExpressionText(node: value, field: "\(path).messageExpression", text: text)
            }
        }
        let reason = reason(node, path)
        guard let expression = expression("expression", in: node, path, "expression is not specified") else {
            return nil
        }
        return PolicyDefinition.Validation(
            expression: expression, message: message, messageExpression: messageExpression, reason: reason)
    }

    private mutating func reason(_ node: Node, _ path: String) -> StatusReason {
        guard let value = string("reason", in: node, path), let text = value.string else { return .invalid }
        let reason = StatusReason(rawValue: text)
        let allowed: [StatusReason] = [.forbidden, .invalid, .requestEntityTooLarge]
        if reason.map({ !allowed.contains($0) }) ?? true {
            reportNotSupported("\(path).reason", text, allowed.map(\.rawValue), at: value)
        }
        return reason ?? .invalid
    }

    /// - Parameter field: the list's name in `spec`.
    package mutating func matchConditions(
        _ spec: Node, _ field: String = "matchConditions", path: String = "spec"
    ) -> [PolicyDefinition.Named] {
        let list = objects(field, in: spec, path)
        if list.count > PolicyLimits.maximumMatchConditions, let node = spec[field] {
            report(
                .tooMany, "\(path).\(field)", "must have at most \(PolicyLimits.maximumMatchConditions) items",
                at: node)
        }
        var seen: Set<String> = []
        return list.compactMap { node, path in
            allow(["name", "expression"], in: node, path)
            let nameNode = string("name", in: node, path)
            let name = nameNode?.string ?? ""
            if name.isEmpty {
                report(.required, "\(path).name", at: nameNode ?? node)
            } else {
                report(problems: NameFormat.qualifiedName(Array(name.utf8)), "\(path).name", at: nameNode ?? node)
                if !seen.insert(name).inserted { report(.duplicate, "\(path).name", at: nameNode ?? node) }
            }
            guard let expression = expression("expression", in: node, path, "") else { return nil }
            return PolicyDefinition.Named(name: name, expression: expression)
        }
    }

    /// - Parameter uniquely: whether two of one name are an error. API servers take them, and the last one counts.
    package mutating func variables(
        _ spec: Node, _ path: String = "spec", uniquely: Bool = true
    ) -> [PolicyDefinition.Named] {
        var seen: Set<String> = []
        return objects("variables", in: spec, path).compactMap { node, path in
            allow(["name", "expression"], in: node, path)
            let nameNode = string("name", in: node, path)
            let name = nameNode?.string ?? ""
            if Names.trimmed(name).isEmpty {
                report(.required, "\(path).name", "name is not specified", at: nameNode ?? node)
            } else if !Names.isIdentifier(name) {
                report(.invalid, "\(path).name", "must be a valid CEL identifier", at: nameNode ?? node)
            } else if !seen.insert(name).inserted, uniquely {
                report(.duplicate, "\(path).name", at: nameNode ?? node)
            }
            guard let expression = expression("expression", in: node, path, "expression is not specified") else {
                return nil
            }
            return PolicyDefinition.Named(name: name, expression: expression)
        }
    }

    /// - Parameter policy: its name, which stands before each key in the audit log.
    package mutating func auditAnnotations(_ spec: Node, policy: String) -> [PolicyDefinition.Named] {
        let list = objects("auditAnnotations", in: spec, "spec")
        if list.count > PolicyLimits.maximumAuditAnnotations, let node = spec["auditAnnotations"] {
            report(
                .invalid, "spec.auditAnnotations",
                "must not have more than \(PolicyLimits.maximumAuditAnnotations) auditAnnotations", at: node)
        }
        var seen: Set<String> = []
        return list.compactMap { node, path in
            allow(["key", "valueExpression"], in: node, path)
            let keyNode = string("key", in: node, path)
            let key = keyNode?.string ?? ""
            let problems = NameFormat.qualifiedName(Array("\(policy)/\(key)".utf8))
            report(problems: problems, "\(path).key", at: keyNode ?? node)
            if !seen.insert(key).inserted { report(.duplicate, "\(path).key", at: keyNode ?? node) }
            guard
                let expression = expression(
                    "valueExpression", in: node, path, "valueExpression is not specified")
            else { return nil }
            if Names.trimmed(expression.text).utf8.count > PolicyLimits.maximumValueExpressionBytes {
                report(
                    .required, "\(path).valueExpression",
                    "must not exceed \(PolicyLimits.maximumValueExpressionBytes) bytes in length", at: expression.node)
            }
            return PolicyDefinition.Named(name: key, expression: expression)
        }
    }
}
