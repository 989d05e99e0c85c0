import Documents
import PolicyEngine
import Values

/// A PolicyException as YAML, as one would write it by hand.
struct WaiverText {
    var name: String
    /// Empty for objects without one.
    var namespace: String
    var policy: PolicyID
    /// Kept as the annotation that Kyverno's resources have for it.
    var reason: String
    var conditions: [(name: String, expression: String)]
    var expiresAt: Timestamp?

    static let reasonAnnotation = "policies.kyverno.io/description"

    var yaml: String {
        var out = "apiVersion: policies.kyverno.io/v1\nkind: PolicyException\nmetadata:\n"
        out += "  name: \(name)\n"
        if !namespace.isEmpty { out += "  namespace: \(Self.scalar(namespace))\n" }
        if !reason.isEmpty { out += "  annotations:\n    \(Self.reasonAnnotation): \(Self.scalar(reason))\n" }
        out += "spec:\n  policyRefs:\n    - name: \(Self.scalar(policy.name))\n      kind: \(policy.kind)\n"
        out += "  matchConditions:\n"
        for condition in conditions {
            out += "    - name: \(condition.name)\n      expression: \(Self.scalar(condition.expression))\n"
        }
        if let expiresAt { out += "  expiresAt: \"\(expiresAt.utcText)\"\n" }
        return out
    }

    /// A name for an object of Kubernetes, made of parts: lower case, and nothing but letters, digits, `-` and `.`.
    static func objectName(_ parts: [String], besides taken: Set<String>) -> String {
        var name = ""
        for scalar in parts.joined(separator: "-").lowercased().unicodeScalars {
            let isPlain = ("a"..."z").contains(scalar) || ("0"..."9").contains(scalar) || scalar == "-" || scalar == "."
            name.unicodeScalars.append(isPlain ? scalar : "-")
        }
        let edges: Set<Character> = ["-", "."]
        name = String(name.drop(while: edges.contains).prefix(maximumName - 4))
        while let last = name.last, edges.contains(last) { name.removeLast() }
        if name.isEmpty { name = "waiver" }
        guard taken.contains(name) else { return name }
        var number = 2
        while taken.contains("\(name)-\(number)") { number += 1 }
        return "\(name)-\(number)"
    }

    /// Characters of an object's name.
    private static let maximumName = 253

    /// A string literal of CEL.
    static func literal(_ text: String) -> String {
        "'" + text.replacing("\\", with: "\\\\").replacing("'", with: "\\'").replacing("\n", with: "\\n") + "'"
    }

    /// Plain where that cannot be taken for anything else, else in double quotes.
    static func scalar(_ text: String) -> String {
        let isPlain =
            text.first.map { $0.isASCII && $0.isLetter } == true && text.last != " "
            && text.unicodeScalars.allSatisfy { scalar in
                scalar.isASCII
                    && (scalar.properties.isAlphabetic
                        || "0123456789 .,='_-/()[]?!|<>$^+*\\".unicodeScalars.contains(scalar))
            }
        let words = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"]
        if isPlain, !words.contains(text.lowercased()) { return text }
        var out: [UInt8] = []
        JSONWriter().writeString(text, to: &out)
        return String(decoding: out, as: UTF8.self)
    }
}
