/// The language's own macros and functions other than operators.
extension Library {
    package static let standard = standard(wholeMilliseconds: true)

    /// The same as the specification's tests have it.
    package static let specificationStandard = standard(wholeMilliseconds: false)

    private static func standard(wholeMilliseconds: Bool) -> Library {
        Library(
            "standard",
            functions: conversions + timeAccessors(wholeMilliseconds: wholeMilliseconds) + textFunctions,
            macros: [
                Macro("has", 1, member: false), Macro("all", 2), Macro("exists", 2), Macro("exists_one", 2),
                Macro("map", 2), Macro("map", 3), Macro("filter", 2),
            ])
    }

    /// `cel.bind`.
    package static let bindings = Library("bindings", macros: [Macro("bind", 3)])
}
