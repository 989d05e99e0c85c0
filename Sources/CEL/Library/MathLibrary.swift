internal import Values

/// cel-go's math extension.
extension Library {
    private static let numbers: [(name: String, type: CELType)] = [
        ("int", .int), ("uint", .uint), ("double", .double),
    ]

    package static let math = Library(
        "math",
        functions: [
            extremum("math.greatest", "math_@max", keeping: 1), extremum("math.least", "math_@min", keeping: -1),
            rounding("math.ceil", "math_ceil_double") { $0.rounded(.up) },
            rounding("math.floor", "math_floor_double") { $0.rounded(.down) },
            rounding("math.round", "math_round_double") { $0.rounded(.toNearestOrAwayFromZero) },
            rounding("math.trunc", "math_trunc_double") { $0.rounded(.towardZero) },
            rounding("math.sqrt", "math_sqrt_double") { $0.squareRoot() },
            test("math.isInf", "math_isInf_double") { $0.isInfinite },
            test("math.isNaN", "math_isNaN_double") { $0.isNaN },
            test("math.isFinite", "math_isFinite_double") { $0.isFinite },
            FunctionDeclaration(
                "math.abs",
                numbers.map { name, type in
                    Overload(
                        "math_abs_\(name)", [type], type,
                        .unary { value throws(EvaluationError) in
                            switch value {
                            case .int(.min): throw EvaluationError(.overflow, "integer overflow")
                            case .int(let number): return .int(abs(number))
                            case .double(let number): return .double(number.magnitude)
                            default: return value
                            }
                        })
                }),
            FunctionDeclaration(
                "math.sign",
                numbers.map { name, type in
                    Overload(
                        "math_sign_\(name)", [type], type,
                        .unary { value throws(EvaluationError) in
                            switch value {
                            case .int(let number): return .int(number.signum())
                            case .uint(let number): return .uint(number.signum())
                            case .double(let number):
                                return .double(number.isNaN ? .nan : number < 0 ? -1 : number > 0 ? 1 : 0)
                            default: throw .noSuchOverload()
                            }
                        })
                }),
            bits("math.bitAnd", "math_bitAnd", &), bits("math.bitOr", "math_bitOr", |),
            bits("math.bitXor", "math_bitXor", ^),
            FunctionDeclaration(
                "math.bitNot",
                [
                    Overload(
                        "math_bitNot_int_int", [.int], .int,
                        .unary { value throws(EvaluationError) in
                            .int(~(try value.int()))
                        }),
                    Overload(
                        "math_bitNot_uint_uint", [.uint], .uint,
                        .unary { value throws(EvaluationError) in
                            guard case .uint(let number) = value else { throw .noSuchOverload() }
                            return .uint(~number)
                        }),
                ]),
            shift("math.bitShiftLeft", "math_bitShiftLeft") { $0 << $1 },
            shift("math.bitShiftRight", "math_bitShiftRight") { $0 >> $1 },
        ])

    /// Of one list or of any number of arguments; up to two are type-checked each, more as dyn.
    private static func extremum(_ name: String, _ id: String, keeping: Int) -> FunctionDeclaration {
        @Sendable func best(_ values: [Value]) throws(EvaluationError) -> Value {
            guard var result = values.first else {
                throw EvaluationError(.invalidArgument, "\(name)(list) argument must not be empty")
            }
            for value in values {
                switch value {
                case .int, .uint, .double: break
                default: throw .noSuchOverload()
                }
                if try compareValues(value, result) == keeping { result = value }
            }
            return result
        }
        let single = Implementation.unary { value throws(EvaluationError) in
            try best(value.isList ? try value.elements() : [value])
        }
        var overloads = numbers.map { Overload("\(id)_\($0.name)", [$0.type], $0.type, single) }
        overloads += numbers.map { Overload("\(id)_list_\($0.name)", [.list($0.type)], $0.type, single) }
        for left in numbers {
            for right in numbers {
                overloads.append(
                    Overload(
                        "\(id)_\(left.name)_\(right.name)", [left.type, right.type],
                        left.type == right.type ? left.type : .dyn,
                        .binary { left, right throws(EvaluationError) in try best([left, right]) }))
            }
        }
        overloads.append(
            Overload(
                "\(id)_3", [.dyn, .dyn, .dyn], .dyn,
                .ternary { first, second, third throws(EvaluationError) in try best([first, second, third]) }))
        for count in 4...16 {
            overloads.append(
                Overload(
                    "\(id)_\(count)", Array(repeating: .dyn, count: count), .dyn,
                    .variadic { values throws(EvaluationError) in try best(values) }))
        }
        return FunctionDeclaration(name, overloads)
    }

    private static func double(_ value: Value) throws(EvaluationError) -> Double {
        guard case .double(let number) = value else { throw .noSuchOverload() }
        return number
    }

    private static func rounding(
        _ name: String, _ id: String, _ body: @escaping @Sendable (Double) -> Double
    ) -> FunctionDeclaration {
        var overloads = [
            Overload(
                id, [.double], .double,
                .unary { value throws(EvaluationError) in
                    .double(body(try double(value)))
                })
        ]
        if name == "math.sqrt" {
            overloads.append(
                Overload(
                    "math_sqrt_int", [.int], .double,
                    .unary { value throws(EvaluationError) in
                        .double(body(Double(try value.int())))
                    }))
            overloads.append(
                Overload(
                    "math_sqrt_uint", [.uint], .double,
                    .unary { value throws(EvaluationError) in
                        guard case .uint(let number) = value else { throw .noSuchOverload() }
                        return .double(body(Double(number)))
                    }))
        }
        return FunctionDeclaration(name, overloads)
    }

    private static func test(
        _ name: String, _ id: String, _ body: @escaping @Sendable (Double) -> Bool
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    id, [.double], .bool, .unary { value throws(EvaluationError) in .bool(body(try double(value))) })
            ])
    }

    private static func bits(
        _ name: String, _ id: String, _ body: @escaping @Sendable (UInt64, UInt64) -> UInt64
    ) -> FunctionDeclaration {
        let implementation = Implementation.binary { left, right throws(EvaluationError) in
            switch (left, right) {
            case (.int(let left), .int(let right)):
                return .int(Int64(bitPattern: body(UInt64(bitPattern: left), UInt64(bitPattern: right))))
            case (.uint(let left), .uint(let right)): return .uint(body(left, right))
            default: throw .noSuchOverload()
            }
        }
        return FunctionDeclaration(
            name,
            [
                Overload("\(id)_int_int", [.int, .int], .int, implementation),
                Overload("\(id)_uint_uint", [.uint, .uint], .uint, implementation),
            ])
    }

    /// Bits that fall off are lost; a shift right of an int fills with zeros.
    private static func shift(
        _ name: String, _ id: String, _ body: @escaping @Sendable (UInt64, Int64) -> UInt64
    ) -> FunctionDeclaration {
        let implementation = Implementation.binary { value, count throws(EvaluationError) in
            let count = try count.int()
            if count < 0 {
                throw EvaluationError(.invalidArgument, "\(name)() negative offset: \(count)")
            }
            switch value {
            case .int(let number): return .int(Int64(bitPattern: body(UInt64(bitPattern: number), count)))
            case .uint(let number): return .uint(body(number, count))
            default: throw .noSuchOverload()
            }
        }
        return FunctionDeclaration(
            name,
            [
                Overload("\(id)_int_int", [.int, .int], .int, implementation),
                Overload("\(id)_uint_int", [.uint, .int], .uint, implementation),
            ])
    }
}
