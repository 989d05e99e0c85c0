package import Diagnostics
package import Values

/// Whether the API server would take an object: strict decoding first, then, over the defaulted object, validation.
package struct SchemaValidation: Sendable {
    /// What is wrong, in document order per stage; empty if nothing is.
    package let findings: [SchemaFinding]
    /// The object as admission would see it; nil if it cannot be decoded.
    package let view: AdmittedView?

    /// - Returns: nil if the set has no type for the object's kind; see `KindStatus`.
    package init?(of manifest: Node, in set: SchemaSet, options: AdmittedView.Options = AdmittedView.Options()) {
        guard manifest.isMap, let type = set.type(of: manifest) else { return nil }
        var decoder = StrictDecoder(set: set, root: manifest)
        decoder.checkObject(manifest, type: type, depth: 0)
        guard decoder.list.findings.isEmpty, let view = AdmittedView(of: manifest, in: set, options: options) else {
            findings = decoder.list.findings
            view = nil
            return
        }
        self.view = view
        var validator = ObjectValidator(set: set, root: view.root, isNew: options.isNew)
        validator.checkRoot(type)
        if let schema = set.customSchema(of: type) {
            var custom = CustomValidator(root: view.root)
            custom.check(view.root, schema)
            findings = validator.list.findings + custom.list.findings
        } else {
            findings = validator.list.findings
        }
    }

    /// The findings of strict decoding alone, which need no defaulting.
    ///
    /// - Returns: nil if the set has no type for the object's kind.
    package static func decodingFindings(of manifest: Node, in set: SchemaSet) -> [SchemaFinding]? {
        guard manifest.isMap, let type = set.type(of: manifest) else { return nil }
        var decoder = StrictDecoder(set: set, root: manifest)
        decoder.checkObject(manifest, type: type, depth: 0)
        return decoder.list.findings
    }

    package func diagnostics(file: SourceFile?) -> [Diagnostic] { findings.map { $0.diagnostic(file: file) } }
}
