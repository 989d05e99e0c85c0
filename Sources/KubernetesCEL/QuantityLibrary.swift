package import CEL
package import Values

/// A quantity as a value of the language.
package final class QuantityValue: ObjectValue {
    package static let typeName = "kubernetes.Quantity"
    let quantity: Quantity
    /// Made by `add` or `sub`. On the right of `==` Kubernetes does not recognise these.
    let isComputed: Bool

    init(_ quantity: Quantity, isComputed: Bool = false) {
        self.quantity = quantity
        self.isComputed = isComputed
    }

    package var typeName: String { Self.typeName }
    package var description: String { quantity.description }

    package func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? QuantityValue, !other.isComputed else {
            return nil
        }
        return Quantity.compare(quantity, other.quantity) == 0
    }
}

/// `quantity(…)` and its functions.
extension Library {
    private static let quantityType = CELType.opaque(QuantityValue.typeName, [])

    package static let quantity = Library(
        "kubernetes.quantity",
        functions: [
            FunctionDeclaration(
                "quantity",
                [
                    Overload(
                        "string_to_quantity", [.string], quantityType, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in
                            do throws(Quantity.ParseError) {
                                return .object(QuantityValue(try Quantity(parsing: text.stringValue ?? "")))
                            } catch {
                                throw EvaluationError(.invalidArgument, error.message)
                            }
                        })
                ]),
            FunctionDeclaration(
                "isQuantity",
                [
                    Overload(
                        "is_quantity_string", [.string], .bool, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in
                            .bool((try? Quantity(parsing: text.stringValue ?? "")) != nil)
                        })
                ]),
            FunctionDeclaration(
                "sign",
                [
                    Overload(
                        "quantity_sign", [quantityType], .int,
                        .unary { value throws(EvaluationError) in .int(Int64(try value.quantity().sign)) })
                ]),
            FunctionDeclaration(
                "isInteger",
                [
                    Overload(
                        "quantity_is_integer", member: true, [quantityType], .bool,
                        .unary { value throws(EvaluationError) in .bool(try value.quantity().integer != nil) })
                ]),
            FunctionDeclaration(
                "asInteger",
                [
                    Overload(
                        "quantity_get_int", member: true, [quantityType], .int,
                        .unary { value throws(EvaluationError) in
                            guard let integer = try value.quantity().integer else {
                                throw EvaluationError(.range, "cannot convert value to integer")
                            }
                            return .int(integer)
                        })
                ]),
            FunctionDeclaration(
                "asApproximateFloat",
                [
                    Overload(
                        "quantity_get_float", member: true, [quantityType], .double,
                        .unary { value throws(EvaluationError) in .double(try value.quantity().approximateDouble) })
                ]),
            arithmetic("add", +),
            arithmetic("sub", -),
            comparison("isLessThan", "quantity_is_less_than", .bool) { .bool($0 < 0) },
            comparison("isGreaterThan", "quantity_is_greater_than", .bool) { .bool($0 > 0) },
            comparison("compareTo", "quantity_compare_to", .int) { .int(Int64($0)) },
        ], types: [QuantityValue.typeName: quantityType])

    private static func arithmetic(
        _ name: String, _ operation: @escaping @Sendable (Quantity, Quantity) -> Quantity
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    "quantity_\(name)", member: true, [quantityType, quantityType], quantityType,
                    .binary { left, right throws(EvaluationError) in
                        .object(QuantityValue(operation(try left.quantity(), try right.quantity()), isComputed: true))
                    }),
                Overload(
                    "quantity_\(name)_int", member: true, [quantityType, .int], quantityType,
                    .binary { left, right throws(EvaluationError) in
                        let right = Quantity(try right.int())
                        return .object(QuantityValue(operation(try left.quantity(), right), isComputed: true))
                    }),
            ])
    }

    private static func comparison(
        _ name: String, _ id: String, _ result: CELType, _ value: @escaping @Sendable (Int) -> Value
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    id, member: true, [quantityType, quantityType], result,
                    .binary { left, right throws(EvaluationError) in
                        value(Quantity.compare(try left.quantity(), try right.quantity()))
                    })
            ])
    }
}

extension Value {
    fileprivate func quantity() throws(EvaluationError) -> Quantity {
        guard case .object(let object) = self, let value = object as? QuantityValue else { throw .noSuchOverload() }
        return value.quantity
    }
}
