#pragma once
#include <zlib.h>

// Macros in zlib.h, with the structure's size in them; 16 more than the window's bits means gzip and nothing else.
static inline int guardrail_inflate_init_gzip(z_streamp stream) { return inflateInit2(stream, 15 + 16); }

static inline int guardrail_deflate_init_gzip(z_streamp stream) {
    return deflateInit2(stream, Z_DEFAULT_COMPRESSION, Z_DEFLATED, 15 + 16, 8, Z_DEFAULT_STRATEGY);
}
