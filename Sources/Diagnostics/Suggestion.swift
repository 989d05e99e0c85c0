/// The candidate that a misspelt word most likely meant, or nil if none is near.
///
/// Near means a Damerau-Levenshtein distance of at most a third of the word's length (at least 1, at most 3).
/// Ties go to the first in `candidates`.
package func closestMatch(to word: String, among candidates: some Sequence<String>) -> String? {
    let limit = max(1, min(3, word.unicodeScalars.count / 3))
    var best: (distance: Int, candidate: String)?
    for candidate in candidates where candidate != word {
        let distance = editDistance(word, candidate, limit: limit)
        if distance <= limit, distance < best?.distance ?? .max { best = (distance, candidate) }
    }
    return best?.candidate
}

/// Optimal-string-alignment distance; anything above `limit` may be reported as `limit + 1`.
private func editDistance(_ left: String, _ right: String, limit: Int) -> Int {
    let left = left.unicodeScalars.map { Character($0).lowercased() }
    let right = right.unicodeScalars.map { Character($0).lowercased() }
    guard abs(left.count - right.count) <= limit, left.count <= 200, right.count <= 200 else { return limit + 1 }
    var beforePrevious = [Int](repeating: 0, count: right.count + 1)
    var previous = Array(0...right.count)
    var current = previous
    for i in left.indices {
        current[0] = i + 1
        for j in right.indices {
            let substitution = previous[j] + (left[i] == right[j] ? 0 : 1)
            current[j + 1] = min(previous[j + 1] + 1, current[j] + 1, substitution)
            if i > 0, j > 0, left[i] == right[j - 1], left[i - 1] == right[j] {
                current[j + 1] = min(current[j + 1], beforePrevious[j - 1] + 1)
            }
        }
        (beforePrevious, previous, current) = (previous, current, beforePrevious)
    }
    return previous[right.count]
}
