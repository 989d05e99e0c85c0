import CEL
import Diagnostics
import Documents
import Values

/// Hashes, JSON, YAML and times.
extension Library {
    static let kyvernoHashes = Library(
        "kyverno.hash",
        functions: [
            ("md5", MessageDigest.md5), ("sha1", MessageDigest.sha1), ("sha256", MessageDigest.sha256),
        ].flatMap { name, digest in
            [name, "hash.\(name)"].map { function in hash(function, digest) }
        })

    private static func hash(_ name: String, _ digest: @escaping @Sendable ([UInt8]) -> [UInt8]) -> FunctionDeclaration
    {
        FunctionDeclaration(
            name,
            [
                Overload(
                    "\(name)_string", [.string], .string,
                    .unary { text throws(EvaluationError) in
                        .string(MessageDigest.hexadecimal(digest(try withUTF8(text) { Array($0) })))
                    })
            ])
    }

    static let kyvernoJSON = Library(
        "kyverno.json",
        functions: [
            FunctionDeclaration(
                "json.unmarshal",
                [
                    Overload(
                        "json_unmarshal_string", [.string], .dyn,
                        .unary { text throws(EvaluationError) in try unmarshal(text) })
                ]),
            FunctionDeclaration(
                "json.marshal",
                [
                    Overload(
                        "json_marshal_dyn", [.dyn], .string,
                        .unary { value throws(EvaluationError) in
                            var builder = DocumentBuilder(recordsPositions: false)
                            try builder.append(json: value, depth: 0)
                            let finished = builder
                            let bytes = JSONWriter(sortsKeys: true, escapesHTML: true).write(finished.finish().root)
                            return .string(String(decoding: bytes, as: UTF8.self))
                        })
                ]),
            FunctionDeclaration(
                "yaml.parse",
                [
                    Overload(
                        "yaml_parse_string", [.string], .dyn,
                        .unary { text throws(EvaluationError) in
                            var reader = YAMLReader(try source(text))
                            do throws(DocumentError) {
                                return try reader.next().map { Value($0.root).withDoubles } ?? .null
                            } catch {
                                throw EvaluationError(.invalidArgument, "invalid YAML: \(error.message)")
                            }
                        })
                ]),
        ])

    static func unmarshal(_ text: Value) throws(EvaluationError) -> Value {
        let source = try source(text)
        do throws(DocumentError) {
            // Go reads all numbers as doubles, and so do policies see them.
            return Value(try JSONReader.read(source).root).withDoubles
        } catch {
            throw EvaluationError(.invalidArgument, "invalid JSON: \(error.message)")
        }
    }

    private static func source(_ text: Value) throws(EvaluationError) -> SourceFile {
        let bytes = try withUTF8(text) { Array($0) }
        guard bytes.count <= KyvernoLimits.maximumParsedBytes else {
            throw EvaluationError(.resourceLimit, "the text to parse is too large")
        }
        return SourceFile(name: "<expression>", bytes: bytes)
    }

    static let kyvernoTime: Library = {
        let receiver = ExternalContext.Kind.time.type
        return Library(
            "kyverno.time",
            functions: [
                FunctionDeclaration(
                    "now",
                    [
                        Overload(
                            "time_now", member: true, [receiver], .timestamp,
                            .unary { context throws(EvaluationError) in .timestamp(try ExternalContext.of(context).now)
                            })
                    ]),
                FunctionDeclaration(
                    "truncate",
                    [
                        Overload(
                            "time_truncate", member: true, [receiver, .timestamp, .duration], .timestamp,
                            .ternary { _, time, unit throws(EvaluationError) in
                                guard case .timestamp(let time) = time, case .duration(let unit) = unit else {
                                    throw .noSuchOverload()
                                }
                                return .timestamp(truncate(time, to: unit))
                            })
                    ]),
                FunctionDeclaration(
                    "toCron",
                    [
                        Overload(
                            "time_to_cron", member: true, [receiver, .timestamp], .string,
                            .binary { _, time throws(EvaluationError) in
                                guard case .timestamp(let time) = time else { throw .noSuchOverload() }
                                return .string(cron(time))
                            })
                    ]),
            ])
    }()

    /// Down to a whole multiple of the unit, counted from the year 1.
    private static func truncate(_ time: Timestamp, to unit: Int64) -> Timestamp {
        guard unit > 0 else { return time }
        let billion: Int64 = 1_000_000_000
        let seconds = time.seconds - Timestamp.minimumSeconds
        // Beyond 64 bits: 9,999 years have more nanoseconds than that.
        let product = seconds.multipliedFullWidth(by: billion)
        let total = (Int128(product.high) << 64 | Int128(product.low)) + Int128(time.nanoseconds)
        let whole = total - total % Int128(unit)
        return Timestamp(
            seconds: Int64(whole / Int128(billion)) + Timestamp.minimumSeconds,
            nanoseconds: Int32(whole % Int128(billion)), offsetMinutes: time.offsetMinutes)
    }

    /// `minute hour day month weekday` of the time in its own zone.
    private static func cron(_ time: Timestamp) -> String {
        let text = Timestamps.string(time)
        let numbers = text.prefix(16).split(whereSeparator: { "-T:".contains($0) }).compactMap { Int($0) }
        guard numbers.count == 5 else { return "" }
        let local = time.seconds + Int64(time.offsetMinutes) * 60
        let days = (local - ((local % 86_400) + 86_400) % 86_400) / 86_400
        // 1970-01-01 was a Thursday.
        let weekday = ((days + 4) % 7 + 7) % 7
        return "\(numbers[4]) \(numbers[3]) \(numbers[2]) \(numbers[1]) \(weekday)"
    }
}

extension DocumentBuilder {
    /// A value as JSON: what a policy can make of data again.
    fileprivate mutating func append(json value: Value, depth: Int) throws(EvaluationError) {
        guard depth < KyvernoLimits.maximumValueDepth else {
            throw EvaluationError(.resourceLimit, "the value is nested too deep")
        }
        switch value {
        case .null: appendNull()
        case .bool(let value): append(value)
        case .int(let value): append(value)
        case .uint(let value): if let int = Int64(exactly: value) { append(int) } else { append(value) }
        case .double(let value): append(value)
        case .string(let value): append(value)
        case .text(let node), .listNode(let node), .mapNode(let node): append(copyOf: node)
        case .bytes(let value): append(Base64.encode(value))
        case .list(let elements):
            beginList()
            for element in elements { try append(json: element, depth: depth + 1) }
            endList()
        case .map(let map):
            beginMap()
            for (key, value) in zip(map.keys, map.values) {
                appendKey(try key.string())
                try append(json: value, depth: depth + 1)
            }
            endMap()
        case .timestamp(let value): append(Timestamps.string(value))
        case .optional(let optional):
            if let value = optional.value { try append(json: value, depth: depth + 1) } else { appendNull() }
        default: throw EvaluationError(.invalidArgument, "the value has no form in JSON")
        }
    }
}

extension Value {
    /// The same with doubles for all numbers, as JSON values have them in protobuf and Go.
    var withDoubles: Value {
        switch self {
        case .int(let value): .double(Double(value))
        case .uint(let value): .double(Double(value))
        case .list, .listNode: .list((listElements ?? []).map(\.withDoubles))
        case .map, .mapNode: .map(MapValue((mapEntries ?? []).map { (key: $0.key, value: $0.value.withDoubles) }))
        default: self
        }
    }
}
