/// A name, or a pattern of names in which `*` stands for any characters, also none.
package struct NamePattern: Sendable, Hashable {
    package let text: String

    package init(_ text: String) { self.text = text }

    /// Whether the whole name fits; in time of at most both lengths multiplied.
    package func matches(_ name: String) -> Bool {
        let pattern = Array(text.utf8)
        let name = Array(name.utf8)
        var (index, position) = (0, 0)
        // Where to go on after the last star: it takes one more character each time the rest did not fit.
        var retry: (index: Int, position: Int)?
        while position < name.count {
            if index < pattern.count, pattern[index] == UInt8(ascii: "*") {
                retry = (index + 1, position)
                index += 1
            } else if index < pattern.count, pattern[index] == name[position] {
                index += 1
                position += 1
            } else if let last = retry {
                retry = (last.index, last.position + 1)
                (index, position) = (last.index, last.position + 1)
            } else {
                return false
            }
        }
        return pattern[index...].allSatisfy { $0 == UInt8(ascii: "*") }
    }
}
