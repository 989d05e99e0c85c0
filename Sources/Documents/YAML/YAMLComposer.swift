import CYAML
import Diagnostics
import Values

/// Builds one document from libyaml's events.
struct YAMLComposer {
    private let events: YAMLEvents
    private let source: SourceFile
    private var builder = DocumentBuilder(recordsPositions: true)
    private var keys = KeyTable()
    private var frames: [Frame] = []
    private var anchors: [[UInt8]: Anchor] = [:]
    /// Tape words that anchors keep and aliases have written.
    private var aliasWords = 0

    /// An open map or list.
    private struct Frame {
        let isMap: Bool
        let start: UInt32
        let anchor: [UInt8]?
        var expectsKey: Bool
        /// Tape indices of the `<<` keys.
        var merges: [UInt32] = []
        /// Whether the next value belongs to the last of `merges`.
        var isMerging = false
    }

    /// A finished node that aliases may repeat.
    private struct Anchor {
        /// What a scalar resolved to; nil for containers.
        let scalar: YAMLScalar?
        /// The node, for strings and containers.
        let fragment: DocumentFragment?
        let position: SourcePosition
    }

    init(events: YAMLEvents, source: SourceFile) {
        self.events = events
        self.source = source
    }

    /// Reads from behind the document's start to its end.
    consuming func compose() throws(DocumentError) -> Document {
        while true {
            try events.advance()
            if Int(builder.nextIndex) > DocumentLimits.maximumTapeWords {
                throw .tooManyNodes("yaml-too-many-values", file: source, at: events.position)
            }
            switch events.type {
            case YAML_SCALAR_EVENT: try readScalar()
            case YAML_ALIAS_EVENT: try readAlias()
            case YAML_MAPPING_START_EVENT:
                try begin(isMap: true, anchor: events.event.pointee.data.mapping_start.anchor)
            case YAML_SEQUENCE_START_EVENT:
                try begin(isMap: false, anchor: events.event.pointee.data.sequence_start.anchor)
            case YAML_MAPPING_END_EVENT, YAML_SEQUENCE_END_EVENT: try end()
            case YAML_DOCUMENT_END_EVENT: return builder.finish(source: source)
            default: break
            }
        }
    }

    private func error(
        _ id: String, _ message: String, notes: [Diagnostic.Note] = [], help: String? = nil
    ) -> DocumentError {
        DocumentError(id, message, file: source, at: events.position, notes: notes, help: help)
    }

    private var expectsKey: Bool { frames.last?.expectsKey ?? false }

    /// Notes that a value is complete.
    private mutating func endValue() {
        guard let last = frames.indices.last, frames[last].isMap else { return }
        frames[last].expectsKey = true
        frames[last].isMerging = false
    }

    private mutating func begin(isMap: Bool, anchor: UnsafePointer<UInt8>?) throws(DocumentError) {
        if expectsKey {
            throw error(
                "yaml-key-type", "a \(isMap ? "map" : "list") cannot be a key",
                help: "quote a text in braces, such as a template's `{{ }}`")
        }
        guard frames.count < DocumentLimits.maximumDepth else {
            throw .tooDeep("yaml-depth-limit", file: source, at: events.position)
        }
        frames.append(
            Frame(isMap: isMap, start: builder.nextIndex, anchor: anchor.map(Self.name), expectsKey: isMap))
        if isMap {
            builder.beginMap(at: events.position)
            keys.beginMap()
        } else {
            builder.beginList(at: events.position)
        }
    }

    private mutating func end() throws(DocumentError) {
        guard let frame = frames.popLast() else { return }
        if frame.isMap {
            if !frame.merges.isEmpty { try merge(frame) }
            builder.endMap()
            keys.endMap()
        } else {
            builder.endList()
        }
        if let anchor = frame.anchor {
            try keep(
                anchor, scalar: nil, fragment: builder.fragment(from: frame.start),
                position: builder.position(at: frame.start) ?? .start)
        }
        endValue()
    }
}

// MARK: - Scalars

extension YAMLComposer {
    private mutating func readScalar() throws(DocumentError) {
        let scalar = events.event.pointee.data.scalar
        let raw = UnsafeBufferPointer(start: UnsafePointer(scalar.value), count: scalar.length)
        let tag = scalar.tag.map { YAMLTag($0) }
        if raw.count == 2, raw[0] == UInt8(ascii: "<"), raw[1] == raw[0], expectsKey,
            tag == .merge || tag == nil && scalar.style == YAML_PLAIN_SCALAR_STYLE
        {
            return beginMerge()
        }
        if tag == .binary {
            guard let data = decodeBase64(raw) else {
                throw error("yaml-tag", "the `!!binary` value is not valid base64")
            }
            // Bytes that are no text cannot be kept in JSON: they become U+FFFD, as kubectl has it.
            let text = Array(String(decoding: data, as: UTF8.self).utf8)
            return try text.withUnsafeBufferPointer { text throws(DocumentError) in
                try place(.string, text, anchor: scalar.anchor)
            }
        }
        let value: YAMLScalar
        if let tag {
            guard let resolved = tag.resolve(raw) else {
                throw error("yaml-tag", "`\(String(decoding: raw.prefix(64), as: UTF8.self))` is no \(tag.name)")
            }
            value = resolved
        } else {
            // Not implicit: quoted, a block, or tagged `!`.
            value = scalar.plain_implicit == 0 ? .string : YAMLScalar.resolve(raw)
        }
        try place(value, raw, anchor: scalar.anchor)
    }

    private mutating func place(
        _ value: YAMLScalar, _ raw: UnsafeBufferPointer<UInt8>, anchor: UnsafePointer<UInt8>?
    ) throws(DocumentError) {
        let start = builder.nextIndex
        let position = events.position
        if expectsKey {
            try placeKey(value, raw, at: position)
        } else {
            try placeValue(value, raw, at: position)
        }
        if let anchor {
            try keep(
                Self.name(anchor), scalar: value, fragment: value == .string ? builder.fragment(from: start) : nil,
                position: position)
        }
    }

    private mutating func placeValue(
        _ value: YAMLScalar, _ raw: UnsafeBufferPointer<UInt8>, at position: SourcePosition
    ) throws(DocumentError) {
        if frames.last?.isMerging ?? false { throw notMergeable() }
        switch value {
        case .null: builder.appendNull(at: position)
        case .bool(let value): builder.append(value, at: position)
        case .int(let value): builder.append(value, at: position)
        case .uint(let value): builder.append(value, at: position)
        case .double(let value):
            guard value.isFinite else {
                throw error(
                    "yaml-number", "`\(String(decoding: raw, as: UTF8.self))` has no JSON form",
                    help: "quote it if a string is meant")
            }
            if let integer = Numbers.integerInJSON(value) {
                builder.append(integer, at: position)
            } else {
                builder.append(value, at: position)
            }
        case .string: builder.append(utf8: raw, at: position)
        }
        endValue()
    }

    private mutating func placeKey(
        _ value: YAMLScalar, _ raw: UnsafeBufferPointer<UInt8>, at position: SourcePosition
    ) throws(DocumentError) {
        if value == .string {
            try checkKey(raw, at: position)
            builder.appendKey(utf8: raw, at: position)
        } else {
            try keyText(of: value, raw).withUnsafeBufferPointer { text throws(DocumentError) in
                try checkKey(text, at: position)
                builder.appendKey(utf8: text, at: position)
            }
        }
        frames[frames.count - 1].expectsKey = false
    }

    /// The string that a key of another type becomes in JSON.
    private func keyText(of value: YAMLScalar, _ raw: UnsafeBufferPointer<UInt8>) throws(DocumentError) -> [UInt8] {
        switch value {
        case .bool(let value): return Array((value ? "true" : "false").utf8)
        case .int(let value):
            var text: [UInt8] = []
            Numbers.append(value, to: &text)
            return text
        case .double(let value): return Numbers.keyText(value)
        case .string: return Array(raw)
        case .null, .uint:
            let text = raw.isEmpty ? "an empty key" : "`\(String(decoding: raw, as: UTF8.self))`"
            throw error("yaml-key-type", "\(text) cannot be a key", help: "quote it if a string is meant")
        }
    }

    private mutating func checkKey(
        _ key: UnsafeBufferPointer<UInt8>, at position: SourcePosition
    ) throws(DocumentError) {
        guard let earlier = keys.insert(key, at: builder.nextIndex, in: builder) else { return }
        throw .duplicateKey(
            "yaml-duplicate-key", String(decoding: key, as: UTF8.self), file: source, at: position,
            earlier: builder.position(at: earlier))
    }
}

// MARK: - Anchors, aliases, merge keys

extension YAMLComposer {
    private static func name(_ text: UnsafePointer<UInt8>) -> [UInt8] {
        var count = 0
        while text[count] != 0 { count += 1 }
        return Array(UnsafeBufferPointer(start: text, count: count))
    }

    private mutating func keep(
        _ name: [UInt8], scalar: YAMLScalar?, fragment: DocumentFragment?, position: SourcePosition
    ) throws(DocumentError) {
        try spend(fragment?.wordCount ?? 2)
        anchors[name] = Anchor(scalar: scalar, fragment: fragment, position: position)
    }

    private mutating func spend(_ words: Int) throws(DocumentError) {
        aliasWords += words
        guard aliasWords <= DocumentLimits.maximumAliasWords else {
            throw error(
                "yaml-alias-limit",
                "anchors and aliases expand to more than the limit of \(DocumentLimits.maximumAliasWords) words")
        }
    }

    private mutating func readAlias() throws(DocumentError) {
        guard let pointer = events.event.pointee.data.alias.anchor else { return }
        let name = Self.name(pointer)
        guard let anchor = anchors[name] else {
            let text = String(decoding: name, as: UTF8.self)
            if frames.contains(where: { $0.anchor == name }) {
                throw error("yaml-alias", "the anchor `\(text)` contains itself")
            }
            throw error("yaml-alias", "unknown anchor `\(text)`")
        }
        try spend(anchor.fragment?.wordCount ?? 2)
        if expectsKey { return try placeKey(anchor) }
        guard let fragment = anchor.fragment else {
            guard let scalar = anchor.scalar else { return }
            return try placeValue(scalar, UnsafeBufferPointer(start: nil, count: 0), at: anchor.position)
        }
        if frames.last?.isMerging ?? false, !fragment.isMap { throw notMergeable() }
        builder.append(fragment)
        endValue()
    }

    private mutating func placeKey(_ anchor: Anchor) throws(DocumentError) {
        guard let scalar = anchor.scalar else { throw error("yaml-key-type", "a map or list cannot be a key") }
        guard let fragment = anchor.fragment else {
            return try placeKey(scalar, UnsafeBufferPointer(start: nil, count: 0), at: events.position)
        }
        let earlier = builder.withText(of: fragment) { keys.insert($0, at: builder.nextIndex, in: builder) }
        if let earlier {
            let key = builder.withText(of: fragment) { String(decoding: $0, as: UTF8.self) }
            throw .duplicateKey(
                "yaml-duplicate-key", key, file: source, at: events.position,
                earlier: builder.position(at: earlier))
        }
        builder.appendKey(fragment)
        frames[frames.count - 1].expectsKey = false
    }

    private mutating func beginMerge() {
        let last = frames.count - 1
        frames[last].merges.append(builder.nextIndex)
        frames[last].expectsKey = false
        frames[last].isMerging = true
        builder.appendKey("<<", at: events.position)
    }

    private func notMergeable() -> DocumentError {
        error("yaml-merge", "the value of `<<` must be a map or a list of maps")
    }

    /// Replaces the `<<` entries of the map that is about to end by what they stand for.
    ///
    /// In the order of the text a later entry replaces an earlier one, so a `<<` behind a key wins over it: that is
    /// what kubectl sends, although YAML's merge type lets explicit keys win. Of a list's maps the first counts.
    private mutating func merge(_ frame: Frame) throws(DocumentError) {
        var result: [(key: UInt32, value: UInt32)] = []
        var places: [[UInt8]: Int] = [:]
        func put(_ entry: (key: UInt32, value: UInt32)) {
            let key = builder.withText(at: entry.key) { Array($0) }
            if let place = places[key] {
                result[place] = entry
            } else {
                places[key] = result.count
                result.append(entry)
            }
        }
        var merges = frame.merges[...]
        for entry in builder.entries(ofMapAt: frame.start) {
            guard entry.key == merges.first else {
                put(entry)
                continue
            }
            merges.removeFirst()
            var maps = [entry.value]
            if builder.isList(at: entry.value) { maps = builder.elements(ofListAt: entry.value).reversed() }
            for map in maps {
                guard builder.isMap(at: map) else {
                    throw DocumentError(
                        "yaml-merge", "the value of `<<` must be a map or a list of maps", file: source,
                        at: builder.position(at: map))
                }
                builder.entries(ofMapAt: map).forEach(put)
            }
        }
        builder.replaceOpenMap(with: result)
    }
}
