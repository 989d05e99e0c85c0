/// Finds what the type variables of one check stand for.
///
/// Types are compared as the Go implementation compares them: `dyn` fits everything, null fits what can be null,
/// and a variable takes the more general of the types that it meets.
struct TypeSolver {
    /// By variable number; nil is not known yet.
    private var bindings: [CELType?] = []
    /// Bindings to undo when an attempt fails.
    private var trail: [(variable: Int, old: CELType?)] = []
    private var steps = 0
    /// The comparison budget (`Limits.unificationSteps`) is spent or a type outgrew `Limits.typeSize`.
    private(set) var isExhausted = false

    mutating func newVariable() -> CELType {
        bindings.append(nil)
        return .variable(bindings.count - 1)
    }

    /// Whether a value of type `source` may stand where `target` is wanted; if not, nothing is bound.
    mutating func isAssignable(_ source: CELType, to target: CELType) -> Bool {
        attempt { $0.matches(source, target) }
    }

    mutating func areAssignable(_ sources: [CELType], to targets: [CELType]) -> Bool {
        guard sources.count == targets.count else { return false }
        return attempt { $0.matches(sources, targets) }
    }

    private mutating func attempt(_ body: (inout TypeSolver) -> Bool) -> Bool {
        trail.removeAll(keepingCapacity: true)
        guard body(&self) else {
            for change in trail.reversed() { bindings[change.variable] = change.old }
            return false
        }
        return true
    }

    private mutating func bind(_ variable: Int, _ type: CELType) {
        trail.append((variable, bindings[variable]))
        bindings[variable] = type
    }

    private mutating func matches(_ sources: [CELType], _ targets: [CELType]) -> Bool {
        guard sources.count == targets.count else { return false }
        for index in sources.indices {
            guard matches(sources[index], targets[index]) else { return false }
        }
        return true
    }

    private mutating func matches(_ source: CELType, _ target: CELType) -> Bool {
        steps += 1
        guard steps < Limits.unificationSteps else {
            isExhausted = true
            return false
        }
        if case .variable(let variable) = target {
            switch substitutes(source, variable) {
            case .fits: return true
            case .conflicts: return false
            case .occurs: break
            }
        }
        if case .variable(let variable) = source { return substitutes(target, variable) == .fits }
        switch (source, target) {
        case (.dyn, _), (_, .dyn), (.any, _), (_, .any), (.error, _), (_, .error): return true
        case (.null, _): return target.isNullable
        case (_, .null): return source.isNullable
        case (.wrapper(let left), .wrapper(let right)): return left == right
        case (.wrapper(let wrapped), let other), (let other, .wrapper(let wrapped)): return wrapped == other
        case (.list(let left), .list(let right)): return matches(left, right)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            return matches(leftKey, rightKey) && matches(leftValue, rightValue)
        case (.opaque(let leftName, let left), .opaque(let rightName, let right)):
            return leftName == rightName && matches(left, right)
        case (.type, .type): return true
        case (.bool, .bool), (.int, .int), (.uint, .uint), (.double, .double), (.string, .string), (.bytes, .bytes),
            (.timestamp, .timestamp), (.duration, .duration):
            return true
        case (.structure(let left), .structure(let right)): return left == right
        case (.parameter(let left), .parameter(let right)): return left == right
        default: return false
        }
    }

    private enum Substitution {
        case fits
        /// The variable already stands for something else.
        case conflicts
        /// The variable occurs within the type.
        case occurs
    }

    /// Whether `variable` may stand for `type`; binds or widens it if so.
    private mutating func substitutes(_ type: CELType, _ variable: Int) -> Substitution {
        if case .variable(variable) = type { return .fits }
        if let bound = bindings[variable] {
            if bound == type { return .fits }
            guard matches(type, bound) else { return .conflicts }
            let general = Self.mostGeneral(type, bound)
            if !occurs(variable, in: general) { bind(variable, general) }
            return .fits
        }
        guard !occurs(variable, in: type) else { return .occurs }
        bind(variable, type)
        return .fits
    }

    private mutating func occurs(_ variable: Int, in type: CELType) -> Bool {
        steps += 1
        guard steps < Limits.unificationSteps else {
            isExhausted = true
            return true
        }
        switch type {
        case .variable(variable): return true
        case .variable(let other): return bindings[other].map { occurs(variable, in: $0) } ?? false
        case .list(let element): return occurs(variable, in: element)
        case .map(let key, let value): return occurs(variable, in: key) || occurs(variable, in: value)
        case .opaque(_, let parameters):
            for parameter in parameters where occurs(variable, in: parameter) { return true }
            return false
        default: return false
        }
    }

    /// The more general of two types that fit each other.
    static func mostGeneral(_ left: CELType, _ right: CELType) -> CELType {
        isEqualOrLessSpecific(left, right) ? left : right
    }

    private static func isEqualOrLessSpecific(_ left: CELType, _ right: CELType) -> Bool {
        switch (left, right) {
        case (.dyn, _), (.any, _), (.variable, _): return true
        case (_, .dyn), (_, .any), (_, .variable): return false
        case (.list(let leftElement), .list(let rightElement)):
            return isEqualOrLessSpecific(leftElement, rightElement)
        case (.map(let leftKey, let leftValue), .map(let rightKey, let rightValue)):
            return isEqualOrLessSpecific(leftKey, rightKey) && isEqualOrLessSpecific(leftValue, rightValue)
        case (.opaque(let leftName, let leftParts), .opaque(let rightName, let rightParts)):
            return leftName == rightName && leftParts.count == rightParts.count
                && zip(leftParts, rightParts).allSatisfy { isEqualOrLessSpecific($0, $1) }
        case (.type, .type): return true
        // A wrapper takes in its primitive; the other way round null would get lost.
        case (.wrapper(let wrapped), let other) where wrapped == other: return true
        default: return left == right
        }
    }

    // MARK: Substitution

    /// The type with bound variables replaced by what they stand for.
    mutating func resolve(_ type: CELType) -> CELType {
        guard type.isCompound else { return type }
        var budget = Limits.typeSize
        return substitute(type, unboundAsDyn: false, &budget)
    }

    /// The same with the unbound ones replaced by dyn, for the end of a check.
    mutating func finalize(_ type: CELType) -> CELType {
        guard type.isCompound else { return type }
        var budget = Limits.typeSize
        return substitute(type, unboundAsDyn: true, &budget)
    }

    private mutating func substitute(_ type: CELType, unboundAsDyn: Bool, _ budget: inout Int) -> CELType {
        budget -= 1
        guard budget > 0 else {
            isExhausted = true
            return .error
        }
        switch type {
        case .variable(let variable):
            guard let bound = bindings[variable] else { return unboundAsDyn ? .dyn : type }
            return substitute(bound, unboundAsDyn: unboundAsDyn, &budget)
        case .list(let element): return .list(substitute(element, unboundAsDyn: unboundAsDyn, &budget))
        case .map(let key, let value):
            return .map(
                substitute(key, unboundAsDyn: unboundAsDyn, &budget),
                substitute(value, unboundAsDyn: unboundAsDyn, &budget))
        case .opaque(let name, let parameters) where !parameters.isEmpty:
            return .opaque(name, parameters.map { substitute($0, unboundAsDyn: unboundAsDyn, &budget) })
        case .type(let inner): return .type(substitute(inner, unboundAsDyn: unboundAsDyn, &budget))
        default: return type
        }
    }
}

/// The type parameters of one overload, each with a fresh variable per call.
struct Instantiation {
    private var names: [(name: String, variable: CELType)] = []

    mutating func instantiate(_ type: CELType, _ solver: inout TypeSolver) -> CELType {
        switch type {
        case .parameter(let name):
            if let known = names.first(where: { $0.name == name }) { return known.variable }
            let variable = solver.newVariable()
            names.append((name, variable))
            return variable
        case .list(let element): return .list(instantiate(element, &solver))
        case .map(let key, let value): return .map(instantiate(key, &solver), instantiate(value, &solver))
        case .opaque(let name, let parameters) where !parameters.isEmpty:
            return .opaque(name, parameters.map { instantiate($0, &solver) })
        case .type(let inner): return .type(instantiate(inner, &solver))
        default: return type
        }
    }
}

extension CELType {
    /// Has parts that may be variables.
    var isCompound: Bool {
        switch self {
        case .list, .map, .variable, .type: true
        case .opaque(_, let parameters): !parameters.isEmpty
        default: false
        }
    }

    var isNullable: Bool {
        switch self {
        case .null, .opaque, .structure, .timestamp, .duration, .wrapper, .dyn, .any, .error: true
        default: false
        }
    }

    var isDynOrError: Bool {
        switch self {
        case .dyn, .any, .error: true
        default: false
        }
    }

    /// The inner type of an optional.
    var optionalContent: CELType? {
        guard case .opaque("optional_type", let parameters) = self, parameters.count == 1 else { return nil }
        return parameters[0]
    }

    /// Whether overloads' parameter and argument can never fit, by their outermost kind only: a cheap filter.
    func clearlyDiffers(from parameter: CELType) -> Bool {
        switch (self, parameter) {
        case (.bool, .int), (.bool, .uint), (.bool, .double), (.bool, .string), (.bool, .bytes),
            (.int, .bool), (.int, .uint), (.int, .double), (.int, .string), (.int, .bytes),
            (.string, .bool), (.string, .int), (.string, .uint), (.string, .double), (.string, .bytes),
            (.list, .map), (.map, .list), (.list, .opaque), (.map, .opaque), (.opaque, .list), (.opaque, .map),
            (.list, .string), (.string, .list), (.map, .string), (.string, .map):
            true
        default: false
        }
    }
}
