#include "CRE2.h"

#include <re2/re2.h>

#include <new>

struct guardrail_re2 {
    explicit guardrail_re2(re2::StringPiece pattern, const RE2::Options &options) : expression(pattern, options) {}
    RE2 expression;
};

extern "C" {

guardrail_re2 *guardrail_re2_new(const char *pattern, size_t length, long long memory_limit) {
    RE2::Options options;
    options.set_log_errors(false);
    options.set_max_mem(memory_limit);
    return new (std::nothrow) guardrail_re2(re2::StringPiece(pattern, length), options);
}

void guardrail_re2_free(guardrail_re2 *expression) { delete expression; }

const char *guardrail_re2_error(const guardrail_re2 *expression) {
    return expression->expression.ok() ? nullptr : expression->expression.error().c_str();
}

int guardrail_re2_group_count(const guardrail_re2 *expression) {
    return expression->expression.NumberOfCapturingGroups();
}

bool guardrail_re2_match(const guardrail_re2 *expression, const char *text, size_t length, size_t start,
                         ptrdiff_t *offsets, int groups) {
    enum { limit = 32 };
    re2::StringPiece pieces[limit];
    if (groups > limit) groups = limit;
    if (!expression->expression.Match(re2::StringPiece(text, length), start, length, RE2::UNANCHORED, pieces, groups))
        return false;
    for (int group = 0; group < groups; group++) {
        const re2::StringPiece &piece = pieces[group];
        bool unset = piece.data() == nullptr;
        offsets[2 * group] = unset ? -1 : piece.data() - text;
        offsets[2 * group + 1] = unset ? -1 : piece.data() - text + (ptrdiff_t)piece.size();
    }
    return true;
}

}  // extern "C"
