#!/usr/bin/env bash
# Measures what verifying one image's signature costs in processor time: by key, and keyless where the bundles are there.
#
#   scripts/bench-signatures.sh
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${GUARDRAIL_BIN:-.build/release}/EngineBench
suite=${GUARDRAIL_SHARED:-../shared}/signatures/sigstore-conformance
arguments=(testdata/images)
if [[ -f $suite/index.json ]]; then
    arguments+=("$suite")
else
    echo "keyless signatures are left out: $suite is missing"
fi
"$engine" signatures "${arguments[@]}"
