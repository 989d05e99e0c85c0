import Documents
import ImageVerification
import PolicyEngine
import ValidatingAdmissionPolicies
import Values

/// One entry of `spec.attestors`, read but not compiled.
struct AttestorDefinition: Sendable {
    /// A text that stands in the policy or that an expression gives.
    enum Source: Sendable {
        case text(String, Node)
        case expression(ExpressionText)
    }

    enum Signer: Sendable {
        case key(Source)
        case keyless([CertificateIdentity])
        case certificate(Source, chain: Source?)
        case notary(certificates: Source, timestamps: Source?)
    }

    var name: String
    var signer: Signer
    /// What the attestor trusts itself, in place of parts of the trusted root.
    var trust: TrustedRoot?
    var requiresLogEntry = true
    var requiresCertificateTimestamp = true
    var annotations: [String: String] = [:]
    var location = SignatureLocation()
    /// Names of secrets with credentials for that place.
    var secrets: [String] = []
    /// The attestor's text, which tells attestors apart.
    var key: String
    var node: Node
}

extension FieldReader {
    mutating func attestors(_ spec: Node) -> [AttestorDefinition] {
        var names: Set<String> = []
        let list = objects("attestors", in: spec, "spec")
        if spec["attestors"] == nil { report(.required, "spec.attestors", at: spec) }
        return list.compactMap { node, path in
            allow(["name", "cosign", "notary"], in: node, path)
            guard let name = requiredName(node, path, &names) else { return nil }
            let cosign = map("cosign", in: node, path)
            let notary = map("notary", in: node, path)
            switch (cosign, notary) {
            case (let cosign?, nil): return self.cosign(cosign, "\(path).cosign", name)
            case (nil, let notary?): return self.notary(notary, "\(path).notary", name)
            default:
                report(.invalid, path, "must have either `cosign` or `notary`", at: node)
                return nil
            }
        }
    }

    private func text(of node: Node) -> String {
        String(decoding: JSONWriter(sortsKeys: true).write(node), as: UTF8.self)
    }

    // MARK: cosign

    private mutating func cosign(_ node: Node, _ path: String, _ name: String) -> AttestorDefinition? {
        allow(["key", "keyless", "certificate", "source", "ctlog", "tuf", "annotations"], in: node, path)
        if let tuf = node["tuf"], !tuf.isNull {
            report(
                .notSupported, "\(path).tuf", "nothing is fetched to verify", at: tuf,
                help: "give the trusted_root.json as a file, with --trusted-root, and remove this")
        }
        let key = map("key", in: node, path)
        let keyless = map("keyless", in: node, path)
        let certificate = map("certificate", in: node, path)
        guard [key, keyless, certificate].compactMap({ $0 }).count == 1 else {
            report(.invalid, path, "must have one of `key`, `keyless` and `certificate`", at: node)
            return nil
        }
        var trust = TrustedRoot()
        var trustsItself = false
        let signer: AttestorDefinition.Signer?
        if let key {
            signer = self.key(key, "\(path).key")
        } else if let keyless {
            signer = self.keyless(keyless, "\(path).keyless", &trust, &trustsItself)
        } else {
            signer = certificate.flatMap { self.certificate($0, "\(path).certificate") }
        }
        var definition = AttestorDefinition(
            name: name, signer: signer ?? .keyless([]), key: text(of: node), node: node)
        logs(node, "\(path).ctlog", &definition, &trust, &trustsItself)
        if let annotations = map("annotations", in: node, path) {
            for (key, value) in annotations.entries {
                guard let text = value.string else {
                    report(.typeInvalid, "\(path).annotations.\(key.string ?? "")", "must be a string", at: value)
                    continue
                }
                definition.annotations[key.string ?? ""] = text
            }
        }
        definition.location = location(node, "\(path).source", &definition.secrets)
        definition.trust = trustsItself ? trust : nil
        return signer == nil ? nil : definition
    }

    private mutating func key(_ node: Node, _ path: String) -> AttestorDefinition.Signer? {
        allow(["data", "kms", "hashAlgorithm", "expression"], in: node, path)
        if let kms = node["kms"], !kms.isNull {
            report(
                .notSupported, "\(path).kms", "keys are not fetched", at: kms,
                help: "give the public key itself in `data`, or read it from a ConfigMap with `expression`")
            return nil
        }
        if let algorithm = string("hashAlgorithm", in: node, path),
            !["", "sha256", "sha384", "sha512"].contains(algorithm.string ?? "")
        {
            // The curve decides, and SHA-256 is tried besides, whatever stands here.
            reportNotSupported(
                "\(path).hashAlgorithm", algorithm.string ?? "", ["sha256", "sha384", "sha512"], at: algorithm)
        }
        guard let source = source(node, path, value: "data") else { return nil }
        if case .text(let text, let node) = source {
            do throws(VerificationError) {
                _ = try PublicKey(pem: text)
            } catch {
                report(.invalid, "\(path).data", error.detail, at: node)
                return nil
            }
        }
        return .key(source)
    }

    /// A text in one field, or an expression in `expression`.
    private mutating func source(_ node: Node, _ path: String, value: String) -> AttestorDefinition.Source? {
        let text = string(value, in: node, path)
        let expression = string("expression", in: node, path)
        switch (text, expression) {
        case (let text?, nil): return .text(text.string ?? "", text)
        case (nil, let expression?):
            return .expression(
                ExpressionText(node: expression, field: "\(path).expression", text: expression.string ?? ""))
        default:
            report(.invalid, path, "must have either `\(value)` or `expression`", at: node)
            return nil
        }
    }

    private mutating func pemSource(_ name: String, in node: Node, _ path: String) -> AttestorDefinition.Source? {
        guard let holder = map(name, in: node, path) else { return nil }
        allow(["value", "expression"], in: holder, "\(path).\(name)")
        guard let source = source(holder, "\(path).\(name)", value: "value") else { return nil }
        if case .text(let text, let node) = source {
            do throws(VerificationError) {
                _ = try Certificate.all(pem: text)
            } catch {
                report(.invalid, "\(path).\(name).value", error.detail, at: node)
                return nil
            }
        }
        return source
    }

    private mutating func certificate(_ node: Node, _ path: String) -> AttestorDefinition.Signer? {
        allow(["cert", "certChain"], in: node, path)
        guard let certificate = pemSource("cert", in: node, path) else {
            if node["cert"]?.isNull ?? true { report(.required, "\(path).cert", at: node) }
            return nil
        }
        return .certificate(certificate, chain: pemSource("certChain", in: node, path))
    }

    private mutating func keyless(
        _ node: Node, _ path: String, _ trust: inout TrustedRoot, _ trustsItself: inout Bool
    ) -> AttestorDefinition.Signer? {
        allow(["identities", "roots"], in: node, path)
        if let roots = string("roots", in: node, path), let text = roots.string, !text.isEmpty {
            do throws(VerificationError) {
                try trust.replaceCertificateAuthorities(pem: text)
                trustsItself = true
            } catch {
                report(.invalid, "\(path).roots", error.detail, at: roots)
            }
        }
        let list = objects("identities", in: node, path)
        if list.isEmpty { report(.required, "\(path).identities", at: node) }
        let identities = list.compactMap { node, path -> CertificateIdentity? in
            allow(["issuer", "subject", "issuerRegExp", "subjectRegExp"], in: node, path)
            // A subject means nothing without its issuer.
            guard let issuer = match("issuer", in: node, path), let subject = match("subject", in: node, path) else {
                return nil
            }
            return CertificateIdentity(issuer: issuer, subject: subject)
        }
        return identities.isEmpty ? nil : .keyless(identities)
    }

    private mutating func match(_ name: String, in node: Node, _ path: String) -> TextMatch? {
        let exact = string(name, in: node, path).flatMap { $0.string?.isEmpty == false ? $0 : nil }
        let pattern = string("\(name)RegExp", in: node, path).flatMap { $0.string?.isEmpty == false ? $0 : nil }
        switch (exact, pattern) {
        case (let exact?, nil): return .exact(exact.string ?? "")
        case (nil, let pattern?):
            do throws(VerificationError) {
                return try .pattern(pattern.string ?? "")
            } catch {
                report(.invalid, "\(path).\(name)RegExp", error.detail, at: pattern)
            }
        case (nil, nil): report(.required, "\(path).\(name)", "`\(name)` or `\(name)RegExp` is required", at: node)
        default: report(.invalid, path, "must have either `\(name)` or `\(name)RegExp`", at: node)
        }
        return nil
    }

    private mutating func logs(
        _ cosign: Node, _ path: String, _ definition: inout AttestorDefinition, _ trust: inout TrustedRoot,
        _ trustsItself: inout Bool
    ) {
        guard let node = map("ctlog", in: cosign, path) else { return }
        // `url` is where others ask the log; here the proofs beside the signature count.
        allow(
            ["url", "rekorPubKey", "ctLogPubKey", "tsaCertChain", "insecureIgnoreTlog", "insecureIgnoreSCT"],
            in: node, path)
        definition.requiresLogEntry = boolean("insecureIgnoreTlog", in: node, path) != true
        definition.requiresCertificateTimestamp = boolean("insecureIgnoreSCT", in: node, path) != true
        for field in ["rekorPubKey", "ctLogPubKey", "tsaCertChain"] {
            guard let value = string(field, in: node, path), let pem = value.string, !pem.isEmpty else { continue }
            do throws(VerificationError) {
                switch field {
                case "rekorPubKey": try trust.replaceLogs(pem: pem)
                case "ctLogPubKey": try trust.replaceCertificateLogs(pem: pem)
                default: try trust.replaceTimestampAuthorities(pem: pem)
                }
                trustsItself = true
            } catch {
                report(.invalid, "\(path).\(field)", error.detail, at: value)
            }
        }
    }

    private mutating func location(
        _ cosign: Node, _ path: String, _ secrets: inout [String]
    ) -> SignatureLocation {
        var location = SignatureLocation()
        guard let node = map("source", in: cosign, path) else { return location }
        allow(["repository", "PullSecrets", "tagPrefix"], in: node, path)
        for (secret, path) in objects("PullSecrets", in: node, path) {
            allow(["name"], in: secret, path)
            guard let name = string("name", in: secret, path), let text = name.string else { continue }
            if Self.isSecretName(text) {
                secrets.append(text)
            } else {
                report(.invalid, "\(path).name", "must be the name of a secret", at: name)
            }
        }
        location.tagPrefix = string("tagPrefix", in: node, path)?.string ?? ""
        if let repository = string("repository", in: node, path), let text = repository.string, !text.isEmpty {
            do throws(VerificationError) {
                location.repository = try ImageVerification.ImageReference(text)
            } catch {
                report(.invalid, "\(path).repository", error.detail, at: repository)
            }
        }
        return location
    }

    // MARK: Notary Project

    private mutating func notary(_ node: Node, _ path: String, _ name: String) -> AttestorDefinition? {
        allow(["certs", "tsaCerts"], in: node, path)
        let timestamps = pemSource("tsaCerts", in: node, path)
        guard let certificates = pemSource("certs", in: node, path) else {
            if node["certs"]?.isNull ?? true { report(.required, "\(path).certs", at: node) }
            return nil
        }
        return AttestorDefinition(
            name: name, signer: .notary(certificates: certificates, timestamps: timestamps), key: text(of: node),
            node: node)
    }
}
