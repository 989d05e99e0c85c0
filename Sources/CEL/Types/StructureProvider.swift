/// Knows the fields of structures by the structures' names.
package protocol StructureProvider: Sendable {
    /// - Returns: nil if there is no such structure, or no such field in it.
    func fieldType(_ field: String, of structure: String) -> CELType?

    /// The names of its fields, for suggestions.
    func fieldNames(of structure: String) -> [String]
}
