import Diagnostics
import Documents
import Testing
import Values

@Suite struct YAMLReaderTests {
    @Test(
        "reads structures as kubectl does",
        arguments: [
            ("a: &x {p: 1, q: 2}\nb:\n  <<: *x\n  p: 3", #"{"a":{"p":1,"q":2},"b":{"p":3,"q":2}}"#),
            // Not what YAML's merge type says, but what kubectl sends.
            ("a: &x {p: 1, q: 2}\nb:\n  p: 3\n  <<: *x", #"{"a":{"p":1,"q":2},"b":{"p":1,"q":2}}"#),
            (
                "a: &x {p: 1, q: 2}\nc: &y {p: 9, z: 5}\nb:\n  <<: [*x, *y]\n  r: 3",
                #"{"a":{"p":1,"q":2},"c":{"p":9,"z":5},"b":{"p":1,"z":5,"q":2,"r":3}}"#
            ),
            ("b:\n  <<: {p: 1}\n  q: [1, {z: 2.5}]", #"{"b":{"p":1,"q":[1,{"z":2.5}]}}"#),
            ("b:\n  \"<<\": {p: 1}", #"{"b":{"<<":{"p":1}}}"#), ("b:\n  !!merge <<: {p: 1}", #"{"b":{"p":1}}"#),
            ("b:\n  <<: {p: 1}\n  <<: {q: 1}", #"{"b":{"p":1,"q":1}}"#), ("b:\n  <<: []", #"{"b":{}}"#),
            ("b: [<<]", #"{"b":["<<"]}"#),
            ("a: &x {p: 1, <<: {p: 2, r: 3}}\nb: {<<: *x}", #"{"a":{"p":2,"r":3},"b":{"p":2,"r":3}}"#),
            (
                "a: &o {i: &i {w: [1, 2.5]}, <<: {m: *i}}\nb: *i\nc: *o",
                #"{"a":{"i":{"w":[1,2.5]},"m":{"w":[1,2.5]}},"b":{"w":[1,2.5]},"c":{"i":{"w":[1,2.5]},"m":{"w":[1,2.5]}}}"#
            ),
            ("a: &x 1\nb: *x", #"{"a":1,"b":1}"#), ("a: &x 1\nb: &x 2\nc: *x", #"{"a":1,"b":2,"c":2}"#),
            ("&k a: 1\nb: *k", #"{"a":1,"b":"a"}"#), ("q: {&k a: 1}\nb: {*k : 2}", #"{"q":{"a":1},"b":{"a":2}}"#),
            ("a: &x 5\n*x : 2", #"{"a":5,"5":2}"#), ("a: &x\nb: *x", #"{"a":null,"b":null}"#),
            ("a: |+\n  x\n\n\nb: 1", #"{"a":"x\n\n\n","b":1}"#), ("a: \tb", #"{"a":"b"}"#),
            ("a: b\t# c", #"{"a":"b"}"#),
            ("a: {b: 1,\n\tc: 2}", #"{"a":{"b":1,"c":2}}"#), ("a: 'it''s'", #"{"a":"it's"}"#),
            ("a: b#c", #"{"a":"b#c"}"#), ("a: [b, c,]", #"{"a":["b","c"]}"#),
            ("a: {b, c}", #"{"a":{"b":null,"c":null}}"#),
            ("a: {b:c}", #"{"a":{"b:c":null}}"#), ("a: {\"b\":c}", #"{"a":{"b":"c"}}"#),
            ("a: [b: c]", #"{"a":[{"b":"c"}]}"#),
            ("a: http://x:80/y", #"{"a":"http://x:80/y"}"#), ("- a\n- - b\n  - c", #"["a",["b","c"]]"#),
            ("a:\r\n  b: c\r\n", #"{"a":{"b":"c"}}"#), ("\u{FEFF}a: b", #"{"a":"b"}"#),
            ("%YAML 1.1\n---\na: b", #"{"a":"b"}"#),
            ("%TAG ! tag:yaml.org,2002:\n---\na: !str 12", #"{"a":"12"}"#),
            ("{a: yes, b: [1]}", #"{"a":true,"b":[1]}"#),
            ("a\rb", #""a b""#), ("x: 1\rz: 2", #"{"x":1,"z":2}"#),
        ] as [(String, String)])
    func structures(_ text: String, _ expected: String) {
        #expect(read(text) == [expected])
    }

    @Test(
        "refuses what is no document, with the place",
        arguments: [
            ("a: 1\nb: 2\na: 3", "!yaml-duplicate-key@3:1"), ("{1: a, \"1\": b}", "!yaml-duplicate-key@1:8"),
            ("a: 1\n\"a\": 2", "!yaml-duplicate-key@2:1"), ("1: a\n01: b", "!yaml-duplicate-key@2:1"),
            ("[a]: b", "!yaml-key-type@1:1"), ("{a: b}: c", "!yaml-key-type@1:1"), ("x: {{ y }}", "!yaml-key-type@1:5"),
            ("~: a", "!yaml-key-type@1:1"), ("? \n: a", "!yaml-key-type@1:2"),
            ("18446744073709551615: a", "!yaml-key-type@1:1"),
            ("b:\n  <<: 5", "!yaml-merge@2:7"), ("b:\n  <<: [1]", "!yaml-merge@2:8"),
            ("b:\n  <<: ~", "!yaml-merge@2:7"),
            ("b:\n  <<: [[{p: 1}]]", "!yaml-merge@2:8"), ("a: &x [{}]\nb:\n  <<: *x", "!yaml-merge@3:7"),
            ("a: *x", "!yaml-alias@1:4"), ("a: &x [*x]", "!yaml-alias@1:8"), ("a: &x {b: {c: *x}}", "!yaml-alias@1:15"),
            ("a: b: c", "!yaml-syntax@1:5"), ("a:\n\tb: 1", "!yaml-syntax@2:1"), ("a: @b", "!yaml-syntax@1:4"),
            ("a: \"b\" c", "!yaml-syntax@1:8"), ("a: [b", "!yaml-syntax@1:6"), ("a: \"x\u{01}\"", "!yaml-encoding@1:6"),
            ("a: é\nb: ö\tc: d", "!yaml-syntax@2:7"), ("ä: [1}\n", "!yaml-syntax@1:6"),
            ("a: 1\r  b: ]", "!yaml-syntax@1:9"), ("\u{FEFF}a: ]", "!yaml-syntax@1:5"),
        ] as [(String, String)])
    func refuses(_ text: String, _ expected: String) {
        #expect(read(text).first == expected)
    }

    @Test("explains a duplicate key with both places")
    func duplicateKey() throws {
        let error = try #require(throws: DocumentError.self) { try document("a:\n  k: 1\n  k: 2\n") }
        #expect(error.message == "duplicate key `k`")
        #expect(error.diagnostic.notes.first?.range?.start == SourcePosition(line: 2, column: 3))
        #expect(error.diagnostic.range?.start == SourcePosition(line: 3, column: 3))
    }

    @Test("explains tabs")
    func tabs() throws {
        let error = try #require(throws: DocumentError.self) { try document("a:\n\tb: 1\n") }
        #expect(error.diagnostic.help == "YAML forbids tabs in indentation; use spaces")
    }

    @Test(
        "reads streams and goes on behind an error",
        arguments: [
            ("a: 1\n---\nb: 2\n", [#"{"a":1}"#, #"{"b":2}"#]), ("---\n---\n# c\n---\na: 1\n...\n---\n", [#"{"a":1}"#]),
            ("# only a comment\n", []), ("", []), ("--- {a: 1}\n--- # c\nb: 2\n", [#"{"a":1}"#, #"{"b":2}"#]),
            ("a: 1\n...\nb: 2\n---\nc: 3", [#"{"a":1}"#, "!yaml-syntax@3:1", #"{"c":3}"#]),
            (
                "a: [\n---\nb: 2\n--- \nc: d: e\n---\nf: 1",
                ["!yaml-syntax@2:1", #"{"b":2}"#, "!yaml-syntax@5:5", #"{"f":1}"#]
            ),
            ("a: 1\na: 2\nb: [1]\n---\nc: 3\n", ["!yaml-duplicate-key@2:1", #"{"c":3}"#]),
            ("a: 1\na: 2\nb: ]\n---\nc: 3\n", ["!yaml-duplicate-key@2:1", "!yaml-syntax@3:4", #"{"c":3}"#]),
            ("5\n---\nnull\n---\ntext", ["5", "\"text\""]),
            (#"{"a":1}{"b":2}"#, [#"{"a":1}"#, #"{"b":2}"#]),
            ("{\"a\":1}\n---\n{\n\t\"b\":2}\n---\nc: yes\n", [#"{"a":1}"#, #"{"b":2}"#, #"{"c":true}"#]),
            ("{\"a\":1}\n# c\n---\nb: 1\n", [#"{"a":1}"#, #"{"b":1}"#]),
            ("{\"a\":1} x", [#"{"a":1}"#, "!json-syntax@1:9"]),
            ("[\n\t1, \"\\ud83d\\ude00\"]", ["[1,\"😀\"]"]), ("{a: 1", ["!json-syntax@1:2"]),
            ("{\"a\": 1,\n \"a\": 2}", ["!json-duplicate-key@2:2"]),
        ] as [(String, [String])])
    func streams(_ text: String, _ expected: [String]) {
        #expect(read(text) == expected)
    }

    @Test("reads UTF-16 with either byte order", arguments: [true, false])
    func utf16(isLittle: Bool) {
        let units = Array("\u{FEFF}ä: 😀\nb: 1\n".utf16)
        let bytes = units.flatMap { isLittle ? [UInt8($0 & 255), UInt8($0 >> 8)] : [UInt8($0 >> 8), UInt8($0 & 255)] }
        #expect(read(bytes) == [#"{"ä":"😀","b":1}"#])
        #expect(read(Array(bytes.dropLast())) == ["!yaml-encoding"])
        #expect(read([0xFF, 0xFE, 0x00, 0xD8]) == ["!yaml-encoding"])
    }

    @Test("keeps positions of keys and values, in copies those of the original")
    func positions() throws {
        let document = try #require(try document("ä: &x\n  - 'é': 1\n    b: [~, 2.5]\nc: *x\n"))
        let list = try #require(document.root["ä"])
        #expect(list.position == SourcePosition(line: 1, column: 4))
        let map = try #require(list.elements.first { _ in true })
        #expect(map.position == SourcePosition(line: 2, column: 5))
        let entries = Array(map.entries)
        #expect(entries[0].key.position == SourcePosition(line: 2, column: 5))
        #expect(entries[0].value.position == SourcePosition(line: 2, column: 10))
        #expect(
            entries[1].value.elements.map(\.position) == [
                SourcePosition(line: 3, column: 9), SourcePosition(line: 3, column: 12),
            ])
        let copy = try #require(document.root["c"]?.elements.first { _ in true })
        #expect(copy["b"]?.position == SourcePosition(line: 3, column: 8))
    }

    @Test("finds duplicates in large maps too")
    func largeMaps() {
        let keys = (0..<5000).map { "k\($0): 1\n" }.joined()
        #expect(read(keys)[0].hasPrefix("{\"k0\":1,"))
        #expect(read(keys + "k77: 2\n") == ["!yaml-duplicate-key@5001:1"])
        #expect(read("{" + (0..<100).map { "\"\($0)\":1," }.joined() + "\"7\":1}") == ["!json-duplicate-key@1:692"])
    }

    @Test("bounds depth, expansion and documents")
    func limits() {
        let deep = String(repeating: "[", count: 600) + String(repeating: "]", count: 600)
        #expect(read("a: " + deep) == ["!yaml-depth-limit@1:515"])
        #expect(read(deep) == ["!json-depth-limit@1:513"])
        let fine = String(repeating: "[", count: 500) + String(repeating: "]", count: 500)
        #expect(read("a: " + fine) == ["{\"a\":\(fine)}"])
        var bomb = "a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n"
        for level in 1..<12 {
            let aliases = (0..<10).map { _ in "*a\(level - 1)" }.joined(separator: ", ")
            bomb += "a\(level): &a\(level) [\(aliases)]\n"
        }
        #expect(read(bomb).first?.hasPrefix("!yaml-alias-limit@") == true)
    }
}
