package import Values

/// Why a label selector cannot work, with the node that is wrong.
package struct LabelSelectorError: Error, Sendable {
    /// Field below the selector, such as `matchExpressions[0].operator`.
    package let field: String
    package let message: String
    package let node: Node?
}

/// A Kubernetes label selector; all requirements must hold. The empty selector matches everything.
package struct LabelSelector: Sendable {
    package enum Operator: String, Sendable, CaseIterable {
        case `in` = "In"
        case notIn = "NotIn"
        case exists = "Exists"
        case doesNotExist = "DoesNotExist"
    }

    package struct Requirement: Sendable {
        package let key: String
        package let `operator`: Operator
        package let values: [String]
    }

    package let requirements: [Requirement]

    package static let everything = LabelSelector(requirements: [])

    package init(requirements: [Requirement]) { self.requirements = requirements }

    package var isEmpty: Bool { requirements.isEmpty }

    /// Reads `matchLabels` and `matchExpressions`.
    package init(_ node: Node) throws(LabelSelectorError) {
        guard node.isMap else { throw LabelSelectorError(field: "", message: "must be an object", node: node) }
        var requirements: [Requirement] = []
        if let labels = node["matchLabels" as StaticString], !labels.isNull {
            guard labels.isMap else {
                throw LabelSelectorError(field: "matchLabels", message: "must be an object", node: labels)
            }
            for (key, value) in labels.entries {
                guard let label = value.string else {
                    throw LabelSelectorError(
                        field: "matchLabels[\(key.string ?? "")]", message: "must be a string", node: value)
                }
                requirements.append(Requirement(key: key.string ?? "", operator: .in, values: [label]))
            }
        }
        if let expressions = node["matchExpressions" as StaticString], !expressions.isNull {
            guard expressions.isList else {
                throw LabelSelectorError(field: "matchExpressions", message: "must be a list", node: expressions)
            }
            for (index, expression) in expressions.elements.enumerated() {
                requirements.append(try Self.requirement(expression, at: "matchExpressions[\(index)]"))
            }
        }
        guard requirements.count <= AdmissionLimits.maximumSelectorRequirements else {
            throw LabelSelectorError(
                field: "", message: "must have at most \(AdmissionLimits.maximumSelectorRequirements) requirements",
                node: node)
        }
        self.requirements = requirements
    }

    private static func requirement(_ node: Node, at field: String) throws(LabelSelectorError) -> Requirement {
        guard let key = node["key" as StaticString]?.string, !key.isEmpty else {
            throw LabelSelectorError(field: "\(field).key", message: "must be a label key", node: node)
        }
        let operatorNode = node["operator" as StaticString]
        guard let `operator` = operatorNode?.string.flatMap(Operator.init(rawValue:)) else {
            throw LabelSelectorError(
                field: "\(field).operator", message: "not a valid selector operator", node: operatorNode ?? node)
        }
        var values: [String] = []
        if let list = node["values" as StaticString] {
            for value in list.elements {
                guard let text = value.string else {
                    throw LabelSelectorError(field: "\(field).values", message: "must be strings", node: value)
                }
                values.append(text)
            }
        }
        switch `operator` {
        case .in, .notIn:
            guard !values.isEmpty else {
                throw LabelSelectorError(
                    field: "\(field).values",
                    message: "must be specified when `operator` is 'In' or 'NotIn'", node: node)
            }
        case .exists, .doesNotExist:
            guard values.isEmpty else {
                throw LabelSelectorError(
                    field: "\(field).values",
                    message: "may not be specified when `operator` is 'Exists' or 'DoesNotExist'", node: node)
            }
        }
        return Requirement(key: key, operator: `operator`, values: values)
    }

    /// - Parameter labels: an object's `metadata.labels`; nil for none.
    package func matches(_ labels: Node?) -> Bool {
        for requirement in requirements {
            let label = labels?[requirement.key]
            switch requirement.operator {
            case .in:
                guard let label, requirement.values.contains(where: { label.utf8.elementsEqual($0.utf8) }) else {
                    return false
                }
            case .notIn:
                if let label, requirement.values.contains(where: { label.utf8.elementsEqual($0.utf8) }) {
                    return false
                }
            case .exists:
                if label == nil { return false }
            case .doesNotExist:
                if label != nil { return false }
            }
        }
        return true
    }
}
