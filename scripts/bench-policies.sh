#!/usr/bin/env bash
# Measures deciding and changing a decoded request: the bundled policies, the mutating samples, and 10 to 5,000 policies of which 4 match.
#
#   scripts/bench-policies.sh
#
# GUARDRAIL_BIN: where the release executables lie. BENCH_BODY: the request, else the shared pod-7k-allowed.json, else
# one of our own samples.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${GUARDRAIL_BIN:-.build/release}
body=${BENCH_BODY:-${GUARDRAIL_SHARED:-../shared}/bench/pod-7k-allowed.json}
if [[ ! -r $body ]]; then
    body=testdata/admission-reviews/06-pod-with-limits.json
    echo "the shared request is not there; measuring with $body"
fi
"$bin/EngineBench" decide "$body" policies
"$bin/EngineBench" mutate "$body" testdata/mutation
"$bin/EngineBench" scale "$body"
