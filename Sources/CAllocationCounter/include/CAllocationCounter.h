#pragma once
// Counts heap allocations of the whole process. Linked into the benchmark only.
#include <stdint.h>

/// Calls of malloc, calloc, realloc and aligned allocation since the process started.
uint64_t guardrail_allocation_count(void);
