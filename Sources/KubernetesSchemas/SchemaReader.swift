import Values

/// Reads the compact form of docs/schemas.md.
///
/// The text is a part of the program, so what is malformed in it is left out rather than reported; a test compares
/// the result with the OpenAPI documents.
struct SchemaReader {
    private typealias Bytes = UnsafeBufferPointer<UInt8>

    private var texts: [[String]] = []
    private var values: [ValueSchema] = []
    /// Element schemas are shared: most lists are of strings.
    private var valueIndexes: [ValueSchema: Int32] = [:]
    private var types: [TypeSchema?] = []
    private var kinds: [String: TypeID] = [:]
    private var defaults = DocumentBuilder(recordsPositions: false)
    private var defaultCount: Int32 = 0

    static func versions(of text: StaticString) -> [String] {
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        guard let line = bytes.split(separator: UInt8(ascii: "\n"), maxSplits: 1).first else { return [] }
        return line.split(separator: UInt8(ascii: " ")).dropFirst().map { String(decoding: $0, as: UTF8.self) }
    }

    /// - Parameter version: nil for the newest.
    static func read(_ text: StaticString, version: String?) -> SchemaSet {
        let versions = versions(of: text)
        let number = version.flatMap(versions.firstIndex) ?? versions.count - 1
        var reader = SchemaReader()
        reader.defaults.beginList()
        let bytes = UnsafeBufferPointer(start: text.utf8Start, count: text.utf8CodeUnitCount)
        var cursor = Cursor(bytes: bytes)
        while !cursor.isAtEnd {
            reader.readLine(cursor.take(until: UInt8(ascii: "\n")), version: number)
        }
        reader.defaults.endList()
        let defaults = reader.defaults.finish()
        return SchemaSet(
            version: versions.isEmpty ? "" : versions[number],
            types: reader.types.map { $0 ?? TypeSchema(name: "", fields: [], isAtomic: false) },
            values: reader.values, texts: reader.texts, defaults: Array(defaults.root.elements), kinds: reader.kinds)
    }

    private mutating func readLine(_ line: Bytes, version: Int) {
        var words = Cursor(bytes: line)
        let tag = words.take(until: UInt8(ascii: " "))
        switch tag.first {
        case UInt8(ascii: "E"):
            let allowed = words.rest.split(separator: UInt8(ascii: ","), omittingEmptySubsequences: false)
            texts.append(allowed.map { String(decoding: $0, as: UTF8.self) })
        case UInt8(ascii: "T"):
            if tag.count > 1 {
                let span = tag.dropFirst().split(separator: UInt8(ascii: "-")).map(Cursor.number)
                guard span.count == 2, (span[0]...max(span[0], span[1])).contains(version) else { return }
            }
            readType(&words)
        default: break
        }
    }

    private mutating func readType(_ words: inout Cursor) {
        let index = Cursor.number(words.take(until: UInt8(ascii: " ")))
        var name = words.take(until: UInt8(ascii: " "))
        let isAtomic = name.last == UInt8(ascii: "^")
        if isAtomic { name = Bytes(rebasing: name.dropLast()) }
        while types.count <= index { types.append(nil) }
        var fields: [FieldSchema] = []
        while !words.isAtEnd {
            let word = words.take(until: UInt8(ascii: " "))
            if word.first == UInt8(ascii: "@") {
                kinds[String(decoding: word.dropFirst(), as: UTF8.self)] = TypeID(index: Int32(index))
            } else {
                fields.append(readField(word))
            }
        }
        types[index] = TypeSchema(name: String(decoding: name, as: UTF8.self), fields: fields, isAtomic: isAtomic)
    }

    private mutating func readField(_ word: Bytes) -> FieldSchema {
        var cursor = Cursor(bytes: word)
        var traits = FieldSchema.Traits()
        flags: while let byte = cursor.rest.first {
            switch byte {
            case UInt8(ascii: "!"): traits.insert(.required)
            case UInt8(ascii: "0"): traits.insert(.omitsZero)
            case UInt8(ascii: "+"): traits.insert(.alwaysObject)
            case UInt8(ascii: "~"): traits.insert(.deprecated)
            case UInt8(ascii: "*"): traits.insert(.alwaysWritten)
            default: break flags
            }
            cursor.skip()
        }
        let key = cursor.take(until: UInt8(ascii: ":"))
        var value = readValue(&cursor)
        if cursor.rest.last == UInt8(ascii: "^") { value.isAtomic = true }
        var field = FieldSchema(key: key, value: value, traits: traits)
        if cursor.rest.first == UInt8(ascii: "=") {
            cursor.skip()
            appendDefault(cursor.rest)
            field.defaultIndex = defaultCount
            defaultCount += 1
        }
        return field
    }

    /// Defaults are scalars: a string in quotes, a number or a truth value.
    private mutating func appendDefault(_ text: Bytes) {
        switch text.first {
        case UInt8(ascii: "\""): defaults.append(text.dropFirst().dropLast())
        case UInt8(ascii: "t"), UInt8(ascii: "f"): defaults.append(text.first == UInt8(ascii: "t"))
        default: defaults.append(Int64(Cursor.number(text)))
        }
    }

    private mutating func readValue(_ cursor: inout Cursor) -> ValueSchema {
        guard let code = cursor.rest.first else { return ValueSchema(.any) }
        cursor.skip()
        switch code {
        case UInt8(ascii: "s"): return ValueSchema(.string)
        case UInt8(ascii: "b"): return ValueSchema(.bool)
        case UInt8(ascii: "i"): return ValueSchema(.int32)
        case UInt8(ascii: "l"): return ValueSchema(.int64)
        case UInt8(ascii: "d"): return ValueSchema(.double)
        case UInt8(ascii: "B"): return ValueSchema(.bytes)
        case UInt8(ascii: "t"): return ValueSchema(.time)
        case UInt8(ascii: "u"): return ValueSchema(.microTime)
        case UInt8(ascii: "q"): return ValueSchema(.quantity)
        case UInt8(ascii: "x"): return ValueSchema(.intOrString)
        case UInt8(ascii: "o"): return ValueSchema(.anyObject)
        case UInt8(ascii: "e"):
            return ValueSchema(.string, detail: Int32(Cursor.number(cursor.take(until: UInt8(ascii: ";")))))
        case UInt8(ascii: "#"):
            return ValueSchema(.object, reference: Int32(Cursor.number(cursor.take(until: UInt8(ascii: ";")))))
        case UInt8(ascii: "{"):
            return ValueSchema(.map, reference: index(of: readValue(&cursor)))
        case UInt8(ascii: "["):
            return readList(&cursor)
        default: return ValueSchema(.any)
        }
    }

    private mutating func readList(_ cursor: inout Cursor) -> ValueSchema {
        let code = cursor.rest.first
        cursor.skip()
        var detail: Int32 = -1
        var listType = ValueSchema.ListType.unspecified
        switch code {
        case UInt8(ascii: "a"): listType = .atomic
        case UInt8(ascii: "s"): listType = .set
        case UInt8(ascii: "m"):
            listType = .map
            let keys = cursor.take(until: UInt8(ascii: ";")).split(separator: UInt8(ascii: ","))
            detail = Int32(texts.count)
            texts.append(keys.map { String(decoding: $0, as: UTF8.self) })
        default: break
        }
        var value = ValueSchema(.list, reference: index(of: readValue(&cursor)), detail: detail)
        value.listType = listType
        return value
    }

    private mutating func index(of value: ValueSchema) -> Int32 {
        if let known = valueIndexes[value] { return known }
        values.append(value)
        valueIndexes[value] = Int32(values.count - 1)
        return Int32(values.count - 1)
    }
}

/// A place in bytes of the program's own text.
private struct Cursor {
    var rest: UnsafeBufferPointer<UInt8>

    init(bytes: UnsafeBufferPointer<UInt8>) { rest = bytes }

    var isAtEnd: Bool { rest.isEmpty }

    mutating func skip() {
        if !rest.isEmpty { rest = UnsafeBufferPointer(rebasing: rest.dropFirst()) }
    }

    /// What stands before the next `delimiter`, which is passed over, or the whole rest.
    mutating func take(until delimiter: UInt8) -> UnsafeBufferPointer<UInt8> {
        var count = 0
        while count < rest.count, rest[count] != delimiter { count += 1 }
        let part = UnsafeBufferPointer(rebasing: rest[..<count])
        rest = UnsafeBufferPointer(rebasing: rest[min(count + 1, rest.count)...])
        return part
    }

    static func number(_ digits: some Collection<UInt8>) -> Int {
        digits.reduce(0) { $0 &* 10 &+ Int($1 &- UInt8(ascii: "0")) }
    }
}
