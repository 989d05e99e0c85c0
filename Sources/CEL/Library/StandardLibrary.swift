/// The language's own macros and functions other than operators.
extension Library {
    package static let standard = Library(
        "standard", functions: standardFunctions,
        macros: [
            Macro("has", 1, member: false), Macro("all", 2), Macro("exists", 2), Macro("exists_one", 2),
            Macro("map", 2), Macro("map", 3), Macro("filter", 2),
        ],
        types: [
            "bool": .bool, "int": .int, "uint": .uint, "double": .double, "string": .string, "bytes": .bytes,
            "null_type": .null, "list": .list(.dyn), "map": .map(.dyn, .dyn), "type": .type(.dyn),
            "google.protobuf.Timestamp": .timestamp, "google.protobuf.Duration": .duration,
        ])
}
