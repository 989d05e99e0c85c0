import Admission
import PolicyEngine
import Values

/// The images that an object names in its Pod specification, wherever that lies.
struct ImageExtraction {
    struct Found {
        let list: String
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
        for list in lists.prefix(3) {
            guard let containers = specification[list], containers.isList else { continue }
            for container in containers.elements {
                guard let image = container["image"], image.kind == .string, image.count > 0 || !image.utf8.isEmpty
                else { continue }
                found.append(Found(list: list, node: image))
            }
        }
        if let volumes = specification["volumes"], volumes.isList {
            for volume in volumes.elements {
                guard let reference = volume["image"]?["reference"], reference.kind == .string, !reference.utf8.isEmpty
                else { continue }
                found.append(Found(list: "imageVolumes", node: reference))
            }
        }
        return found
    }

    private static func specification(of object: Node, _ kind: GroupVersionKind) -> Node? {
        if kind.kind == "Pod", kind.group.isEmpty { return object["spec"] }
        if kind.kind == "PodTemplate", kind.group.isEmpty { return object["template"]?["spec"] }
        return WorkloadExpansion.template(of: object, kind)?.node["spec"]
    }
}
