#!/usr/bin/env bash
# Measures how fast manifests are held against the schemas of their kinds: 3,000 documents in 300 files, whole process,
# pinned to two processors, best of seven.
set -euo pipefail
cd "$(dirname "$0")/.."
bin=${GUARDRAIL_BIN:-$(swift build --configuration release --show-bin-path)}
work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT

python3 - "$work" testdata/manifests/good/{deployment-and-service,jobs,stateful-and-daemon-sets,pod}.yaml <<'END'
import re, sys
documents = []
for name in sys.argv[2:]:
    documents += [d for d in re.split(r"(?m)^---\s*$", open(name).read()) if re.search(r"(?m)^kind:", d)]
for number in range(300):
    with open(f"{sys.argv[1]}/{number:03}.yaml", "w") as file:
        file.write("\n---\n".join(documents[(number * 10 + i) % len(documents)] for i in range(10)))
END
pin=()
if command -v taskset >/dev/null; then pin=(taskset -c 0,1); fi

best() { # best of seven runs of a command that must succeed, in milliseconds
    local least=999999 start elapsed
    for _ in 1 2 3 4 5 6 7; do
        start=$(date +%s%N)
        "${pin[@]}" "$@" >"$work/out" 2>&1 || { tail -n 5 "$work/out" >&2; exit 1; }
        elapsed=$((($(date +%s%N) - start) / 1000000))
        if ((elapsed < least)); then least=$elapsed; fi
    done
    echo "$least"
}

all=$(best "$bin/policy-check" check --schemas --jobs 2 "$work")
one=$(best "$bin/policy-check" check --schemas --jobs 2 "$work/000.yaml")
start=$(best "$bin/policy-check" --version)
echo "3,000 documents: $all ms, $((3000 * 1000 / all)) documents/s; ten: $one ms; --version: $start ms"
