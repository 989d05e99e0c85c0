internal import Values

/// `int(…)`, `string(…)` and so on. A conversion of a constant is a constant; one that fails does not compile.
extension Library {
    package static let conversions: [FunctionDeclaration] = [
        FunctionDeclaration(
            "bool",
            [
                .conversion("bool_to_bool", .bool, .bool) { value throws(EvaluationError) in value },
                .conversion("string_to_bool", .string, .bool) { value throws(EvaluationError) in
                    let text = try value.string()
                    guard let bool = GoNumbers.bool(text) else { throw .badConversion(to: "bool") }
                    return .bool(bool)
                },
            ]),
        FunctionDeclaration(
            "bytes",
            [
                .conversion("bytes_to_bytes", .bytes, .bytes) { value throws(EvaluationError) in value },
                .conversion("string_to_bytes", .string, .bytes, cost: .traversalOfFirst) {
                    value throws(EvaluationError) in
                    .bytes(try withUTF8(value) { Array($0) })
                },
            ]),
        FunctionDeclaration(
            "double",
            [
                .conversion("double_to_double", .double, .double) { value throws(EvaluationError) in value },
                .conversion("int64_to_double", .int, .double) { value throws(EvaluationError) in
                    .double(Double(try value.int()))
                },
                .conversion("uint64_to_double", .uint, .double) { value throws(EvaluationError) in
                    guard case .uint(let number) = value else { throw .noSuchOverload() }
                    return .double(Double(number))
                },
                .conversion("string_to_double", .string, .double) { value throws(EvaluationError) in
                    guard let double = try withUTF8(value, { GoNumbers.double($0) }) else {
                        throw .badConversion(to: "double")
                    }
                    return .double(double)
                },
            ]),
        FunctionDeclaration(
            "dyn",
            [
                .conversion("to_dyn", .parameter("A"), .dyn) { value throws(EvaluationError) in value }
            ]),
        FunctionDeclaration(
            "type",
            [
                .conversion("type", .parameter("A"), .type(.parameter("A"))) { value throws(EvaluationError) in
                    .type(value.typeName)
                }
            ]),
        FunctionDeclaration("int", integerConversions),
        FunctionDeclaration("uint", unsignedConversions),
        FunctionDeclaration("string", stringConversions),
        FunctionDeclaration(
            "timestamp",
            [
                .conversion("timestamp_to_timestamp", .timestamp, .timestamp) { value throws(EvaluationError) in value
                },
                .conversion("int64_to_timestamp", .int, .timestamp) { value throws(EvaluationError) in
                    let seconds = try value.int()
                    guard seconds >= Timestamp.minimumSeconds, seconds <= Timestamp.maximumSeconds else {
                        throw EvaluationError(.overflow, "timestamp overflow")
                    }
                    return .timestamp(Timestamp(seconds: seconds, nanoseconds: 0))
                },
                .conversion("string_to_timestamp", .string, .timestamp) { value throws(EvaluationError) in
                    guard let timestamp = Timestamps.parse(try value.string()) else {
                        throw .badConversion(to: "google.protobuf.Timestamp")
                    }
                    return .timestamp(timestamp)
                },
            ]),
        FunctionDeclaration(
            "duration",
            [
                .conversion("duration_to_duration", .duration, .duration) { value throws(EvaluationError) in value },
                Overload(
                    "int64_to_duration", [.int], .duration,
                    // The Go implementation's check of literals knows durations as text only.
                    specialize: { arguments throws(EvaluationError) in
                        guard case .int? = arguments.first ?? nil else { return nil }
                        throw EvaluationError(.invalidArgument, "an integer literal is no duration")
                    },
                    .unary { value throws(EvaluationError) in .duration(try value.int()) }),
                .conversion("string_to_duration", .string, .duration) { value throws(EvaluationError) in
                    guard let duration = Durations.parse(try value.string()) else {
                        throw .badConversion(to: "google.protobuf.Duration")
                    }
                    return .duration(duration)
                },
            ]),
    ]

    private static let integerConversions: [Overload] = [
        .conversion("int64_to_int64", .int, .int) { value throws(EvaluationError) in value },
        .conversion("double_to_int64", .double, .int) { value throws(EvaluationError) in
            guard case .double(let number) = value else { throw .noSuchOverload() }
            // The bounds themselves are refused: Go's check runs on doubles.
            guard number > -0x1p63, number < 0x1p63 else { throw EvaluationError(.range, "integer overflow") }
            return .int(Int64(number))
        },
        .conversion("duration_to_int64", .duration, .int) { value throws(EvaluationError) in
            guard case .duration(let nanoseconds) = value else { throw .noSuchOverload() }
            return .int(nanoseconds)
        },
        .conversion("string_to_int64", .string, .int) { value throws(EvaluationError) in
            guard let int = try withUTF8(value, { GoNumbers.int($0) }) else {
                throw .badConversion(to: "int")
            }
            return .int(int)
        },
        .conversion("timestamp_to_int64", .timestamp, .int) { value throws(EvaluationError) in
            guard case .timestamp(let timestamp) = value else { throw .noSuchOverload() }
            return .int(timestamp.seconds)
        },
        .conversion("uint64_to_int64", .uint, .int) { value throws(EvaluationError) in
            guard case .uint(let number) = value else { throw .noSuchOverload() }
            guard let int = Int64(exactly: number) else { throw EvaluationError(.range, "integer overflow") }
            return .int(int)
        },
    ]

    private static let unsignedConversions: [Overload] = [
        .conversion("uint64_to_uint64", .uint, .uint) { value throws(EvaluationError) in value },
        .conversion("double_to_uint64", .double, .uint) { value throws(EvaluationError) in
            guard case .double(let number) = value else { throw .noSuchOverload() }
            guard number >= 0, number < 0x1p64 else {
                throw EvaluationError(.range, "unsigned integer overflow")
            }
            return .uint(UInt64(number))
        },
        .conversion("int64_to_uint64", .int, .uint) { value throws(EvaluationError) in
            guard let uint = UInt64(exactly: try value.int()) else {
                throw EvaluationError(.range, "unsigned integer overflow")
            }
            return .uint(uint)
        },
        .conversion("string_to_uint64", .string, .uint) { value throws(EvaluationError) in
            guard let uint = try withUTF8(value, { GoNumbers.uint($0) }) else {
                throw .badConversion(to: "uint")
            }
            return .uint(uint)
        },
    ]

    private static let stringConversions: [Overload] = [
        .conversion("string_to_string", .string, .string) { value throws(EvaluationError) in value },
        .conversion("bool_to_string", .bool, .string) { value throws(EvaluationError) in
            .string(value.boolValue == true ? "true" : "false")
        },
        .conversion("bytes_to_string", .bytes, .string, cost: .traversalOfFirst) { value throws(EvaluationError) in
            guard case .bytes(let bytes) = value else { throw .noSuchOverload() }
            guard let string = String(validating: bytes, as: UTF8.self) else {
                throw EvaluationError(.invalidArgument, "invalid UTF-8 in bytes, cannot convert to string")
            }
            return .string(string)
        },
        .conversion("double_to_string", .double, .string) { value throws(EvaluationError) in
            guard case .double(let number) = value else { throw .noSuchOverload() }
            return .string(GoNumbers.shortest(number))
        },
        .conversion("duration_to_string", .duration, .string) { value throws(EvaluationError) in
            guard case .duration(let nanoseconds) = value else { throw .noSuchOverload() }
            return .string(Durations.string(nanoseconds))
        },
        .conversion("int64_to_string", .int, .string) { value throws(EvaluationError) in
            .string(String(try value.int()))
        },
        .conversion("timestamp_to_string", .timestamp, .string) { value throws(EvaluationError) in
            guard case .timestamp(let timestamp) = value else { throw .noSuchOverload() }
            return .string(Timestamps.string(timestamp))
        },
        .conversion("uint64_to_string", .uint, .string) { value throws(EvaluationError) in
            guard case .uint(let number) = value else { throw .noSuchOverload() }
            return .string(String(number))
        },
    ]
}

extension Overload {
    /// A function of one argument; the planner folds it where the argument is constant.
    static func conversion(
        _ id: String, _ parameter: CELType, _ result: CELType, cost: CallCost = .one,
        _ convert: @escaping @Sendable (Value) throws(EvaluationError) -> Value
    ) -> Overload {
        Overload(id, [parameter], result, cost: cost, .unary(convert))
    }
}

extension EvaluationError {
    /// A text that is no number, time and so on, in the words of the Go implementation.
    static func badConversion(to type: String) -> EvaluationError {
        EvaluationError(.invalidArgument, "type conversion error from 'string' to '\(type)'")
    }
}
