package import Values

/// A manifest in the form in which the API server hands it to admission: decoded, defaulted, canonical.
///
/// Each node keeps its place in the manifest; what was filled in has the place of what it was filled into.
package struct AdmittedView: Sendable {
    package struct Options: Sendable {
        /// What a Service without an address gets, as a dry run on a cluster with the usual range; nil leaves it open.
        package var serviceAddress: String? = "10.96.0.0"
        /// Whether the admission plugins that are on by default (priorities, tolerations, finalizers) have run.
        package var appliesPlugins = true
        /// Whether defaults are filled in; without them the object is only decoded and written again.
        package var appliesDefaults = true
        /// Whether the object is to be created, so that what only the server sets starts empty.
        package var isNew = true

        package init() {}
    }

    package let document: Document
    /// Half-open stretches of the tape that were filled in, in order, apart from each other.
    private let filled: [Range<UInt32>]

    /// - Returns: nil if the set has no type for the manifest's kind.
    package init?(of manifest: Node, in set: SchemaSet, options: Options = Options()) {
        guard manifest.isMap, let type = set.type(of: manifest) else { return nil }
        var writer = ViewWriter(set: set, root: manifest, options: options)
        writer.writeRoot(type)
        (document, filled) = writer.finish()
    }

    package var root: Node { document.root }

    /// The values that were filled in, each with the field path of the outermost, in order.
    package var defaultedPaths: [String] {
        filled.compactMap { stretch in
            // The stretch starts at the key, or at the value of a list's element.
            root.fieldPath(to: Node(document: document, index: stretch.lowerBound))
        }
    }

    /// Whether the node was filled in by the API server rather than written in the manifest.
    package func isDefaulted(_ node: Node) -> Bool {
        var low = 0
        var high = filled.count
        while low < high {
            let middle = (low + high) / 2
            if filled[middle].upperBound <= node.index { low = middle + 1 } else { high = middle }
        }
        return low < filled.count && filled[low].contains(node.index)
    }
}
