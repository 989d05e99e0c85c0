/// Why no text can be made of a regular expression.
struct TextPatternError: Error {
    let message: String
}

/// A regular expression, taken as a rule for making texts that match it.
///
/// The syntax is RE2's without what a text made from left to right cannot obey: word boundaries, anchors in the middle,
/// and without Unicode's classes and ignored case.
indirect enum TextPattern: Sendable {
    case characters([ClosedRange<UInt32>])
    case sequence([TextPattern])
    case choice([TextPattern])
    case repeated(TextPattern, ClosedRange<Int>)

    init(_ pattern: String) throws(TextPatternError) {
        var parser = TextPatternParser(pattern)
        self = try parser.parse()
    }

    /// A text that matches.
    func text(_ generator: inout some RandomNumberGenerator) throws(TextPatternError) -> String {
        var scalars = String.UnicodeScalarView()
        var remaining = KyvernoLimits.maximumRandomCharacters
        try append(to: &scalars, &remaining, &generator)
        return String(scalars)
    }

    private func append(
        to text: inout String.UnicodeScalarView, _ remaining: inout Int, _ generator: inout some RandomNumberGenerator
    ) throws(TextPatternError) {
        switch self {
        case .characters(let ranges):
            guard remaining > 0 else {
                throw TextPatternError(
                    message: "the text has more than \(KyvernoLimits.maximumRandomCharacters) characters")
            }
            remaining -= 1
            let count = ranges.reduce(0) { $0 + $1.count }
            guard count > 0 else { return }
            var index = Int.random(in: 0..<count, using: &generator)
            for range in ranges {
                if index < range.count {
                    // Surrogates are no characters and no pattern can name them.
                    if let scalar = Unicode.Scalar(range.lowerBound + UInt32(index)) { text.append(scalar) }
                    return
                }
                index -= range.count
            }
        case .sequence(let parts):
            for part in parts { try part.append(to: &text, &remaining, &generator) }
        case .choice(let branches):
            guard !branches.isEmpty else { return }
            try branches[Int.random(in: 0..<branches.count, using: &generator)]
                .append(to: &text, &remaining, &generator)
        case .repeated(let part, let counts):
            for _ in 0..<Int.random(in: counts, using: &generator) {
                try part.append(to: &text, &remaining, &generator)
            }
        }
    }
}
