import Diagnostics
import Documents
import Glibc
import Values

/// Definitions of kinds among manifests.
enum CustomDefinitions {
    static func isDefinition(_ object: Node) -> Bool {
        switch object["kind" as StaticString]?.string {
        case "CustomResourceDefinition":
            object["apiVersion" as StaticString]?.string?.hasPrefix("apiextensions.k8s.io/") == true
        case "CompositeResourceDefinition":
            object["apiVersion" as StaticString]?.string?.hasPrefix("apiextensions.crossplane.io/") == true
        default: false
        }
    }

    /// The definitions in a text. What cannot be read is passed over: judging says what is wrong with it.
    static func find(in source: SourceFile) -> [Node] {
        // Most texts have none, and looking for the word costs next to nothing.
        guard mayHoldDefinition(source.bytes) else { return [] }
        var stream = ManifestStream(source)
        var found: [Node] = []
        var failures = 0
        while failures < maximumFailures {
            do throws(DocumentError) {
                guard let object = try stream.next() else { break }
                if isDefinition(object) { found.append(object) }
            } catch {
                failures += 1
            }
        }
        return found
    }

    /// Broken documents of one text after which the rest is not looked at.
    private static let maximumFailures = 100

    private static func mayHoldDefinition(_ bytes: [UInt8]) -> Bool {
        let word: StaticString = "ResourceDefinition"
        return bytes.withUnsafeBytes { text in
            var rest = text[...]
            while rest.count >= word.utf8CodeUnitCount, let base = UnsafeRawBufferPointer(rebasing: rest).baseAddress,
                let found = memchr(base, Int32(word.utf8Start.pointee), rest.count)
            {
                let start = rest.startIndex + (UnsafeRawPointer(found) - base)
                if text.count - start < word.utf8CodeUnitCount { return false }
                if memcmp(found, word.utf8Start, word.utf8CodeUnitCount) == 0 { return true }
                rest = text[(start + 1)...]
            }
            return false
        }
    }

    /// The definitions in all files of the input. Standard input and what is rendered are read once only, and so
    /// what they define counts within them.
    static func find(in items: [Inputs.Item], jobs: Int) -> [Node] {
        var found: [Node] = []
        OrderedPipeline.run(
            items, jobs: jobs,
            work: { item in
                guard case .file(let path) = item, path != "-", let text = try? FileReader.read(path: path) else {
                    return []
                }
                return find(in: text)
            }, consume: { (definitions: [Node]) in found += definitions })
        return found
    }
}
