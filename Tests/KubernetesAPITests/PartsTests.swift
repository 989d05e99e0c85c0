import Documents
import Foundation
import Testing

@testable import KubernetesAPI

/// The small parts.
@Suite struct PartsTests {
    @Test("lines come whole however the stream is cut", arguments: [1, 2, 3, 7, 100])
    func lines(piece: Int) throws {
        let text = Array("one\n\ntwo\nthree\nrest".utf8)
        var splitter = LineSplitter(maximumBytes: 5)
        var lines: [String] = []
        for start in stride(from: 0, to: text.count, by: piece) {
            try splitter.add(Array(text[start..<min(text.count, start + piece)])) { line in
                lines.append(String(decoding: line, as: UTF8.self))
                return true
            }
        }
        #expect(lines == ["one", "two", "three"])
        #expect(throws: APIFailure.self) { try splitter.add(Array("ffff".utf8)) { _ in true } }
    }

    @Test("reads the date of HTTP")
    func dates() {
        #expect(HTTPDate.seconds("Sat, 21 Nov 2026 08:11:52 GMT") == 1_795_248_712)
        #expect(HTTPDate.seconds("Thu, 01 Jan 1970 00:00:00 GMT") == 0)
        for wrong in [
            "", "Sat, 21 Nov 2026 08:11:52", "Sat, 21 Foo 2026 08:11:52 GMT", "Sat, 21 Nov 2026 25:11:52 GMT",
        ] {
            #expect(HTTPDate.seconds(wrong) == nil, "\(wrong)")
        }
    }

    @Test("paths and queries are encoded")
    func paths() {
        let maps = ServedResource(group: "", version: "v1", plural: "configmaps", kind: "ConfigMap", isNamespaced: true)
        #expect(maps.path(namespace: "a", name: "b/../c") == "/api/v1/namespaces/a/configmaps/b%2F..%2Fc")
        #expect(maps.path() == "/api/v1/configmaps")
        let other = ServedResource(group: "x.io", version: "v2", plural: "ys", kind: "Y", isNamespaced: false)
        #expect(other.path(namespace: "ignored", name: "z") == "/apis/x.io/v2/ys/z")
        #expect(QueryText.query([("a", "x=y,z"), ("b", ""), ("c", "1")]) == "?a=x%3Dy%2Cz&c=1")
    }

    @Test("delays grow to their bound, and never beyond")
    func backoff() {
        var low = Backoff()
        var high = Backoff()
        var sum = Duration.zero
        for _ in 0..<100 {
            let (shortest, longest) = (low.next(jitter: 0), high.next(jitter: 1))
            #expect(shortest >= KubernetesAPILimits.shortestBackoff / 2)
            #expect(longest <= KubernetesAPILimits.longestBackoff)
            #expect(shortest < longest)
            sum += longest
        }
        #expect(sum > .seconds(90 * 30))
    }

    @Test("the server's words for what is wrong")
    func failures() {
        let body = Array(
            #"{"kind":"Status","reason":"AlreadyExists","message":"it exists","code":409,"details":{"retryAfterSeconds":3}}"#
                .utf8)
        #expect(
            APIFailure(status: 409, body: body, retryAfter: nil)
                == APIFailure(.alreadyExists, "it exists", retryAfter: .seconds(3)))
        #expect(APIFailure(status: 502, body: Array("<html>".utf8), retryAfter: "x").kind == .unavailable)
        #expect(APIFailure(status: 301, body: [], retryAfter: "-5").kind == .malformed)
        #expect(APIFailure(status: 301, body: [], retryAfter: "-5").retryAfter == nil)
    }
}
