internal import Values

/// `getHours()` and friends of timestamps and durations.
extension Library {
    /// - Parameter wholeMilliseconds: `getMilliseconds` of a duration converts all of it, as the Go implementation
    ///   has it; else it gives the thousandths beyond whole seconds, as the specification's tests have it.
    static func timeAccessors(wholeMilliseconds: Bool) -> [FunctionDeclaration] {
        clockAccessors + [
            timeAccessor(
                "getMilliseconds", "timestamp_to_milliseconds",
                duration: ("duration_to_milliseconds", 1_000_000, wholeMilliseconds ? .max : 1_000)
            ) { $0.nanoseconds / 1_000_000 }
        ]
    }

    private static let clockAccessors: [FunctionDeclaration] = [
        timeAccessor("getFullYear", "timestamp_to_year") { $0.year },
        timeAccessor("getMonth", "timestamp_to_month") { $0.month - 1 },
        timeAccessor("getDate", "timestamp_to_day_of_month_1_based") { $0.day },
        timeAccessor("getDayOfMonth", "timestamp_to_day_of_month") { $0.day - 1 },
        timeAccessor("getDayOfWeek", "timestamp_to_day_of_week") { $0.dayOfWeek },
        timeAccessor("getDayOfYear", "timestamp_to_day_of_year") { $0.dayOfYear },
        timeAccessor("getHours", "timestamp_to_hours", duration: ("duration_to_hours", 3_600_000_000_000, .max)) {
            $0.hour
        },
        timeAccessor("getMinutes", "timestamp_to_minutes", duration: ("duration_to_minutes", 60_000_000_000, .max)) {
            $0.minute
        },
        timeAccessor(
            "getSeconds", "timestamp_to_seconds", zoned: "timestamp_to_seconds_tz",
            duration: ("duration_to_seconds", 1_000_000_000, .max)
        ) { $0.second },
    ]

    /// - Parameter duration: the overload for durations, how many nanoseconds its unit has, and how many units make
    ///   the next greater one (all of them count if that is `max`).
    private static func timeAccessor(
        _ name: String, _ id: String, zoned: String? = nil, duration: (id: String, unit: Int64, modulus: Int64)? = nil,
        _ field: @escaping @Sendable (CivilTime) -> Int64
    ) -> FunctionDeclaration {
        var overloads = [
            Overload(
                id, member: true, [.timestamp], .int,
                .unary { target throws(EvaluationError) in
                    guard case .timestamp(let timestamp) = target else { throw .noSuchOverload() }
                    return .int(field(CivilTime(timestamp, offset: 0)))
                }),
            Overload(
                zoned ?? "\(id)_with_tz", member: true, [.timestamp, .string], .int,
                .binary { target, zone throws(EvaluationError) in
                    guard case .timestamp(let timestamp) = target else { throw .noSuchOverload() }
                    let offset = try TimeZones.offset(try zone.string(), at: timestamp.seconds)
                    return .int(field(CivilTime(timestamp, offset: offset)))
                }),
        ]
        if let duration {
            overloads.append(
                Overload(
                    duration.id, member: true, [.duration], .int,
                    .unary { target throws(EvaluationError) in
                        guard case .duration(let nanoseconds) = target else { throw .noSuchOverload() }
                        return .int(nanoseconds / duration.unit % duration.modulus)
                    }))
        }
        return FunctionDeclaration(name, overloads)
    }
}
