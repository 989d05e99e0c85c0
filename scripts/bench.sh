#!/usr/bin/env bash
# Runs every measurement of the project: each scripts/bench-*.sh, in alphabetical order, or those named.
#
#   scripts/bench.sh [NAME ...]        NAME is the part between `bench-` and `.sh`
#
# A part finds the release executables in $GUARDRAIL_BIN and prints its results to standard output.
set -euo pipefail
cd "$(dirname "$0")/.."
# nginx lies there, and not every user has it on the PATH.
export PATH=$PATH:/usr/sbin

parts=()
if [[ $# -gt 0 ]]; then
    for name in "$@"; do
        if [[ ! -f scripts/bench-$name.sh ]]; then
            echo "bench: there is no scripts/bench-$name.sh" >&2
            exit 2
        fi
        parts+=("scripts/bench-$name.sh")
    done
else
    for part in scripts/bench-*.sh; do
        if [[ -f $part ]]; then parts+=("$part"); fi
    done
fi
if [[ ${#parts[@]} -eq 0 ]]; then
    echo "bench: nothing to measure: there is no scripts/bench-*.sh" >&2
    exit 1
fi

GUARDRAIL_BIN=$(swift build --configuration release --show-bin-path)
export GUARDRAIL_BIN
# Parts that measure the engine in one process need no other executable.
products=()
for part in "${parts[@]}"; do
    case $part in
        scripts/bench-engine.sh | scripts/bench-images.sh | scripts/bench-signatures.sh | scripts/bench-policies.sh)
            products=(--product EngineBench) ;;
        *)
            products=()
            break ;;
    esac
done
swift build --configuration release "${products[@]}"

echo "date: $(date --utc +%Y-%m-%d)"
echo "machine: $(nproc) x $(sed -n 's/^model name[^:]*: //p' /proc/cpuinfo | head -n 1), $(uname -sr)"
swift --version 2>/dev/null | head -n 1
failed=()
for part in "${parts[@]}"; do
    printf '\n== %s\n' "$part"
    arguments=()
    if [[ $part == scripts/bench-webhook.sh ]]; then arguments=("$GUARDRAIL_BIN/policy-webhook" --policy policies); fi
    "$part" "${arguments[@]}" || failed+=("$part")
done
if [[ ${#failed[@]} -gt 0 ]]; then
    printf '\nfailed: %s\n' "${failed[*]}" >&2
    exit 1
fi
