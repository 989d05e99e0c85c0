#ifndef GUARDRAIL_CZLIB_SHIM_H
#define GUARDRAIL_CZLIB_SHIM_H

#include <zlib.h>

// Swift cannot call function-like macros.

static inline int guardrail_inflateInit2(z_stream *stream, int windowBits) {
    return inflateInit2(stream, windowBits);
}

static inline int guardrail_deflateInit2(z_stream *stream, int level, int windowBits, int memoryLevel) {
    return deflateInit2(stream, level, Z_DEFLATED, windowBits, memoryLevel, Z_DEFAULT_STRATEGY);
}

#endif
