#!/usr/bin/env bash
# Measures policy-check from nothing to its verdict: 1,000 and 10,000 manifests by 4 and 49 policies on 1, 2 and 4 cores,
# beside reading them only, 100 MB of manifests, and start-up.
#
#   scripts/bench-check.sh
#
# GUARDRAIL_BIN: where the release executables lie. BENCH_RUNS (5): runs of each, of which the median counts.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${GUARDRAIL_BIN:-.build/release}
runs=${BENCH_RUNS:-5}
command -v python3 >/dev/null || { echo "error: python3 is missing" >&2; exit 2; }
exec python3 scripts/bench-check.py "$bin/policy-check" "$runs"
