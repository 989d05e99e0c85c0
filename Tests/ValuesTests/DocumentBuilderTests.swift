import Diagnostics
import Testing
import Values

@Suite struct DocumentBuilderTests {
    /// A node in one line, with its position's line.
    private func text(_ node: Node) -> String {
        let place = node.position.map { "@\($0.line)" } ?? ""
        switch node.kind {
        case .null: return "null" + place
        case .bool: return "\(node.bool ?? false)" + place
        case .int: return "\(node.int ?? 0)" + place
        case .uint: return "\(node.uint ?? 0)u" + place
        case .double: return "\(node.double ?? 0)" + place
        case .string: return "'\(node.string ?? "")'" + place
        case .list: return "[" + node.elements.map(text).joined(separator: ",") + "]" + place
        case .map:
            return "{" + node.entries.map { "\(text($0.key)):\(text($0.value))" }.joined(separator: ",") + "}" + place
        }
    }

    private func place(_ line: Int) -> SourcePosition { SourcePosition(line: line, column: 1) }

    @Test("builds every kind of node")
    func kinds() {
        var builder = DocumentBuilder(recordsPositions: true)
        builder.beginMap(at: place(1))
        builder.appendKey("a", at: place(2))
        builder.beginList(at: place(3))
        builder.appendNull()
        builder.append(true)
        builder.append(Int64.min)
        builder.append(UInt64.max)
        builder.append(0.5)
        builder.append("é")
        builder.beginMap()
        builder.endMap()
        builder.endList()
        builder.endMap()
        let root = builder.finish().root
        #expect(text(root) == "{'a'@2:[null,true,\(Int64.min),\(UInt64.max)u,0.5,'é',{}]@3}@1")
        #expect(root.count == 1)
        #expect(root["a"]?.count == 7)
        #expect(root["b"] == nil)
    }

    @Test("repeats fragments, whose numbers may look like containers")
    func fragments() {
        var builder = DocumentBuilder(recordsPositions: true)
        builder.beginList(at: place(1))
        let start = builder.nextIndex
        builder.beginMap(at: place(2))
        builder.appendKey("k", at: place(3))
        builder.append(UInt64(UInt8(ascii: "{")) << 56 | 7, at: place(4))
        builder.appendKey("l", at: place(5))
        builder.beginList(at: place(6))
        builder.append("x", at: place(7))
        builder.endList()
        builder.endMap()
        let fragment = builder.fragment(from: start)
        #expect(fragment.isMap)
        builder.append(fragment)
        builder.append(true, at: place(8))
        builder.append(fragment)
        builder.endList()
        let elements = Array(builder.finish().root.elements)
        #expect(elements.count == 4)
        #expect(text(elements[1]) == text(elements[0]))
        #expect(text(elements[3]) == text(elements[0]))
        #expect(text(elements[0]).hasSuffix("'l'@5:['x'@7]@6}@2"))
    }

    @Test("replaces the entries of the open map")
    func replacement() {
        var builder = DocumentBuilder(recordsPositions: true)
        builder.beginList(at: place(1))
        builder.append("before", at: place(1))
        let start = builder.nextIndex
        builder.beginMap(at: place(2))
        builder.appendKey("a", at: place(3))
        builder.append(Int64(1), at: place(3))
        builder.appendKey("b", at: place(4))
        builder.beginMap(at: place(4))
        builder.appendKey("c", at: place(5))
        builder.append(0.5, at: place(5))
        builder.endMap()
        let entries = builder.entries(ofMapAt: start)
        #expect(entries.count == 2)
        let inner = builder.entries(ofMapAt: entries[1].value)
        builder.replaceOpenMap(with: [inner[0], entries[1]])
        builder.endMap()
        builder.append("after", at: place(6))
        builder.endList()
        let root = builder.finish().root
        #expect(text(root) == "['before'@1,{'c'@5:0.5@5,'b'@4:{'c'@5:0.5@5}@4}@2,'after'@6]@1")
        #expect(root.elements.map(\.count) == [0, 2, 0])
    }

    @Test("copies nodes of other documents with their positions")
    func copies() {
        var builder = DocumentBuilder(recordsPositions: true)
        builder.beginMap(at: place(1))
        builder.appendKey("a", at: place(2))
        builder.append(Int64(-5), at: place(3))
        builder.endMap()
        let original = builder.finish().root
        var copy = DocumentBuilder(recordsPositions: true)
        copy.append(copyOf: original)
        #expect(text(copy.finish().root) == text(original))
    }
}
