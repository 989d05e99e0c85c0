#pragma once
// A C face for the few parts of RE2 that policies need. Lengths are in bytes; texts need no terminator.
#include <stdbool.h>
#include <stddef.h>

#ifdef __cplusplus
extern "C" {
#endif

typedef struct guardrail_re2 guardrail_re2;

/// Compiles a pattern in RE2's syntax as UTF-8. Always returns an object; ask `guardrail_re2_error` before use.
/// NULL only when memory is out. `memory_limit` is RE2's max_mem in bytes.
guardrail_re2 *guardrail_re2_new(const char *pattern, size_t length, long long memory_limit);
void guardrail_re2_free(guardrail_re2 *expression);
/// The error as RE2 words it (for example "missing ): a(b"), or NULL if the pattern is good.
const char *guardrail_re2_error(const guardrail_re2 *expression);
int guardrail_re2_group_count(const guardrail_re2 *expression);
/// Searches from byte `start`. `offsets` receives 2 numbers (start and end byte, -1 -1 if unset) for each of `groups`
/// groups, the whole match first. Returns false where nothing matches. `groups` at most 32.
bool guardrail_re2_match(const guardrail_re2 *expression, const char *text, size_t length, size_t start,
                         ptrdiff_t *offsets, int groups);

#ifdef __cplusplus
}
#endif
