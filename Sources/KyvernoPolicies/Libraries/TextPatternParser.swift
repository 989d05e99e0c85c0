/// Reads regular expressions as rules for making texts.
struct TextPatternParser {
    private let scalars: [Unicode.Scalar]
    private var at = 0
    private var depth = 0

    private typealias Ranges = [ClosedRange<UInt32>]

    /// What `.` and negated classes choose from: the printable characters of ASCII.
    private static let printable: ClosedRange<UInt32> = 0x20...0x7E
    private static let digits: Ranges = [0x30...0x39]
    private static let spaces: Ranges = [0x09...0x0A, 0x0C...0x0D, 0x20...0x20]
    private static let word: Ranges = [0x30...0x39, 0x41...0x5A, 0x5F...0x5F, 0x61...0x7A]
    private static let classes: [String: Ranges] = [
        "alnum": [0x30...0x39, 0x41...0x5A, 0x61...0x7A], "alpha": [0x41...0x5A, 0x61...0x7A],
        "digit": digits, "lower": [0x61...0x7A], "upper": [0x41...0x5A], "space": spaces, "word": word,
        "blank": [0x09...0x09, 0x20...0x20], "xdigit": [0x30...0x39, 0x41...0x46, 0x61...0x66],
        "punct": [0x21...0x2F, 0x3A...0x40, 0x5B...0x60, 0x7B...0x7E], "graph": [0x21...0x7E], "print": [0x20...0x7E],
    ]

    init(_ pattern: String) { scalars = Array(pattern.unicodeScalars) }

    mutating func parse() throws(TextPatternError) -> TextPattern {
        guard scalars.count <= KyvernoLimits.maximumPatternCharacters else {
            throw TextPatternError(
                message: "the pattern has more than \(KyvernoLimits.maximumPatternCharacters) characters")
        }
        let pattern = try alternation()
        guard at == scalars.count else { throw unexpected() }
        return pattern
    }

    private var next: Unicode.Scalar? { at < scalars.count ? scalars[at] : nil }

    private mutating func accept(_ scalar: Unicode.Scalar) -> Bool {
        guard next == scalar else { return false }
        at += 1
        return true
    }

    private func unexpected() -> TextPatternError {
        TextPatternError(message: next.map { "unexpected `\($0)` in the pattern" } ?? "the pattern ends too soon")
    }

    // MARK: Structure

    private mutating func alternation() throws(TextPatternError) -> TextPattern {
        depth += 1
        defer { depth -= 1 }
        guard depth <= KyvernoLimits.maximumPatternDepth else {
            throw TextPatternError(message: "the pattern is nested too deep")
        }
        var branches = [try sequence()]
        while accept("|") { branches.append(try sequence()) }
        return branches.count == 1 ? branches[0] : .choice(branches)
    }

    private mutating func sequence() throws(TextPatternError) -> TextPattern {
        var parts: [TextPattern] = []
        while let scalar = next, scalar != "|", scalar != ")" {
            // The text is all there is, so its ends are where the pattern's are.
            if scalar == "^" || scalar == "$" {
                guard depth == 1, scalar == "^" ? parts.isEmpty : isAtBranchEnd(at + 1) else {
                    throw TextPatternError(
                        message: "`\(scalar)` can only be at the pattern's \(scalar == "^" ? "start" : "end")")
                }
                at += 1
                continue
            }
            parts.append(try repetition(of: try atom()))
        }
        return parts.count == 1 ? parts[0] : .sequence(parts)
    }

    private func isAtBranchEnd(_ index: Int) -> Bool { index == scalars.count || scalars[index] == "|" }

    private mutating func repetition(of part: TextPattern) throws(TextPatternError) -> TextPattern {
        var part = part
        while let scalar = next {
            let counts: ClosedRange<Int>
            switch scalar {
            case "*": counts = 0...KyvernoLimits.maximumUnboundedRepeats
            case "+": counts = 1...KyvernoLimits.maximumUnboundedRepeats
            case "?": counts = 0...1
            case "{":
                guard let found = bounds() else { return part }
                guard found.lowerBound <= KyvernoLimits.maximumRepeats, found.upperBound <= KyvernoLimits.maximumRepeats
                else { throw TextPatternError(message: "a part is repeated too often") }
                counts = found
            default: return part
            }
            at += 1
            // How greedy it is makes no difference here.
            _ = accept("?")
            part = .repeated(part, counts)
        }
        return part
    }

    /// `{2}`, `{2,}` or `{2,5}`, up to the brace that ends it; anything else means itself.
    private mutating func bounds() -> ClosedRange<Int>? {
        guard let end = scalars[at...].firstIndex(of: "}") else { return nil }
        let text = String(String.UnicodeScalarView(scalars[(at + 1)..<end]))
        let parts = text.split(separator: ",", omittingEmptySubsequences: false)
        guard let low = parts.first.flatMap({ Int($0) }), low >= 0, parts.count <= 2 else { return nil }
        var high = low
        if parts.count == 2 {
            if parts[1].isEmpty {
                high = low + KyvernoLimits.maximumUnboundedRepeats
            } else {
                guard let bound = Int(parts[1]), bound >= low else { return nil }
                high = bound
            }
        }
        at = end
        return low...high
    }

    // MARK: Atoms

    private mutating func atom() throws(TextPatternError) -> TextPattern {
        guard let scalar = next else { throw unexpected() }
        at += 1
        switch scalar {
        case "(": return try group()
        case "[": return .characters(try bracket())
        case ".": return .characters([Self.printable])
        case "\\": return try escape()
        case "*", "+", "?":
            at -= 1
            throw unexpected()
        default: return .characters([scalar.value...scalar.value])
        }
    }

    private mutating func group() throws(TextPatternError) -> TextPattern {
        if accept("?") {
            if accept("P") || next == "<" {
                guard accept("<"), let end = scalars[at...].firstIndex(of: ">") else { throw unexpected() }
                at = end + 1
            } else if !accept(":") {
                throw TextPatternError(message: "flags in a pattern are not supported")
            }
        }
        let pattern = try alternation()
        guard accept(")") else { throw unexpected() }
        return pattern
    }

    private mutating func escape() throws(TextPatternError) -> TextPattern {
        guard let scalar = next else { throw unexpected() }
        if scalar == "Q" {
            at += 1
            var parts: [TextPattern] = []
            while let quoted = next {
                if quoted == "\\", at + 1 < scalars.count, scalars[at + 1] == "E" {
                    at += 2
                    break
                }
                parts.append(.characters([quoted.value...quoted.value]))
                at += 1
            }
            return .sequence(parts)
        }
        return .characters(try escaped())
    }

    /// The characters that stand for an escape, whose backslash has been read.
    private mutating func escaped() throws(TextPatternError) -> [ClosedRange<UInt32>] {
        guard let scalar = next else { throw unexpected() }
        at += 1
        switch scalar {
        case "d": return Self.digits
        case "D": return Self.negated(Self.digits)
        case "w": return Self.word
        case "W": return Self.negated(Self.word)
        case "s": return Self.spaces
        case "S": return Self.negated(Self.spaces)
        case "n": return [0x0A...0x0A]
        case "t": return [0x09...0x09]
        case "r": return [0x0D...0x0D]
        case "f": return [0x0C...0x0C]
        case "v": return [0x0B...0x0B]
        case "a": return [0x07...0x07]
        case "x": return [try hexadecimal()]
        default:
            guard scalar.isASCII, !scalar.properties.isAlphabetic, scalar.properties.numericType == nil else {
                throw TextPatternError(message: "`\\\(scalar)` in a pattern is not supported")
            }
            return [scalar.value...scalar.value]
        }
    }

    private mutating func hexadecimal() throws(TextPatternError) -> ClosedRange<UInt32> {
        let digits: ArraySlice<Unicode.Scalar>
        if accept("{") {
            guard let end = scalars[at...].firstIndex(of: "}") else { throw unexpected() }
            digits = scalars[at..<end]
            at = end + 1
        } else {
            guard at + 2 <= scalars.count else { throw unexpected() }
            digits = scalars[at..<at + 2]
            at += 2
        }
        guard let value = UInt32(String(String.UnicodeScalarView(digits)), radix: 16), Unicode.Scalar(value) != nil
        else {
            throw TextPatternError(message: "`\\x` in a pattern needs a character's number")
        }
        return value...value
    }

    // MARK: Bracket expressions

    private mutating func bracket() throws(TextPatternError) -> [ClosedRange<UInt32>] {
        let isNegated = accept("^")
        var ranges: Ranges = []
        var isFirst = true
        while isFirst || next != "]" {
            guard let scalar = next else { throw unexpected() }
            isFirst = false
            if scalar == "[", at + 1 < scalars.count, scalars[at + 1] == ":" {
                ranges += try namedClass()
                continue
            }
            let low = try bracketCharacters()
            guard low.count == 1, low[0].count == 1, next == "-", at + 1 < scalars.count, scalars[at + 1] != "]" else {
                ranges += low
                continue
            }
            at += 1
            let high = try bracketCharacters()
            guard high.count == 1, high[0].count == 1, low[0].lowerBound <= high[0].lowerBound else {
                throw TextPatternError(message: "a range of characters in the pattern has no order")
            }
            ranges.append(low[0].lowerBound...high[0].lowerBound)
        }
        at += 1
        let merged = Self.merged(isNegated ? Self.negated(ranges) : ranges)
        guard !merged.isEmpty else {
            throw TextPatternError(message: "a class of the pattern leaves no printable character of ASCII")
        }
        return merged
    }

    private mutating func bracketCharacters() throws(TextPatternError) -> [ClosedRange<UInt32>] {
        guard let scalar = next else { throw unexpected() }
        at += 1
        return scalar == "\\" ? try escaped() : [scalar.value...scalar.value]
    }

    /// `[:alpha:]` or `[:^alpha:]`.
    private mutating func namedClass() throws(TextPatternError) -> [ClosedRange<UInt32>] {
        at += 2
        let isNegated = accept("^")
        var name = ""
        while let scalar = next, scalar != ":" {
            name.unicodeScalars.append(scalar)
            at += 1
        }
        guard accept(":"), accept("]"), let ranges = Self.classes[name] else {
            throw TextPatternError(message: "unknown class of characters `\(name)` in the pattern")
        }
        return isNegated ? Self.negated(ranges) : ranges
    }

    private static func negated(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        merged(
            printable.filter { value in !ranges.contains { $0.contains(value) } }.map { $0...$0 })
    }

    /// Without overlaps, so that every character is as likely as the others.
    private static func merged(_ ranges: [ClosedRange<UInt32>]) -> [ClosedRange<UInt32>] {
        var result: [ClosedRange<UInt32>] = []
        for range in ranges.sorted(by: { $0.lowerBound < $1.lowerBound }) {
            if let last = result.last, range.lowerBound <= last.upperBound + 1 {
                result[result.count - 1] = last.lowerBound...max(last.upperBound, range.upperBound)
            } else {
                result.append(range)
            }
        }
        return result
    }
}
