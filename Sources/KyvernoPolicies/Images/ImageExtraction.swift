import Admission
import PolicyEngine
import Values

/// The images that an object names in its Pod specification, wherever that lies.
struct ImageExtraction {
    struct Found {
        /// Position in `lists`.
        let list: Int
        /// Holds the reference; a part of the request's object.
        let node: Node
    }

    /// The lists that expressions can name without the policy declaring them.
    static let lists = ["containers", "initContainers", "ephemeralContainers", "imageVolumes"]

    /// - Returns: nil if the object is of no kind that has a Pod specification.
    static func images(of request: AdmissionRequest) -> [Found]? {
        guard let object = request.objectNode ?? request.oldObjectNode,
            let specification = specification(of: object, request.kind)
        else { return nil }
        var found: [Found] = []
        found.reserveCapacity(4)
        for (list, field) in containerFields.enumerated() {
            guard let containers = specification[field], containers.isList else { continue }
            for container in containers.elements {
                guard let image = container["image" as StaticString], image.kind == .string, !image.utf8.isEmpty
                else { continue }
                found.append(Found(list: list, node: image))
            }
        }
        if let volumes = specification["volumes" as StaticString], volumes.isList {
            for volume in volumes.elements {
                guard let reference = volume["image" as StaticString]?["reference" as StaticString],
                    reference.kind == .string, !reference.utf8.isEmpty
                else { continue }
                found.append(Found(list: containerFields.count, node: reference))
            }
        }
        return found
    }

    private static let containerFields: [StaticString] = ["containers", "initContainers", "ephemeralContainers"]

    /// Calls `body` with bytes that are equal if and only if the images and their lists are, in the same order.
    ///
    /// - Returns: nil without a call if there are too many images to remember anything of them.
    static func withKey<Result>(of found: [Found], _ body: (UnsafeRawBufferPointer) -> Result?) -> Result? {
        var count = 0
        for image in found { count += image.node.utf8.count + keyOverhead }
        guard count <= KyvernoLimits.maximumKeptImageBytes else { return nil }
        return withUnsafeTemporaryAllocation(byteCount: max(count, 1), alignment: 8) { buffer in
            var offset = 0
            for image in found {
                let text = image.node.utf8
                buffer[offset] = UInt8(truncatingIfNeeded: image.list)
                buffer.storeBytes(
                    of: UInt16(truncatingIfNeeded: text.count), toByteOffset: offset + 1, as: UInt16.self)
                UnsafeMutableRawBufferPointer(rebasing: buffer[(offset + keyOverhead)...]).copyMemory(
                    from: UnsafeRawBufferPointer(text))
                offset += keyOverhead + text.count
            }
            return body(UnsafeRawBufferPointer(rebasing: buffer[..<count]))
        }
    }

    /// The list's number and the text's length; texts are shorter than the key, which two bytes can tell.
    private static let keyOverhead = 3

    private static func specification(of object: Node, _ kind: GroupVersionKind) -> Node? {
        if kind.kind == "Pod", kind.group.isEmpty { return object["spec" as StaticString] }
        if kind.kind == "PodTemplate", kind.group.isEmpty {
            return object["template" as StaticString]?["spec" as StaticString]
        }
        return WorkloadExpansion.template(of: object, kind)?.node["spec" as StaticString]
    }
}
