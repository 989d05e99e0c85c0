package import CEL

/// What the expressions of an admission policy can name: the variables with their types, as Kubernetes declares them.
package enum AdmissionVariables {
    /// Declares the structures, `object`, `oldObject`, `request` and `namespaceObject`.
    ///
    /// - Parameters:
    ///   - hasParams: declare `params` too (the policy has a `paramKind`)
    ///   - hasAuthorizer: declare `authorizer` and `authorizer.requestResource` too
    package static func declare(in environment: inout Environment, hasParams: Bool, hasAuthorizer: Bool) {
        for structure in structures { environment.declare(structure) }
        environment.declare("object", .dyn)
        environment.declare("oldObject", .dyn)
        environment.declare("request", .structure(request))
        environment.declare("namespaceObject", .structure(namespace))
        if hasParams { environment.declare("params", .dyn) }
        if hasAuthorizer {
            environment.declare("authorizer", .opaque("kubernetes.authorization.Authorizer", []))
            environment.declare("authorizer.requestResource", .opaque("kubernetes.authorization.ResourceCheck", []))
        }
    }

    /// The type of `request`.
    package static let request = "kubernetes.AdmissionRequest"
    /// The type of `namespaceObject`.
    package static let namespace = "kubernetes.Namespace"

    /// The fields of `request` and `namespaceObject`; all others (`request.uid`, `request.object`) are compile errors.
    package static let structures: [Environment.Structure] = [
        Environment.Structure(
            request,
            [
                "kind": .structure("kubernetes.GroupVersionKind"),
                "resource": .structure("kubernetes.GroupVersionResource"),
                "subResource": .string,
                "requestKind": .structure("kubernetes.GroupVersionKind"),
                "requestResource": .structure("kubernetes.GroupVersionResource"),
                "requestSubResource": .string,
                "name": .string,
                "namespace": .string,
                "operation": .string,
                "userInfo": .structure("kubernetes.UserInfo"),
                "dryRun": .bool,
                "options": .dyn,
            ]),
        Environment.Structure(
            "kubernetes.GroupVersionKind", ["group": .string, "version": .string, "kind": .string]),
        Environment.Structure(
            "kubernetes.GroupVersionResource", ["group": .string, "version": .string, "resource": .string]),
        Environment.Structure(
            "kubernetes.UserInfo",
            ["username": .string, "uid": .string, "groups": .list(.string), "extra": .map(.string, .list(.string))]),
        Environment.Structure(
            namespace,
            [
                "metadata": .structure("kubernetes.NamespaceMetadata"),
                "spec": .structure("kubernetes.NamespaceSpec"),
                "status": .structure("kubernetes.NamespaceStatus"),
            ]),
        Environment.Structure(
            "kubernetes.NamespaceMetadata",
            [
                "name": .string, "generateName": .string, "namespace": .string,
                "labels": .map(.string, .string), "annotations": .map(.string, .string),
                // Declared with this spelling, so that neither `uid` nor `UID` ever has a value.
                "UID": .string,
                "creationTimestamp": .timestamp, "deletionTimestamp": .timestamp,
                "deletionGracePeriodSeconds": .int, "generation": .int, "resourceVersion": .string,
                "finalizers": .list(.string),
            ]),
        Environment.Structure("kubernetes.NamespaceSpec", ["finalizers": .list(.string)]),
        Environment.Structure(
            "kubernetes.NamespaceStatus",
            ["conditions": .list(.structure("kubernetes.NamespaceCondition")), "phase": .string]),
        Environment.Structure(
            "kubernetes.NamespaceCondition",
            [
                "status": .string, "type": .string, "lastTransitionTime": .timestamp, "message": .string,
                "reason": .string,
            ]),
    ]
}
