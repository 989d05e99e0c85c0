#!/usr/bin/env bash
# Measures the engine: JSON decoding, and each stage of CEL beside other engines on the same expressions and object.
#
#   scripts/bench-engine.sh
#
# The peers come from PyPI into a throw-away environment; without a network they are left out, and the output says so.
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${GUARDRAIL_BIN:-.build/release}/EngineBench
expressions=testdata/bench/expressions.jsonl
review=testdata/bench/pod-7k-allowed.json
shared=${GUARDRAIL_SHARED:-../shared}
if [[ ! -f $review ]]; then review=$shared/bench/pod-7k-allowed.json; fi
if [[ ! -f $review ]]; then
    echo "bench-engine: $review is missing" >&2
    exit 1
fi
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

if [[ -d testdata/admission-reviews ]]; then "$engine" decode testdata/admission-reviews; fi

"$engine" cel "$expressions" "$review" > "$work/engine.jsonl"

: > "$work/peers.jsonl"
if python3 -m venv "$work/venv" 2> "$work/pip.log" \
    && "$work/venv/bin/pip" install --quiet --disable-pip-version-check \
        cel-expr-python common-expression-language >> "$work/pip.log" 2>&1; then
    "$work/venv/bin/pip" list 2> /dev/null | grep -E '^(cel-expr-python|common-expression-language) ' || true
    "$work/venv/bin/python" scripts/bench-cel-peers.py "$expressions" "$review" > "$work/peers.jsonl" || true
else
    echo "the peers are left out: PyPI does not answer ($(tail -n 1 "$work/pip.log"))"
fi

# Instructions per evaluation: two runs that differ only in their count, so that start-up and planning cancel out.
: > "$work/instructions.tsv"
if command -v valgrind > /dev/null; then
    # valgrind does not read this compiler's debug information.
    strip --strip-debug -o "$work/EngineBench" "$engine"
    instructions() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null "$work/EngineBench" evaluate "$1" "$review" "$2" 2>&1 \
            | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
    }
    number=0
    while IFS= read -r line; do
        number=$((number + 1))
        printf '%s\n' "$line" > "$work/one.jsonl"
        few=$(instructions "$work/one.jsonl" 100)
        many=$(instructions "$work/one.jsonl" 1100)
        printf '%s\t%s\n' "$number" "$(((many - few) / 1000))" >> "$work/instructions.tsv"
    done < "$expressions"
else
    echo "instructions are left out: valgrind is not installed"
fi

python3 - "$work" << 'PYTHON'
import json, pathlib, sys

work = pathlib.Path(sys.argv[1])
rows = [json.loads(line) for line in (work / "engine.jsonl").read_text().splitlines()]
peers = {}
for line in (work / "peers.jsonl").read_text().splitlines():
    row = json.loads(line)
    peers[row["name"], row["peer"]] = row
instructions = dict(line.split("\t") for line in (work / "instructions.tsv").read_text().splitlines())
names = sorted({peer for _, peer in peers}, reverse=False)

print(f'{"CEL, ns per expression":26}{"parse":>8}{"check":>8}{"plan":>8}{"evaluate":>10}{"instr.":>8}{"allocs":>8}', end="")
for name in names:
    print(f'{name[:18]:>20}{"net":>9}{"ratio":>8}', end="")
print()
failed = []
for number, row in enumerate(rows, 1):
    own = row["evaluate_ns"]
    print(
        f'{row["name"]:26}{row["parse_ns"]:8.0f}{row["check_ns"]:8.0f}{row["plan_ns"]:8.0f}{own:10.0f}'
        f'{instructions.get(str(number), "-"):>8}{row["allocations"]:8.0f}', end="")
    for name in names:
        peer = peers.get((row["name"], name), {})
        if "net_ns" not in peer:
            print(f'{"error":>20}{"-":>9}{"-":>8}', end="")
            continue
        print(f'{peer["evaluate_ns"]:20.0f}{peer["net_ns"]:9.0f}{peer["net_ns"] / own:8.1f}', end="")
        if peer["net_ns"] < own:
            failed.append(f'{row["name"]}: slower than {name}')
    print()
    # What makes no value must not allocate: conditions.
    if row["value"] in ("true", "false") and row["allocations"] >= 1 and "filter" not in row["name"]:
        failed.append(f'{row["name"]}: {row["allocations"]} allocations')
print("net: without the peer's way in and out of Python (its time for `true`); ratio: net to ours")
for text in failed:
    print(f"below the bar: {text}")
sys.exit(1 if failed else 0)
PYTHON
