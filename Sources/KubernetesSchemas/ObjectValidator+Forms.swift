import Values

/// The forms that texts must have.
extension ObjectValidator {
    /// - Parameter isRequired: whether an empty text has been reported already.
    mutating func checkForm(_ form: ValidationRule.Form, _ node: Node, isRequired: Bool) {
        guard node.kind == .string else {
            if form == .percent, let number = node.int, number < 0 {
                invalid(node, "must be greater than or equal to 0")
            }
            return
        }
        let bytes = node.utf8
        if bytes.isEmpty, form != .labelValue, form != .percent, !isRequired || form != .qualified { return }
        for problem in problems(form, bytes) { invalid(node, problem) }
    }

    private func problems(_ form: ValidationRule.Form, _ text: UnsafeBufferPointer<UInt8>) -> [String] {
        switch form {
        case .label: NameFormat.label(Array(text))
        case .subdomain: NameFormat.subdomain(Array(text))
        case .qualified: NameFormat.qualifiedName(Array(text))
        case .labelValue: NameFormat.labelValue(Array(text))
        case .lowered: NameFormat.qualifiedName(Array(String(decoding: text, as: UTF8.self).lowercased().utf8))
        case .configKey: Self.configKey(Array(text))
        case .portName: Self.portName(Array(text))
        case .envName: Self.environmentName(Array(text))
        case .path: text.first == UInt8(ascii: "/") || rootKind != "Ingress" ? [] : ["must be an absolute path"]
        case .resource: Self.resourceName(Array(text))
        case .storedResource: NameFormat.qualifiedName(Array(text))
        case .schedule: CronSchedule.problem(String(decoding: text, as: UTF8.self)).map { [$0] } ?? []
        case .percent: Self.percent(Array(text))
        case .image:
            text.first.map { $0 <= 32 } == true || text.last.map { $0 <= 32 } == true
                ? ["must not have leading or trailing whitespace"] : []
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        (97...122).contains(byte | 0x20) || (48...57).contains(byte)
    }

    private static func configKey(_ key: [UInt8]) -> [String] {
        var problems: [String] = []
        if key.count > 253 { problems.append("must be no more than 253 characters") }
        if !key.allSatisfy({ isAlphanumeric($0) || "-_.".utf8.contains($0) }) {
            problems.append("a valid config key must consist of alphanumeric characters, '-', '_' or '.'")
        } else if key.elementsEqual(".".utf8) || key.elementsEqual("..".utf8) {
            problems.append("must not be `.` or `..`")
        }
        return problems
    }

    /// A service name as IANA registers them.
    private static func portName(_ name: [UInt8]) -> [String] {
        var problems: [String] = []
        if name.count > 15 { problems.append("must be no more than 15 characters") }
        if !name.allSatisfy({ (97...122).contains($0) || (48...57).contains($0) || $0 == UInt8(ascii: "-") }) {
            problems.append("must contain only alpha-numeric characters (a-z, 0-9), and hyphens (-)")
        } else if !name.contains(where: { (97...122).contains($0) }) {
            problems.append("must contain at least one letter (a-z)")
        }
        if name.first == UInt8(ascii: "-") || name.last == UInt8(ascii: "-") {
            problems.append("must not begin or end with a hyphen")
        }
        return problems
    }

    private static func environmentName(_ name: [UInt8]) -> [String] {
        name.allSatisfy { $0 >= 32 && $0 < 127 && $0 != UInt8(ascii: "=") }
            ? [] : ["a valid environment variable name must consist only of printable ASCII characters other than '='"]
    }

    /// A resource that a container may ask for.
    private static func resourceName(_ name: [UInt8]) -> [String] {
        let problems = NameFormat.qualifiedName(name)
        if !problems.isEmpty || name.contains(UInt8(ascii: "/")) { return problems }
        let text = String(decoding: name, as: UTF8.self)
        return ["cpu", "memory", "ephemeral-storage", "storage", "pods"].contains(text) || text.hasPrefix("hugepages-")
            ? [] : ["must be a standard resource type or fully qualified"]
    }

    private static func percent(_ text: [UInt8]) -> [String] {
        text.count > 1 && text.last == UInt8(ascii: "%") && text.dropLast().allSatisfy { (48...57).contains($0) }
            ? [] : ["a valid percent string must be a numeric string followed by an ending '%' (e.g. '1%',  or '93%')"]
    }
}
