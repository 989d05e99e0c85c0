#include "CSimdjson.h"

#include <simdjson.h>

#include <memory>
#include <new>
#include <vector>

using simdjson::dom::document;
using simdjson::dom::parser;

struct guardrail_json_document {
    document content;
};

struct guardrail_json_parser {
    explicit guardrail_json_parser(size_t limit) : engine(limit) {}
    parser engine;
    size_t depth_limit = 0;
};

extern "C" {

size_t guardrail_json_padding(void) { return simdjson::SIMDJSON_PADDING; }

guardrail_json_parser *guardrail_json_parser_new(size_t capacity_limit, size_t depth_limit) {
    auto *result = new (std::nothrow) guardrail_json_parser(capacity_limit);
    if (result != nullptr) {
        result->depth_limit = depth_limit;
        if (result->engine.allocate(4096, depth_limit)) {
            delete result;
            return nullptr;
        }
    }
    return result;
}

void guardrail_json_parser_free(guardrail_json_parser *parser) { delete parser; }

int guardrail_json_parse(guardrail_json_parser *parser, const uint8_t *text, size_t length, int padded,
                         guardrail_json_document **out) {
    *out = nullptr;
    if (length > parser->engine.max_capacity()) return simdjson::CAPACITY;
    if (parser->engine.capacity() < length) {
        if (auto error = parser->engine.allocate(length, parser->depth_limit)) return error;
    }
    auto result = std::unique_ptr<guardrail_json_document>(new (std::nothrow) guardrail_json_document());
    if (!result) return simdjson::MEMALLOC;
    auto parsed = parser->engine.parse_into_document(result->content, text, length, padded == 0);
    if (parsed.error()) return parsed.error();
    *out = result.release();
    return 0;
}

void guardrail_json_document_free(guardrail_json_document *document) { delete document; }

const uint64_t *guardrail_json_tape(const guardrail_json_document *document) { return document->content.tape.get(); }

size_t guardrail_json_tape_count(const guardrail_json_document *document) {
    // The first root word's payload is the index past the last one.
    return static_cast<size_t>(document->content.tape[0] & 0x00FFFFFFFFFFFFFFULL) + 1;
}

const uint8_t *guardrail_json_strings(const guardrail_json_document *document) {
    return document->content.string_buf.get();
}

const char *guardrail_json_error_message(int code) {
    return simdjson::error_message(static_cast<simdjson::error_code>(code));
}

int guardrail_json_error_depth(void) { return simdjson::DEPTH_ERROR; }
int guardrail_json_error_number(void) { return simdjson::NUMBER_ERROR; }
int guardrail_json_error_capacity(void) { return simdjson::CAPACITY; }
int guardrail_json_error_empty(void) { return simdjson::EMPTY; }
int guardrail_json_error_utf8(void) { return simdjson::UTF8_ERROR; }

}  // extern "C"
