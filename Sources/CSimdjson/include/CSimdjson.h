#pragma once
// A C face for simdjson's DOM parser that hands out its tape and string buffer (see Values/Tape.swift).
#include <stddef.h>
#include <stdint.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct guardrail_json_parser guardrail_json_parser;
typedef struct guardrail_json_document guardrail_json_document;

/// How many readable bytes must follow the text handed to `guardrail_json_parse` with `padded`.
size_t guardrail_json_padding(void);

/// A parser keeps its buffers between documents; use one per thread. NULL when memory is out.
guardrail_json_parser *guardrail_json_parser_new(size_t capacity_limit, size_t depth_limit);
void guardrail_json_parser_free(guardrail_json_parser *parser);

/// Parses `length` bytes; with `padded` false the text is copied first. On success `*out` owns the tape until
/// `guardrail_json_document_free`; on failure returns simdjson's error code (> 0) and `*out` is NULL.
int guardrail_json_parse(guardrail_json_parser *parser, const uint8_t *text, size_t length, int padded,
                         guardrail_json_document **out);
void guardrail_json_document_free(guardrail_json_document *document);
const uint64_t *guardrail_json_tape(const guardrail_json_document *document);
/// Words on the tape, the root words at both ends included.
size_t guardrail_json_tape_count(const guardrail_json_document *document);
const uint8_t *guardrail_json_strings(const guardrail_json_document *document);
const char *guardrail_json_error_message(int code);

/// simdjson's codes that the caller treats apart.
int guardrail_json_error_depth(void);
int guardrail_json_error_number(void);
int guardrail_json_error_capacity(void);
int guardrail_json_error_empty(void);
int guardrail_json_error_utf8(void);

#ifdef __cplusplus
}
#endif
