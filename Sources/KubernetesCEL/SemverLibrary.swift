package import CEL
package import Values

/// A semantic version as a value of the language.
package final class SemverValue: ObjectValue {
    package static let typeName = "kubernetes.Semver"
    let version: SemanticVersion

    init(_ version: SemanticVersion) { self.version = version }

    package var typeName: String { Self.typeName }
    package var description: String { version.description }

    package func isEqual(to other: Value) -> Bool? {
        guard case .object(let object) = other, let other = object as? SemverValue else { return nil }
        return SemanticVersion.compare(version, other.version) == 0
    }
}

/// `semver(…)` and its functions.
extension Library {
    private static let semverType = CELType.opaque(SemverValue.typeName, [])

    package static let semver = Library(
        "kubernetes.Semver",
        functions: [
            FunctionDeclaration(
                "semver",
                [
                    Overload(
                        "string_to_semver", [.string], semverType, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in .object(SemverValue(try parse(text, .bool(false)))) }),
                    Overload(
                        "string_bool_to_semver", [.string, .bool], semverType, cost: .traversalOfFirst,
                        .binary { text, flag throws(EvaluationError) in .object(SemverValue(try parse(text, flag))) }),
                ], dynamicCost: .traversalOfFirst),
            FunctionDeclaration(
                "isSemver",
                [
                    Overload(
                        "is_semver_string", [.string], .bool, cost: .traversalOfFirst,
                        .unary { text throws(EvaluationError) in .bool((try? parse(text, .bool(false))) != nil) }),
                    Overload(
                        "is_semver_string_bool", [.string, .bool], .bool, cost: .traversalOfFirst,
                        .binary { text, flag throws(EvaluationError) in .bool((try? parse(text, flag)) != nil) }),
                ], dynamicCost: .traversalOfFirst),
            number("major") { $0.major },
            number("minor") { $0.minor },
            number("patch") { $0.patch },
            comparison("isLessThan", "semver_is_less_than", .bool) { .bool($0 < 0) },
            comparison("isGreaterThan", "semver_is_greater_than", .bool) { .bool($0 > 0) },
            comparison("compareTo", "semver_compare_to", .int) { .int(Int64($0)) },
        ], types: [SemverValue.typeName: semverType])

    private static func parse(_ text: Value, _ normalizing: Value) throws(EvaluationError) -> SemanticVersion {
        do throws(SemanticVersion.ParseError) {
            return try SemanticVersion(
                parsing: text.stringValue ?? "", normalizing: normalizing.boolValue ?? false)
        } catch {
            throw EvaluationError(.invalidArgument, error.message)
        }
    }

    private static func version(_ value: Value) throws(EvaluationError) -> SemanticVersion {
        guard case .object(let object) = value, let value = object as? SemverValue else { throw .noSuchOverload() }
        return value.version
    }

    private static func number(
        _ name: String, _ read: @escaping @Sendable (SemanticVersion) -> UInt64
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    "semver_\(name)", member: true, [semverType], .int,
                    // Beyond 2^63 the Go implementation wraps around.
                    .unary { value throws(EvaluationError) in
                        .int(Int64(truncatingIfNeeded: read(try version(value))))
                    })
            ])
    }

    private static func comparison(
        _ name: String, _ id: String, _ result: CELType, _ value: @escaping @Sendable (Int) -> Value
    ) -> FunctionDeclaration {
        FunctionDeclaration(
            name,
            [
                Overload(
                    id, member: true, [semverType, semverType], result,
                    .binary { left, right throws(EvaluationError) in
                        value(SemanticVersion.compare(try version(left), try version(right)))
                    })
            ])
    }
}
