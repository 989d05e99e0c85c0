import Admission
import Diagnostics
import Documents
import Testing
import Values

private func document(_ text: String) throws -> Document { try JSONParser().parse(Array(text.utf8)) }

private func text(_ node: Node) -> String {
    String(decoding: JSONWriter(sortsKeys: true).write(node), as: UTF8.self)
}

/// One case: document, patch, and the result; nil where the patch must not apply.
struct PatchCase: CustomTestStringConvertible, Sendable {
    let name: String
    let document: String
    let patch: String
    let result: String?

    init(_ name: String, _ document: String, _ patch: String, _ result: String?) {
        self.name = name
        self.document = document
        self.patch = patch
        self.result = result
    }

    var testDescription: String { name }
}

@Suite struct JSONPatchTests {
    static let cases = [
        // The operations as RFC 6902, section 4 describes them.
        PatchCase("add a key", #"{"a":1}"#, #"[{"op":"add","path":"/b","value":2}]"#, #"{"a":1,"b":2}"#),
        PatchCase("add replaces a key", #"{"a":1}"#, #"[{"op":"add","path":"/a","value":[]}]"#, #"{"a":[]}"#),
        PatchCase("add into a list", "[1,3]", #"[{"op":"add","path":"/1","value":2}]"#, "[1,2,3]"),
        PatchCase("add at the end by index", "[1]", #"[{"op":"add","path":"/1","value":2}]"#, "[1,2]"),
        PatchCase("add at the end", "[1]", #"[{"op":"add","path":"/-","value":[2]}]"#, "[1,[2]]"),
        PatchCase("add past the end", "[1]", #"[{"op":"add","path":"/2","value":2}]"#, nil),
        PatchCase("add with a leading zero", "[1,2]", #"[{"op":"add","path":"/01","value":2}]"#, nil),
        PatchCase("add at a negative index", "[1]", #"[{"op":"add","path":"/-1","value":2}]"#, nil),
        PatchCase("add at a key of a list", "[1]", #"[{"op":"add","path":"/x","value":2}]"#, nil),
        PatchCase("add without a parent", "{}", #"[{"op":"add","path":"/a/b","value":2}]"#, nil),
        PatchCase("add below a scalar", #"{"a":1}"#, #"[{"op":"add","path":"/a/b","value":2}]"#, nil),
        PatchCase("add as the document", #"{"a":1}"#, #"[{"op":"add","path":"","value":[7]}]"#, "[7]"),
        PatchCase("add without a value", "{}", #"[{"op":"add","path":"/a"}]"#, nil),
        PatchCase("add null", "{}", #"[{"op":"add","path":"/a","value":null}]"#, #"{"a":null}"#),
        PatchCase("remove a key", #"{"a":1,"b":2}"#, #"[{"op":"remove","path":"/a"}]"#, #"{"b":2}"#),
        PatchCase("remove an element", "[1,2,3]", #"[{"op":"remove","path":"/1"}]"#, "[1,3]"),
        PatchCase("remove what is not there", "{}", #"[{"op":"remove","path":"/a"}]"#, nil),
        PatchCase("remove past the end", "[1]", #"[{"op":"remove","path":"/1"}]"#, nil),
        PatchCase("remove the end", "[1]", #"[{"op":"remove","path":"/-"}]"#, nil),
        PatchCase("replace a key", #"{"a":1}"#, #"[{"op":"replace","path":"/a","value":"x"}]"#, #"{"a":"x"}"#),
        PatchCase("replace an element", "[1,2]", #"[{"op":"replace","path":"/0","value":9}]"#, "[9,2]"),
        PatchCase("replace what is not there", "{}", #"[{"op":"replace","path":"/a","value":1}]"#, nil),
        PatchCase("replace the document", "{}", #"[{"op":"replace","path":"","value":{"b":1}}]"#, #"{"b":1}"#),
        PatchCase(
            "move between maps", #"{"a":{"x":1},"b":{}}"#, #"[{"op":"move","from":"/a/x","path":"/b/y"}]"#,
            #"{"a":{},"b":{"y":1}}"#),
        PatchCase("move within a list", "[1,2,3]", #"[{"op":"move","from":"/0","path":"/2"}]"#, "[2,3,1]"),
        PatchCase("move to itself", #"{"a":1}"#, #"[{"op":"move","from":"/a","path":"/a"}]"#, #"{"a":1}"#),
        PatchCase("move into itself", #"{"a":{}}"#, #"[{"op":"move","from":"/a","path":"/a/b"}]"#, nil),
        PatchCase("move what is not there", "{}", #"[{"op":"move","from":"/a","path":"/b"}]"#, nil),
        PatchCase("move without from", #"{"a":1}"#, #"[{"op":"move","path":"/b"}]"#, nil),
        PatchCase(
            "copy", #"{"a":[1]}"#, #"[{"op":"copy","from":"/a","path":"/b"},{"op":"add","path":"/b/-","value":2}]"#,
            #"{"a":[1],"b":[1,2]}"#),
        PatchCase("copy what is not there", "{}", #"[{"op":"copy","from":"/a","path":"/b"}]"#, nil),
        PatchCase("test a number by value", #"{"a":1}"#, #"[{"op":"test","path":"/a","value":1.0}]"#, #"{"a":1}"#),
        PatchCase(
            "test a map in any order", #"{"a":{"x":1,"y":[2]}}"#,
            #"[{"op":"test","path":"/a","value":{"y":[2],"x":1}}]"#, #"{"a":{"x":1,"y":[2]}}"#),
        PatchCase("test finds another value", #"{"a":1}"#, #"[{"op":"test","path":"/a","value":"1"}]"#, nil),
        PatchCase("test a list in its order", "[1,2]", #"[{"op":"test","path":"","value":[2,1]}]"#, nil),
        PatchCase("test what is not there", "{}", #"[{"op":"test","path":"/a","value":null}]"#, nil),
        PatchCase(
            "all or none", #"{"a":1}"#, #"[{"op":"remove","path":"/a"},{"op":"remove","path":"/a"}]"#, nil),
        PatchCase("unknown operation", "{}", #"[{"op":"spin","path":""}]"#, nil),
        PatchCase("members beyond the known", "{}", #"[{"op":"add","path":"/a","value":1,"x":2}]"#, #"{"a":1}"#),
        // RFC 6901: escapes and what is no pointer.
        PatchCase(
            "escaped slash and tilde", #"{"a/b":1,"m~n":2}"#,
            #"[{"op":"remove","path":"/a~1b"},{"op":"replace","path":"/m~0n","value":3}]"#, #"{"m~n":3}"#),
        PatchCase("tilde-one is a tilde and a one", #"{"~1":1}"#, #"[{"op":"remove","path":"/~01"}]"#, "{}"),
        PatchCase("empty key", #"{"":1}"#, #"[{"op":"remove","path":"/"}]"#, "{}"),
        PatchCase("escape of nothing", #"{"~2":1}"#, #"[{"op":"remove","path":"/~2"}]"#, nil),
        PatchCase("no slash", #"{"a":1}"#, #"[{"op":"remove","path":"a"}]"#, nil),
        PatchCase("patch is no list", "{}", #"{"op":"remove","path":"/a"}"#, nil),
        PatchCase("operation without path", "{}", #"[{"op":"remove"}]"#, nil),
    ]

    @Test("applies as RFC 6902 says", arguments: cases)
    func applies(test: PatchCase) throws {
        let root = try document(test.document).root
        var result: String?
        let patch = try document(test.patch).root
        do throws(JSONPatchError) {
            result = text(try JSONPatch(patch).applied(to: root).root)
        } catch {
            #expect(!error.message.isEmpty)
        }
        #expect(result == test.result)
    }

    static let lenient = [
        PatchCase("negative index", "[1,2,3]", #"[{"op":"replace","path":"/-1","value":9}]"#, "[1,2,9]"),
        PatchCase("negative index of add", "[1,2]", #"[{"op":"add","path":"/-1","value":9}]"#, "[1,2,9]"),
        PatchCase("replace of a missing key adds", "{}", #"[{"op":"replace","path":"/a","value":1}]"#, #"{"a":1}"#),
        PatchCase("copy of a missing key is null", "{}", #"[{"op":"copy","from":"/a","path":"/b"}]"#, #"{"b":null}"#),
        PatchCase("text before the slash", #"{"a":1}"#, #"[{"op":"remove","path":"x/a"}]"#, "{}"),
        PatchCase("the document cannot be added", "{}", #"[{"op":"add","path":"","value":{}}]"#, nil),
        PatchCase("the document can be replaced", "{}", #"[{"op":"replace","path":"","value":[1]}]"#, "[1]"),
    ]

    @Test("applies as Kubernetes does", arguments: lenient)
    func kubernetes(test: PatchCase) throws {
        let root = try document(test.document).root
        let patch = try JSONPatch(try document(test.patch).root)
        #expect((try? patch.applied(to: root, dialect: .kubernetes)).map { text($0.root) } == test.result)
    }

    @Test("bounds what copies of copies grow to")
    func bounds() throws {
        let root = try document(#"{"a":[1,2,3,4,5,6,7,8]}"#).root
        let doubling = (0..<40).map { JSONPatch.Operation("copy", "/a/\($0 % 8)", from: "/a") }
        #expect(throws: JSONPatchError.self) { try JSONPatch(doubling).applied(to: root) }
    }

    @Test("keeps the places of what did not change")
    func positions() throws {
        let file = SourceFile(name: "a.json", text: "{\n \"a\": 1,\n \"b\": {\"c\": 2}\n}")
        let source = try JSONReader.read(file)
        let patch = JSONPatch([JSONPatch.Operation("add", "/b/d", value: .node(try document("[1]").root))])
        let result = try patch.applied(to: source.root)
        #expect(result.source === file)
        #expect(result.root["b"]?["c"]?.position == source.root["b"]?["c"]?.position)
        #expect(result.root["b"]?.position?.line == 3)
        #expect(result.root["b"]?["d"]?.position == nil)
    }

    static let smallest = [
        (#"{"a":1,"b":2}"#, #"{"b":3,"c":4}"#, ["remove /a", "replace /b", "add /c"]),
        (#"{"l":{"x":"y"}}"#, #"{"l":{"x":"y","a/b":"1"}}"#, ["add /l/a~1b"]),
        ("[1,2,3,4]", "[1,3,4]", ["remove /1"]),
        ("[1,3,4]", "[1,2,3,4]", ["add /1"]),
        (#"[{"n":"a"},{"n":"b"}]"#, #"[{"n":"b"}]"#, ["remove /0"]),
        (#"{"x":[{"n":"a","long":"0123456789"}]}"#, #"{"x":[{"n":"a","long":"0123456789","i":1}]}"#, ["add /x/0/i"]),
        (#"{"x":{"a":1,"b":2,"c":3}}"#, #"{"x":{}}"#, ["replace /x"]),
        (#"{"x":1}"#, #"{"x":1.0}"#, []),
    ]

    @Test("makes the smallest patch that does it", arguments: smallest)
    func difference(test: (String, String, [String])) throws {
        let patch = JSONPatch(from: try document(test.0).root, to: try document(test.1).root)
        #expect(patch.operations.map { "\($0.op) \($0.path)" } == test.2)
    }

    @Test("the difference applied to the old document gives the new one")
    func roundTrip() throws {
        var generator = Generator(state: 20_251_121)
        for _ in 0..<2_000 {
            let old = generator.document()
            let new = generator.chance(3) ? generator.document() : generator.changed(old.root)
            let patch = JSONPatch(from: old.root, to: new.root)
            let result = try patch.applied(to: old.root)
            #expect(result.root.isEqual(to: new.root), "\(text(old.root)) -> \(text(new.root))")
            #expect(patch.isEmpty == old.root.isEqual(to: new.root))
            // Through its text and the API server's reading, too, unless the whole document is a scalar.
            let read = try JSONPatch(JSONParser().parse(JSONWriter().write(patch.document().root)).root)
            if new.root.isMap {
                #expect(try read.applied(to: old.root, dialect: .kubernetes).root.isEqual(to: new.root))
            }
        }
    }
}

/// Random documents, the same on every run.
private struct Generator {
    var state: UInt64

    mutating func next(_ bound: Int) -> Int {
        state = state &* 6_364_136_223_846_793_005 &+ 1_442_695_040_888_963_407
        return Int(state >> 33) % bound
    }

    mutating func chance(_ oneIn: Int) -> Bool { next(oneIn) == 0 }

    mutating func document() -> Document {
        var builder = DocumentBuilder(recordsPositions: false)
        builder.beginMap()
        for key in ["a", "b/c", "~", ""] where !chance(3) {
            builder.appendKey(key)
            value(&builder, depth: 0)
        }
        builder.endMap()
        return builder.finish()
    }

    private mutating func value(_ builder: inout DocumentBuilder, depth: Int) {
        switch next(depth > 3 ? 5 : 8) {
        case 0: builder.appendNull()
        case 1: builder.append(chance(2))
        case 2: builder.append(Int64(next(5)))
        case 3: builder.append(Double(next(5)) + 0.5)
        case 4: builder.append(["", "x", "/~", "ü\u{2028}\"", "a longer text than the others"][next(5)])
        case 5, 6:
            builder.beginList()
            for _ in 0..<next(6) { value(&builder, depth: depth + 1) }
            builder.endList()
        default:
            builder.beginMap()
            for key in ["k", "~1", "0", "-", "name"] where chance(2) {
                builder.appendKey(key)
                value(&builder, depth: depth + 1)
            }
            builder.endMap()
        }
    }

    /// The document with some values replaced, dropped or doubled.
    mutating func changed(_ node: Node) -> Document {
        var builder = DocumentBuilder(recordsPositions: false)
        change(node, &builder)
        return builder.finish()
    }

    private mutating func change(_ node: Node, _ builder: inout DocumentBuilder) {
        switch node.kind {
        case .map:
            builder.beginMap()
            for (key, child) in node.entries where !chance(12) {
                builder.appendKey(key.utf8)
                change(child, &builder)
            }
            if chance(8) {
                builder.appendKey("new")
                value(&builder, depth: 3)
            }
            builder.endMap()
        case .list:
            builder.beginList()
            for child in node.elements where !chance(8) {
                if chance(10) { value(&builder, depth: 3) }
                change(child, &builder)
            }
            builder.endList()
        default:
            if chance(6) { value(&builder, depth: 4) } else { builder.append(copyOf: node) }
        }
    }
}
