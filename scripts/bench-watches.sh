#!/bin/sh
# Memory of policy-webhook --kubernetes by the number of Namespaces, beside an API server of the script's own.
#
#   scripts/bench-watches.sh [BINARY]
#
# Without BINARY: policy-webhook in GUARDRAIL_BIN. WATCHES_BAR (42): MB that 5,000 Namespaces may take; the image of
# deploy/Dockerfile, whose libraries of Swift are linked in, takes 2 MB less than an executable of `make build`.
set -eu

here=$(cd "$(dirname "$0")" && pwd)
binary=${1:-${GUARDRAIL_BIN:-}/policy-webhook}
[ -x "$binary" ] || { echo "error: no executable $binary; run make build" >&2; exit 2; }
echo "| what is watched | ready after | RSS when ready | after the changes | at most |"
echo "|---|---:|---:|---:|---:|"
"$here/bench-watches.py" --binary "$binary" --namespaces 10
"$here/bench-watches.py" --binary "$binary" --namespaces 5000 --bar "${WATCHES_BAR:-42}"
"$here/bench-watches.py" --binary "$binary" --namespaces 20000 --bar 80
