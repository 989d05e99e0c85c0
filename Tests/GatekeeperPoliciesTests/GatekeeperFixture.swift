import Admission
import Diagnostics
import Documents
import PolicyEngine
import PolicyLanguages
import Testing
import Values

/// A template, constraints and objects as text.
enum GatekeeperFixture {
    /// - Parameter source: the fields of the CEL engine's source, as a flow map.
    static func template(
        _ source: String =
            "validations: [{expression: 'size(variables.params.labels.filter(l, !(l in variables.anyObject.metadata.labels))) == 0', message: labels are missing}]",
        target: String = ""
    ) -> String {
        """
        apiVersion: templates.gatekeeper.sh/v1
        kind: ConstraintTemplate
        metadata: {name: requiredlabels}
        spec:
          crd:
            spec:
              names: {kind: RequiredLabels}
              validation:
                openAPIV3Schema:
                  type: object
                  required: [labels]
                  properties:
                    labels: {type: array, items: {type: string}}
                    mode: {type: string, enum: [strict, lax]}
          targets:
          - target: admission.k8s.gatekeeper.sh
            \(target)
            code: [{engine: K8sNativeValidation, source: {\(source)}}]
        """
    }

    static func constraint(_ spec: String = "parameters: {labels: [team]}", name: String = "team") -> String {
        """
        apiVersion: constraints.gatekeeper.sh/v1beta1
        kind: RequiredLabels
        metadata: {name: \(name)}
        spec: {\(spec)}
        """
    }

    static func load(_ documents: String...) -> (set: PolicySet?, log: DiagnosticLog) {
        var loader = PolicyLoader()
        loader.load(policies: SourceFile(name: "p.yaml", text: documents.joined(separator: "\n---\n")))
        let (set, _) = loader.finish()
        return (set, loader.log)
    }

    static func node(_ text: String) throws -> Node {
        var stream = ManifestStream(SourceFile(name: "o.yaml", text: text))
        return try #require(try stream.next())
    }

    static func request(_ object: String, operation: Admission.Operation = .create) throws -> AdmissionRequest {
        var options = ManifestRequestOptions()
        options.operation = operation
        return try AdmissionRequest(manifest: try node(object), options: options)
    }

    static let pod = "{apiVersion: v1, kind: Pod, metadata: {name: web-1, namespace: shop, labels: {app: web}}}"
}
