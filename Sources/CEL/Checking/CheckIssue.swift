internal import Diagnostics

/// The wording of what the checker finds.
enum CheckIssue {
    static func undeclared(
        _ name: String, _ span: SourceSpan, _ environment: Environment, locals: [String]
    ) -> CompileIssue {
        let bare = name.utf8.first == UInt8(ascii: ".") ? String(name.dropFirst()) : name
        let candidates = locals.reversed() + environment.variables.map(\.name) + environment.typeNames.keys.sorted()
        return CompileIssue(
            "cel-undeclared-reference", "undeclared reference to `\(bare)`", span,
            help: elsewhere([bare], environment) ?? suggestion(bare, candidates),
            reference: undeclared(bare, environment))
    }

    /// - Parameters:
    ///   - namespace: what stood before the dot, if it has no meaning of its own.
    ///   - call: where the call is, if `span` is the namespace, of which the Go implementation complains as well.
    static func undeclaredFunction(
        _ name: String, _ namespace: String?, argumentCount: Int, _ span: SourceSpan, call: SourceSpan? = nil,
        _ environment: Environment
    ) -> CompileIssue {
        if let display = Operator.display(name) {
            return CompileIssue("cel-undeclared-reference", "the operator `\(display)` is not available here", span)
        }
        let fullName = namespace.map { "\($0).\(name)" } ?? name
        if environment.macros.contains(where: { $0.name == name }) {
            return CompileIssue(
                "cel-undeclared-reference", "the macro `\(name)` is not called with these arguments", span,
                help: elsewhere(["\(name)(\(argumentCount))"], environment) ?? macroHelp(name, environment),
                reference: undeclared(name, environment))
        }
        let candidates =
            environment.functions.keys.filter { !$0.utf8.contains(UInt8(ascii: "@")) }
            + environment.macros.map(\.name)
        return CompileIssue(
            "cel-undeclared-reference", "undeclared reference to function `\(fullName)`", span,
            help: elsewhere([fullName, name], environment) ?? suggestion(name, candidates.sorted()),
            references: (call == nil ? [] : [CompileIssue.Reference(undeclared(namespace ?? "", environment))])
                + [CompileIssue.Reference(undeclared(name, environment), at: call)])
    }

    private static func undeclared(_ name: String, _ environment: Environment) -> String {
        "undeclared reference to '\(name)' (in container '\(environment.container)')"
    }

    private static func macroHelp(_ name: String, _ environment: Environment) -> String {
        let counts = environment.macros.filter { $0.name == name }.map(\.argumentCount).sorted()
        return "it takes \(counts.map(String.init).joined(separator: " or ")) arguments"
    }

    private static func elsewhere(_ names: [String], _ environment: Environment) -> String? {
        for name in names {
            guard let place = environment.knownElsewhere[name] else { continue }
            return name.utf8.last == UInt8(ascii: ")")
                ? "with these arguments it is known in \(place)" : "`\(name)` is known in \(place)"
        }
        return nil
    }

    private static func suggestion(_ name: String, _ candidates: some Sequence<String>) -> String? {
        closestMatch(to: name, among: candidates).map { "did you mean `\($0)`?" }
    }

    static func undefinedField(
        _ field: String, _ structure: String, _ span: SourceSpan, _ fields: [String]
    ) -> CompileIssue {
        CompileIssue(
            "cel-undefined-field", "undefined field `\(field)` of `\(structure)`", span,
            help: suggestion(field, fields)
                ?? (fields.isEmpty || fields.count > 20
                    ? nil : "its fields are \(fields.map { "`\($0)`" }.joined(separator: ", "))"),
            reference: "undefined field '\(field)'")
    }

    static func noFields(_ type: String, _ field: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue(
            "cel-undefined-field", "a value of type \(type) has no field `\(field)`", span,
            reference: "type '\(type)' does not support field selection")
    }

    static func noRange(_ type: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue(
            "cel-type-mismatch", "expected a list or map to loop over, found \(type)", span,
            reference: "expression of type '\(type)' cannot be range of a comprehension (must be list, map, or dynamic)"
        )
    }

    static func mismatch(expected: String, found: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue(
            "cel-type-mismatch", "expected \(expected), found \(found)", span,
            reference: "expected type '\(expected)' but found '\(found)'")
    }

    static func fieldMismatch(
        _ field: String, expected: String, found: String, _ span: SourceSpan
    ) -> CompileIssue {
        CompileIssue(
            "cel-type-mismatch", "field `\(field)` is \(expected), found \(found)", span,
            reference: "expected type of field '\(field)' is '\(expected)' but provided type is '\(found)'")
    }

    static func mixedLiteral(
        _ kind: String, expected: String, found: String, _ span: SourceSpan
    ) -> CompileIssue {
        CompileIssue(
            "cel-mixed-literal", "expected \(expected) like the first in this \(kind), found \(found)", span,
            help: "write `dyn(…)` around all of them to mix types",
            reference: "expected type '\(expected)' but found '\(found)'")
    }

    static func noType(_ name: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue("cel-type-mismatch", "`\(name)` is not a type", span)
    }

    static func noMessage(_ name: String, _ span: SourceSpan) -> CompileIssue {
        CompileIssue("cel-type-mismatch", "`\(name)` is not a type with fields", span)
    }

    static func typeTooLarge(_ span: SourceSpan) -> CompileIssue {
        CompileIssue("cel-too-large", "the types in this expression are too large to compare", span)
    }

    static func noMatchingOverload(
        _ function: FunctionDeclaration, _ types: [CELType], isMember: Bool, _ span: SourceSpan
    ) -> CompileIssue {
        let name = Operator.display(function.name) ?? function.name
        let candidates = function.overloads.map { signature($0, name, function.name) }
        let help: String? =
            candidates.isEmpty
            ? nil
            : "available: " + candidates.prefix(Limits.shownSignatures).map { "`\($0)`" }.joined(separator: ", ")
                + (candidates.count > Limits.shownSignatures
                    ? " and \(candidates.count - Limits.shownSignatures) more" : "")
        return CompileIssue(
            "cel-no-matching-overload",
            "no matching overload of `\(name)` for `\(call(name, function.name, types, isMember: isMember))`", span,
            help: help, reference: reference(function.name, types, isMember: isMember))
    }

    private static func reference(_ function: String, _ types: [CELType], isMember: Bool) -> String {
        let texts = types.map(\.description)
        let arguments = "(\(texts.dropFirst(isMember ? 1 : 0).joined(separator: ", ")))"
        let applied = isMember ? "\(texts.first ?? "").\(arguments)" : arguments
        return "found no matching overload for '\(function)' applied to '\(applied)'"
    }

    private static func signature(_ overload: Overload, _ name: String, _ function: String) -> String {
        "\(call(name, function, overload.parameters, isMember: overload.isMember)) -> \(overload.result)"
    }

    /// A call with types in place of its arguments, written as the source writes it.
    private static func call(_ name: String, _ function: String, _ types: [CELType], isMember: Bool) -> String {
        let types = types.map(\.description)
        switch (function, types.count) {
        case (Operator.index, 2): return "\(types[0])[\(types[1])]"
        case (Operator.optionalIndex, 2): return "\(types[0])[?\(types[1])]"
        case (Operator.conditional, 3): return "\(types[0]) ? \(types[1]) : \(types[2])"
        case (_, 2) where name != function: return "\(types[0]) \(name) \(types[1])"
        case (_, 1) where name != function: return "\(name)\(types[0])"
        default:
            let arguments = (isMember ? types.dropFirst() : types[...]).joined(separator: ", ")
            return isMember ? "\(types.first ?? "").\(name)(\(arguments))" : "\(name)(\(arguments))"
        }
    }
}
