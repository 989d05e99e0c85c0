import CSimdjson
package import Values

/// Reads JSON requests with simdjson into documents without positions. Keeps its buffers; one per thread.
///
/// Duplicate keys pass (the first one is found): requests come from the API server, which has removed them.
package final class JSONParser {
    private let handle: OpaquePointer?
    private let maximumBytes: Int

    /// How many readable bytes must follow a text that is parsed with `isPadded`.
    package static let padding = guardrail_json_padding()

    package init(maximumBytes: Int = DocumentLimits.maximumRequestBytes) {
        self.maximumBytes = maximumBytes
        handle = guardrail_json_parser_new(maximumBytes, DocumentLimits.maximumDepth)
    }

    deinit {
        if let handle { guardrail_json_parser_free(handle) }
    }

    /// Parses one JSON value; the document shares simdjson's tape, nothing is copied.
    ///
    /// - Parameter isPadded: whether at least `padding` readable bytes follow the text; otherwise it is copied first.
    /// - Throws: ids `json-syntax`, `json-empty`, `json-encoding`, `json-too-large`, `json-depth-limit`,
    ///   `json-number-range`.
    package func parse(_ text: UnsafeBufferPointer<UInt8>, isPadded: Bool = false) throws(DocumentError) -> Document {
        guard text.count <= maximumBytes else {
            throw .tooLarge("json-too-large", text.count, limit: maximumBytes, file: nil)
        }
        guard let handle, let start = text.baseAddress, !text.isEmpty else {
            throw text.isEmpty
                ? DocumentError("json-empty", "the text is empty") : DocumentError("out-of-memory", "out of memory")
        }
        var content: OpaquePointer?
        let code = guardrail_json_parse(handle, start, text.count, isPadded ? 1 : 0, &content)
        if code == 0, let content { return Self.document(owning: content) }
        if code == guardrail_json_error_depth() { throw .tooDeep("json-depth-limit", file: nil, at: nil) }
        // Either a number that only Go's decoder takes, or an error that the slow reader words and places better.
        return try JSONReader.readWithoutPositions(text)
    }

    package func parse(_ text: [UInt8]) throws(DocumentError) -> Document {
        var failure: DocumentError?
        let document = text.withUnsafeBufferPointer { bytes -> Document? in
            do throws(DocumentError) {
                return try parse(bytes)
            } catch {
                failure = error
                return nil
            }
        }
        guard let document else { throw failure ?? DocumentError("json-syntax", "invalid JSON") }
        return document
    }

    private static func document(owning content: OpaquePointer) -> Document {
        let owner = TapeOwner(content: content)
        // Word 0 is simdjson's root word; the root value follows it.
        return Document(
            tape: guardrail_json_tape(content), tapeCount: guardrail_json_tape_count(content),
            strings: guardrail_json_strings(content), root: 1, release: { owner.free() })
    }
}

private struct TapeOwner: @unchecked Sendable {
    // SAFETY: only carried to the document's deinit, which alone frees it.
    let content: OpaquePointer

    func free() { guardrail_json_document_free(content) }
}
