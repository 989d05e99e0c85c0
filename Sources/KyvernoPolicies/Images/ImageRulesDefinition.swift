import Diagnostics
import ImageVerification
import PolicyEngine
import RegularExpressions
import ValidatingAdmissionPolicies
import Values

/// What an ImageValidatingPolicy has beyond a ValidatingPolicy, read but not compiled.
struct ImageRulesDefinition: Sendable {
    enum Reference: Sendable {
        case glob(ImagePattern)
        case expression(ExpressionText)
    }

    struct Extractor: Sendable {
        var name: String
        var expression: ExpressionText
    }

    struct Attestation: Sendable {
        var name: String
        var subject: ImageCheckSubject
    }

    /// Images that match none are not the policy's business; empty matches all.
    var references: [Reference]
    /// `spec.images`: further lists of images, by name.
    var extractors: [Extractor]
    var attestors: [AttestorDefinition]
    var attestations: [Attestation]
    /// Secrets with credentials, of `spec.credentials` and of attestors: `namespace/name`, or a name in the webhook's own
    /// namespace.
    var secrets: [String]
    /// `spec.validationConfigurations`.
    var isRequired: Bool
    var verifiesDigest: Bool
    var mutatesDigest: Bool
    /// Where the last three are written, for decisions about them.
    var configuration: Node
    var warnings: [Diagnostic]
}

extension FieldReader {
    static let imageFields = [
        "images", "matchImageReferences", "attestors", "attestations", "validationConfigurations", "credentials",
    ]

    /// - Parameter namespace: of the policy; empty for one of the cluster.
    mutating func imageRules(_ spec: Node, namespace: String) -> ImageRulesDefinition {
        let configuration = map("validationConfigurations", in: spec, "spec")
        if let configuration {
            allow(["required", "verifyDigest", "mutateDigest"], in: configuration, "spec.validationConfigurations")
        }
        var warnings: [Diagnostic] = []
        let secrets = credentials(spec, namespace: namespace, &warnings)
        let attestors = attestors(spec)
        let others = attestors.flatMap(\.secrets).map { Self.secret($0, namespace) }
        return ImageRulesDefinition(
            references: imageReferences(spec), extractors: imageExtractors(spec), attestors: attestors,
            attestations: attestations(spec), secrets: secrets + others.filter { !secrets.contains($0) },
            isRequired: flag("required", in: configuration, default: true),
            verifiesDigest: flag("verifyDigest", in: configuration, default: true),
            mutatesDigest: flag("mutateDigest", in: configuration, default: true),
            configuration: configuration ?? spec, warnings: warnings)
    }

    private mutating func flag(_ name: String, in node: Node?, default standard: Bool) -> Bool {
        boolean(name, in: node, "spec.validationConfigurations") ?? standard
    }

    mutating func boolean(_ name: String, in node: Node?, _ path: String) -> Bool? {
        guard let value = node?[name], !value.isNull else { return nil }
        if value.bool == nil { report(.typeInvalid, "\(path).\(name)", "must be true or false", at: value) }
        return value.bool
    }

    private mutating func imageReferences(_ spec: Node) -> [ImageRulesDefinition.Reference] {
        objects("matchImageReferences", in: spec, "spec").compactMap { node, path in
            allow(["glob", "expression"], in: node, path)
            let glob = string("glob", in: node, path)
            let expression = string("expression", in: node, path)
            switch (glob, expression) {
            case (let glob?, nil):
                do throws(RegularExpressionError) {
                    return .glob(try ImagePattern(glob: glob.string ?? ""))
                } catch {
                    report(.invalid, "\(path).glob", "is no pattern: \(error.message)", at: glob)
                }
            case (nil, let node?):
                return .expression(
                    ExpressionText(node: node, field: "\(path).expression", text: node.string ?? ""))
            default: report(.invalid, path, "must have either `glob` or `expression`", at: node)
            }
            return nil
        }
    }

    private mutating func imageExtractors(_ spec: Node) -> [ImageRulesDefinition.Extractor] {
        var names: Set<String> = []
        return objects("images", in: spec, "spec").compactMap { node, path in
            allow(["name", "expression"], in: node, path)
            guard let name = string("name", in: node, path), let text = name.string, Names.isIdentifier(text) else {
                report(.invalid, "\(path).name", "must be a name that expressions can use", at: node["name"] ?? node)
                return nil
            }
            if !names.insert(text).inserted { report(.duplicate, "\(path).name", at: name) }
            guard let expression = string("expression", in: node, path), let code = expression.string, !code.isEmpty
            else {
                report(.required, "\(path).expression", at: node)
                return nil
            }
            return ImageRulesDefinition.Extractor(
                name: text,
                expression: ExpressionText(node: expression, field: "\(path).expression", text: code))
        }
    }

    /// cosign's short names of predicate types.
    private static let predicateTypes = [
        "custom": "https://cosign.sigstore.dev/attestation/v1", "slsaprovenance": "https://slsa.dev/provenance/v0.2",
        "slsaprovenance02": "https://slsa.dev/provenance/v0.2", "slsaprovenance1": "https://slsa.dev/provenance/v1",
        "spdx": "https://spdx.dev/Document", "spdxjson": "https://spdx.dev/Document",
        "cyclonedx": "https://cyclonedx.org/bom", "link": "https://in-toto.io/Link/v1",
        "vuln": "https://cosign.sigstore.dev/attestation/vuln/v1", "openvex": "https://openvex.dev/ns",
    ]

    private mutating func attestations(_ spec: Node) -> [ImageRulesDefinition.Attestation] {
        var names: Set<String> = []
        return objects("attestations", in: spec, "spec").compactMap { node, path in
            allow(["name", "intoto", "referrer"], in: node, path)
            guard let name = requiredName(node, path, &names) else { return nil }
            let statement = map("intoto", in: node, path)
            let artifact = map("referrer", in: node, path)
            guard let holder = statement ?? artifact, statement == nil || artifact == nil else {
                report(.invalid, path, "must have either `intoto` or `referrer`", at: node)
                return nil
            }
            let field = statement == nil ? "\(path).referrer" : "\(path).intoto"
            allow(["type"], in: holder, field)
            guard let type = string("type", in: holder, field)?.string, !type.isEmpty else {
                report(.required, "\(field).type", at: holder)
                return nil
            }
            return ImageRulesDefinition.Attestation(
                name: name,
                subject: statement == nil
                    ? .artifact(type: type) : .statement(predicateType: Self.predicateTypes[type] ?? type))
        }
    }

    mutating func requiredName(_ node: Node, _ path: String, _ names: inout Set<String>) -> String? {
        guard let name = string("name", in: node, path), let text = name.string, !text.isEmpty else {
            report(.required, "\(path).name", at: node)
            return nil
        }
        if !names.insert(text).inserted { report(.duplicate, "\(path).name", at: name) }
        return text
    }
}
