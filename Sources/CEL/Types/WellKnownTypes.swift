/// Protobuf's well-known messages: always there, always constructible, each standing for a type of the language.
enum WellKnownTypes {
    struct Entry {
        let type: CELType
        let fields: [String: CELType]
    }

    /// The one enum value of the well-known messages.
    static let nullValue = "google.protobuf.NullValue.NULL_VALUE"

    /// The name of a type at run time, for the two that have a short one besides.
    static func fullName(_ name: String) -> String {
        switch name {
        case "timestamp": "google.protobuf.Timestamp"
        case "duration": "google.protobuf.Duration"
        default: name
        }
    }

    static func entry(_ name: String) -> Entry? {
        guard name.utf8.starts(with: "google.protobuf.".utf8) else { return nil }
        return entries[name]
    }

    private static func wrapper(_ type: CELType) -> Entry { Entry(type: .wrapper(type), fields: ["value": type]) }

    private static let entries: [String: Entry] = [
        "google.protobuf.BoolValue": wrapper(.bool),
        "google.protobuf.BytesValue": wrapper(.bytes),
        "google.protobuf.DoubleValue": wrapper(.double),
        "google.protobuf.FloatValue": wrapper(.double),
        "google.protobuf.Int32Value": wrapper(.int),
        "google.protobuf.Int64Value": wrapper(.int),
        "google.protobuf.StringValue": wrapper(.string),
        "google.protobuf.UInt32Value": wrapper(.uint),
        "google.protobuf.UInt64Value": wrapper(.uint),
        "google.protobuf.Timestamp": Entry(type: .timestamp, fields: ["seconds": .int, "nanos": .int]),
        "google.protobuf.Duration": Entry(type: .duration, fields: ["seconds": .int, "nanos": .int]),
        "google.protobuf.Any": Entry(type: .any, fields: ["type_url": .string, "value": .bytes]),
        "google.protobuf.Empty": Entry(type: .structure("google.protobuf.Empty"), fields: [:]),
        "google.protobuf.FieldMask": Entry(
            type: .structure("google.protobuf.FieldMask"), fields: ["paths": .list(.string)]),
        "google.protobuf.ListValue": Entry(type: .list(.dyn), fields: ["values": .list(.dyn)]),
        "google.protobuf.Struct": Entry(type: .map(.string, .dyn), fields: ["fields": .map(.string, .dyn)]),
        "google.protobuf.Value": Entry(
            type: .dyn,
            fields: [
                "null_value": .int, "number_value": .double, "string_value": .string, "bool_value": .bool,
                "struct_value": .map(.string, .dyn), "list_value": .list(.dyn),
            ]),
    ]
}
