package import Values

/// One signature of a function, what runs it and what it costs.
package struct Overload: Sendable {
    /// As the Go implementation names it, such as `string_contains_string`; unique within an environment.
    package let id: String
    /// Called as `target.f(…)`; the target is the first of `parameters`.
    package let isMember: Bool
    package let parameters: [CELType]
    package let result: CELType
    /// nil: the planner implements it itself (operators and the few functions that need special evaluation).
    package let implementation: Implementation?
    package let cost: CallCost
    /// Makes a better implementation where some arguments are constant (a compiled pattern, a parsed quantity);
    /// throws if the constants can never work, which is then a compile error at the argument.
    package let specialize: Specialize?
    /// Whether dyn arguments are checked against `parameters` at run time; the few functions without guards take
    /// whatever their code can handle.
    package let isGuarded: Bool
    /// Has type parameters.
    let isGeneric: Bool

    /// - Parameter arguments: the constant ones' values, nil for the others.
    package typealias Specialize = @Sendable (_ arguments: [Value?]) throws(EvaluationError) -> Implementation?

    package init(
        _ id: String, member isMember: Bool = false, _ parameters: [CELType], _ result: CELType,
        guarded isGuarded: Bool = true, cost: CallCost = .one, specialize: Specialize? = nil,
        _ implementation: Implementation? = nil
    ) {
        self.id = id
        self.isMember = isMember
        self.parameters = parameters
        self.result = result
        self.cost = cost
        self.specialize = specialize
        self.isGuarded = isGuarded
        self.implementation = implementation
        isGeneric = result.hasParameter || parameters.contains { $0.hasParameter }
    }
}

/// A function's code by number of arguments; arguments have been checked against the overload's parameter types.
///
/// Implementations are pure. They throw errors without a place; the calling node fills it in.
package enum Implementation: Sendable {
    case nullary(@Sendable () throws(EvaluationError) -> Value)
    case unary(@Sendable (Value) throws(EvaluationError) -> Value)
    case binary(@Sendable (Value, Value) throws(EvaluationError) -> Value)
    case ternary(@Sendable (Value, Value, Value) throws(EvaluationError) -> Value)
    /// Four arguments and more.
    case variadic(@Sendable ([Value]) throws(EvaluationError) -> Value)
    /// Any number of arguments, with the `Activation.scope` of the evaluation; only for functions with one overload.
    case scoped(@Sendable ((any Sendable & AnyObject)?, [Value]) throws(EvaluationError) -> Value)
}

/// What a call adds to the cost beyond its arguments, in Kubernetes' units.
package enum CallCost: Sendable {
    /// 1 for every call.
    case one
    case fixed(UInt64)
    /// From the first two arguments' values (nil where there is none or it failed); needs no array.
    case sized(@Sendable (_ first: Value?, _ second: Value?) -> UInt64)
    /// - Parameters: the arguments' values (nil where the argument failed) and the result (nil if the call failed).
    case custom(@Sendable (_ arguments: [Value?], _ result: Value?) -> UInt64)
}

/// A function with all its overloads.
package struct FunctionDeclaration: Sendable {
    package let name: String
    package var overloads: [Overload]
    /// What a call costs when dyn arguments leave several overloads possible: Kubernetes then knows only the
    /// function's name, and its own libraries are priced by name, all others at 1.
    package var dynamicCost: CallCost

    package init(_ name: String, _ overloads: [Overload], dynamicCost: CallCost = .one) {
        self.name = name
        self.overloads = overloads
        self.dynamicCost = dynamicCost
    }
}

/// A set of functions and macros that comes and goes together.
package struct Library: Sendable {
    package let name: String
    package var functions: [FunctionDeclaration]
    package var macros: [Macro]
    /// Names of types that are values (`net.IP`…) beyond the language's own.
    package var types: [String: CELType]

    package init(
        _ name: String, functions: [FunctionDeclaration] = [], macros: [Macro] = [], types: [String: CELType] = [:]
    ) {
        self.name = name
        self.functions = functions
        self.macros = macros
        self.types = types
    }
}

/// A macro by its shape. The expansions are the parser's own; an environment only chooses which are there.
package struct Macro: Hashable, Sendable {
    package let name: String
    package let argumentCount: Int
    /// `target.name(…)` rather than `name(…)`.
    package let isMember: Bool

    package init(_ name: String, _ argumentCount: Int, member isMember: Bool = true) {
        self.name = name
        self.argumentCount = argumentCount
        self.isMember = isMember
    }
}
