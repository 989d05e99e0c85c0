import Values

/// Names and keys inside policies, checked as the API server checks them, with its words.
extension FieldReader {
    /// Reports each thing that is wrong with a value.
    mutating func report(problems: [String], _ field: String, at node: Node) {
        for problem in problems { report(.invalid, field, problem, at: node) }
    }

    /// The metadata of an object that is in no namespace, except its name.
    mutating func clusterMetadata(_ root: Node) {
        guard let metadata = root["metadata"], metadata.isMap else { return }
        if let namespace = string("namespace", in: metadata, "metadata"), !namespace.utf8.isEmpty {
            report(.forbidden, "metadata.namespace", "not allowed on this type", at: namespace)
        }
        if let labels = map("labels", in: metadata, "metadata") { checkLabels(labels, "metadata.labels") }
        guard let annotations = map("annotations", in: metadata, "metadata") else { return }
        var bytes = 0
        for (key, value) in annotations.entries {
            bytes += key.utf8.count + value.utf8.count
            // Capital letters are no mistake here.
            let lowered = Array((key.string ?? "").lowercased().utf8)
            report(problems: NameFormat.qualifiedName(lowered), "metadata.annotations", at: key)
        }
        if bytes > PolicyLimits.maximumAnnotationBytes {
            report(
                .tooLong, "metadata.annotations",
                "may not be more than \(PolicyLimits.maximumAnnotationBytes) bytes", at: annotations)
        }
    }

    /// Keys and values of labels; the field has no key in its path, as in the API server's errors.
    mutating func checkLabels(_ labels: Node, _ field: String) {
        for (key, value) in labels.entries {
            report(problems: NameFormat.qualifiedName(Array(key.utf8)), field, at: key)
            guard value.kind == .string else { continue }
            report(problems: NameFormat.labelValue(Array(value.utf8)), field, at: value)
        }
    }

    // MARK: Selectors

    /// What is wrong with a label selector beyond the types of its fields.
    mutating func checkSelector(_ selector: Node, _ field: String) {
        if let labels = selector["matchLabels"], labels.isMap { checkLabels(labels, "\(field).matchLabels") }
        for (node, path) in objects("matchExpressions", in: selector, field) {
            allow(["key", "operator", "values"], in: node, path)
            let key = string("key", in: node, path)
            let `operator` = string("operator", in: node, path)
            let values = node["values"].map { $0.isList ? $0.count : 0 } ?? 0
            let place = node["values"].flatMap { $0.isNull ? nil : $0 } ?? node
            switch `operator`?.string ?? "" {
            case "In", "NotIn":
                if values == 0 {
                    report(
                        .required, "\(path).values", "must be specified when `operator` is 'In' or 'NotIn'", at: place)
                }
            case "Exists", "DoesNotExist":
                if values > 0 {
                    report(
                        .forbidden, "\(path).values",
                        "may not be specified when `operator` is 'Exists' or 'DoesNotExist'", at: place)
                }
            default:
                report(.invalid, "\(path).operator", "not a valid selector operator", at: `operator` ?? node)
            }
            report(
                problems: NameFormat.qualifiedName(Array((key?.string ?? "").utf8)), "\(path).key", at: key ?? node)
        }
    }
}
