import Admission
import CEL
import PolicyEngine
import Values

/// `resource`, `http`, `globalContext` and `image.GetMetadata`, each name in both spellings.
extension Library {
    static func kyvernoExternal(isNamespaced: Bool) -> Library {
        let functions =
            resources(isNamespaced: isNamespaced) + calls + globals
            + twins(
                "GetMetadata",
                [
                    Overload(
                        "image_getmetadata_string", member: true, [ExternalContext.Kind.image.type, .string], .dyn,
                        .binary { context, image throws(EvaluationError) in
                            try metadata(of: try image.string(), try ExternalContext.of(context))
                        })
                ])
        return Library("kyverno.external", functions: functions)
    }

    /// The same function as `Name` and as `name`.
    private static func twins(_ name: String, _ overloads: [Overload]) -> [FunctionDeclaration] {
        let lower = name.prefix(1).lowercased() + name.dropFirst()
        let copies = overloads.map { overload in
            Overload(
                overload.id + "_camel", member: overload.isMember, overload.parameters, overload.result,
                guarded: overload.isGuarded, cost: overload.cost, overload.implementation)
        }
        return [FunctionDeclaration(name, overloads), FunctionDeclaration(lower, copies)]
    }

    // MARK: resource

    private static func resources(isNamespaced: Bool) -> [FunctionDeclaration] {
        let receiver = ExternalContext.Kind.resource.type
        let labels = CELType.map(.string, .string)
        // A namespaced policy's calls have no namespace argument.
        let place: [CELType] = isNamespaced ? [] : [.string]
        let get = Implementation.variadic { arguments throws(EvaluationError) in
            try resource(try ResourceCall(arguments, isNamespaced: isNamespaced, hasName: true))
        }
        let list = Implementation.variadic { arguments throws(EvaluationError) in
            try resourceList(try ResourceCall(arguments, isNamespaced: isNamespaced, hasName: false))
        }
        let gvr = GroupVersionResourceValue.type
        var lists = [
            Overload("resource_list_labels", member: true, [receiver, .string, .string] + place + [labels], .dyn, list)
        ]
        // Three arguments after the receiver are no variadic call.
        lists.append(
            isNamespaced
                ? Overload(
                    "resource_list", member: true, [receiver, .string, .string], .dyn,
                    .ternary { context, version, name throws(EvaluationError) in
                        try resourceList(
                            try ResourceCall([context, version, name], isNamespaced: true, hasName: false))
                    })
                : Overload("resource_list", member: true, [receiver, .string, .string, .string], .dyn, list))
        let getByGVR = fixed(arguments: 3 + place.count) { arguments throws(EvaluationError) in
            try resource(try ResourceCall(arguments, isNamespaced: isNamespaced, hasName: true))
        }
        func listByGVR(_ count: Int) -> Implementation {
            fixed(arguments: count) { arguments throws(EvaluationError) in
                try resourceList(try ResourceCall(arguments, isNamespaced: isNamespaced, hasName: false))
            }
        }
        lists += [
            Overload(
                "list_resources_gvr", member: true, [receiver, gvr] + place, .dyn, listByGVR(2 + place.count)),
            Overload(
                "list_resources_gvr_labels", member: true, [receiver, gvr] + place + [labels], .dyn,
                listByGVR(3 + place.count)),
        ]
        let parts = Implementation.variadic { arguments throws(EvaluationError) in
            let call = try ResourceCall(Array(arguments.dropLast()), isNamespaced: isNamespaced, hasName: true)
            throw ExternalContext.missing("subresources of the object \(call.description)")
        }
        return twins(
            "Get",
            [
                Overload("resource_get", member: true, [receiver, .string, .string] + place + [.string], .dyn, get),
                Overload("resource_get_gvr", member: true, [receiver, gvr] + place + [.string], .dyn, getByGVR),
                Overload(
                    "resource_get_subresources", member: true,
                    [receiver, .string, .string] + place + [.string, .list(.string)], .dyn, parts),
                Overload(
                    "resource_get_gvr_subresources", member: true,
                    [receiver, gvr] + place + [.string, .list(.string)], .dyn, parts),
            ])
            + twins("List", lists)
            + twins(
                "ToGVR",
                [
                    Overload(
                        "convert_to_gvr_string_string", member: true, [receiver, .string, .string], gvr,
                        .ternary { context, version, kind throws(EvaluationError) in
                            try GroupVersionResourceValue.find(
                                try version.string(), try kind.string(), try ExternalContext.of(context).data)
                        })
                ])
            + twins(
                "Post",
                [
                    Overload(
                        "resource_post", member: true, [receiver, .string, .string] + place + [.dyn], .dyn,
                        .variadic { arguments throws(EvaluationError) in
                            let call = try ResourceCall(arguments, isNamespaced: isNamespaced, hasName: false)
                            throw ExternalContext.missing("the API server's answer to a new \(call.description)")
                        })
                ])
    }

    private struct ResourceCall {
        var data: ExternalData
        var resource: GroupVersionResource
        var namespace: String
        var name = ""
        var labels: [String: String] = [:]

        init(_ arguments: [Value], isNamespaced: Bool, hasName: Bool) throws(EvaluationError) {
            var rest = arguments[...]
            func next() throws(EvaluationError) -> String {
                guard let value = rest.popFirst() else { throw .noSuchOverload() }
                return try value.string()
            }
            guard let first = rest.popFirst() else { throw .noSuchOverload() }
            let context = try ExternalContext.of(first)
            data = context.data
            namespace = isNamespaced ? context.namespace ?? "" : ""
            if case .object(let object)? = rest.first, let known = object as? GroupVersionResourceValue {
                rest.removeFirst()
                resource = known.resource
                if !isNamespaced { namespace = try next() }
                try readRest(&rest, hasName: hasName)
                return
            }
            let (group, version) = GroupVersionKind.split(try next())
            resource = GroupVersionResource(group: group, version: version, resource: try next().lowercased())
            if !isNamespaced { namespace = try next() }
            try readRest(&rest, hasName: hasName)
        }

        private mutating func readRest(_ rest: inout ArraySlice<Value>, hasName: Bool) throws(EvaluationError) {
            if hasName {
                guard let value = rest.popFirst() else { throw .noSuchOverload() }
                name = try value.string()
            } else if let last = rest.popFirst() {
                var labels: [String: String] = [:]
                try last.forEachEntry { key, value throws(EvaluationError) in
                    labels[try key.string()] = try value.string()
                }
                self.labels = labels
            }
        }

        var description: String {
            let kind = resource.group.isEmpty ? resource.resource : "\(resource.resource).\(resource.group)"
            let place = namespace.isEmpty ? name : name.isEmpty ? namespace : "\(namespace)/\(name)"
            return place.isEmpty ? "`\(kind)`" : "`\(kind)` `\(place)`"
        }
    }

    private static func resource(_ call: ResourceCall) throws(EvaluationError) -> Value {
        if let node = call.data.object(call.resource, namespace: call.namespace, name: call.name) { return Value(node) }
        guard call.data.knows(call.resource) else { throw ExternalContext.missing("the object \(call.description)") }
        throw EvaluationError(.invalidArgument, "failed to get resource: \(call.description) not found")
    }

    private static func resourceList(_ call: ResourceCall) throws(EvaluationError) -> Value {
        guard call.data.knows(call.resource) else { throw ExternalContext.missing("the objects \(call.description)") }
        let items = call.data.objects(call.resource, namespace: call.namespace, labels: call.labels)
        return .map(MapValue([(key: Value.string("items"), value: .list(items.map { Value($0) }))]))
    }

    // MARK: http

    private static let calls: [FunctionDeclaration] = {
        let receiver = ExternalContext.Kind.http.type
        let headers = CELType.map(.string, .string)
        func bodyCall(_ name: String, _ method: String) -> [FunctionDeclaration] {
            twins(
                name,
                [
                    Overload(
                        "http_\(method)_any", member: true, [receiver, .string, .dyn], .dyn,
                        .ternary { context, url, _ throws(EvaluationError) in try response(method, context, url) }),
                    Overload(
                        "http_\(method)_any_headers", member: true, [receiver, .string, .dyn, headers], .dyn,
                        .variadic { arguments throws(EvaluationError) in
                            try response(method, arguments[0], arguments[1])
                        }),
                ])
        }
        return twins(
            "Get",
            [
                Overload(
                    "http_get_string", member: true, [receiver, .string], .dyn,
                    .binary { context, url throws(EvaluationError) in try response("GET", context, url) }),
                Overload(
                    "http_get_string_headers", member: true, [receiver, .string, headers], .dyn,
                    .ternary { context, url, _ throws(EvaluationError) in try response("GET", context, url) }),
            ]) + bodyCall("Post", "POST") + bodyCall("Put", "PUT")
            + twins(
                "Client",
                [
                    Overload(
                        "http_client_string", member: true, [receiver, .string], receiver,
                        .binary { context, _ throws(EvaluationError) in context })
                ])
    }()

    private static func response(_ method: String, _ context: Value, _ url: Value) throws(EvaluationError) -> Value {
        let url = try url.string()
        guard let answer = try ExternalContext.of(context).data.response(method, url) else {
            throw ExternalContext.missing("the answer to \(method) `\(url)`")
        }
        return .map(
            MapValue([
                (key: Value.string("statusCode"), value: .int(answer.statusCode)),
                (key: .string("body"), value: answer.body.map { Value($0).withDoubles } ?? .null),
            ]))
    }

    // MARK: globalContext

    private static let globals: [FunctionDeclaration] = {
        let receiver = ExternalContext.Kind.globalContext.type
        return twins(
            "Get",
            [
                Overload(
                    "globalcontext_get_string", member: true, [receiver, .string], .dyn,
                    .binary { context, name throws(EvaluationError) in try entry(context, try name.string()) }),
                Overload(
                    "globalcontext_get_string_string", member: true, [receiver, .string, .string], .dyn,
                    .ternary { context, name, projection throws(EvaluationError) in
                        try entry(context, "\(try name.string())/\(try projection.string())")
                    }),
            ])
    }()

    private static func entry(_ context: Value, _ name: String) throws(EvaluationError) -> Value {
        guard let node = try ExternalContext.of(context).data.globalContext[name] else {
            throw ExternalContext.missing("the global context entry `\(name)`")
        }
        return Value(node)
    }

    // MARK: image

    private static func metadata(of image: String, _ context: ExternalContext) throws(EvaluationError) -> Value {
        guard let reference = ImageReference(image) else {
            throw EvaluationError(.invalidArgument, "`\(image)` is no image reference")
        }
        let images = context.data.images
        let node = images[image] ?? images.first { ImageReference($0.key) == reference }?.value
        guard let node else {
            let record = try ImageEvaluation.record(of: image, context.imageFacts, checks: [], wantsMetadata: true)
            guard let value = record.metadataValue(image) else {
                throw ExternalContext.missing("metadata of the image `\(image)`")
            }
            return value
        }
        var entries: [(key: Value, value: Value)] = [
            (.string("image"), .string(image)), (.string("registry"), .string(reference.registry)),
            (.string("repository"), .string(reference.repository)),
            (.string("identifier"), .string(reference.identifier)),
        ]
        for (key, value) in node.entries where key.string != "image" { entries.append((Value(key), Value(value))) }
        return .map(MapValue(entries))
    }
}
