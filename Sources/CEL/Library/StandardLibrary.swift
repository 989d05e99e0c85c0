/// The language's own macros and functions other than operators.
extension Library {
    package static let standard = Library(
        "standard", functions: standardFunctions,
        macros: [
            Macro("has", 1, member: false), Macro("all", 2), Macro("exists", 2), Macro("exists_one", 2),
            Macro("map", 2), Macro("map", 3), Macro("filter", 2),
        ])

    /// `cel.bind`.
    package static let bindings = Library("bindings", macros: [Macro("bind", 3)])
}
