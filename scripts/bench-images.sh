#!/usr/bin/env bash
# Measures policies about images: a decision about a known image, and Pods with 1, 5 and 20 images that nobody has seen, from
# a registry 20 ms away and from docker-registry on loopback, where it is installed. Fails below the two bars that do not
# depend on how many processors registry and client share.
#
#   scripts/bench-images.sh
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${GUARDRAIL_BIN:-.build/release}/EngineBench
layout=testdata/image-policies/signatures
policy=policies/require-image-signatures.yaml
digest=$(jq --raw-output '.request.object.spec.containers[0].image' testdata/image-policies/requests/01-signed.json)
work=$(mktemp -d)
registry=
stop() {
    if [[ -n $registry ]]; then kill "$registry" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT

"$engine" images "$policy" "$layout" "$digest" | tee "$work/known"
if command -v valgrind >/dev/null; then
    # What a decision executes, apart from the start: the difference of two runs. valgrind does not read this compiler's
    # debug information.
    strip --strip-debug -o "$work/EngineBench" "$engine"
    instructions() {
        valgrind --tool=callgrind --callgrind-out-file=/dev/null \
            "$work/EngineBench" images-repeat "$1" "$layout" "$digest" "$2" 2>&1 \
            | sed -n 's/.*Collected : \([0-9]*\).*/\1/p'
    }
    with=$((($(instructions "$policy" 3000) - $(instructions "$policy" 1000)) / 2000))
    without=$((($(instructions - 3000) - $(instructions - 1000)) / 2000))
    echo "{\"stage\": \"images\", \"instructions_more\": $((with - without))}"
fi

key=$(scripts/make-signed-images.py --out "$work/layout" --count 20)
{
    cat <<YAML
apiVersion: policies.kyverno.io/v1
kind: ImageValidatingPolicy
metadata: {name: signed}
spec:
  validationConfigurations: {verifyDigest: false}
  matchConstraints:
    resourceRules:
    - {apiGroups: [""], apiVersions: [v1], operations: [CREATE], resources: [pods]}
  attestors:
  - name: key
    cosign:
      ctlog: {insecureIgnoreTlog: true}
      key:
        data: |
YAML
    while IFS= read -r line; do printf '          %s\n' "$line"; done <<<"$key"
    cat <<YAML
  validations:
  - expression: images.containers.all(i, verifyImageSignatures(i, [attestors.key]) > 0)
YAML
} >"$work/policy.yaml"
"$engine" images-far "$work/policy.yaml" "$work/layout" 20 15 | tee "$work/far"

if command -v docker-registry >/dev/null; then
    port=$(python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])')
    cat >"$work/registry.yml" <<YAML
version: 0.1
log: {level: error, accesslog: {disabled: true}}
storage: {filesystem: {rootdirectory: $work/data}}
http: {addr: "127.0.0.1:$port"}
YAML
    docker-registry serve "$work/registry.yml" >"$work/registry.log" 2>&1 &
    registry=$!
    for _ in $(seq 100); do
        if (exec 3<>"/dev/tcp/127.0.0.1/$port") 2>/dev/null; then break; fi
        sleep 0.1
    done
    python3 Tests/RepositoryTests/push_layout.py "$work/layout" "127.0.0.1:$port"
    "$engine" images-cold "$work/policy.yaml" "127.0.0.1:$port/bench/app" 30
    if command -v wrk >/dev/null; then
        # The same requests without a client to speak of: what the registry itself takes for 20 images.
        scripts/registry-alone.py "$work/layout" "127.0.0.1:$port"
    fi
else
    echo "bench-images: docker-registry is not installed; the one on loopback is left out" >&2
fi

jq --slurp --raw-output --argjson cores "$(nproc)" '
    def verdict($value; $bar): if $value <= $bar then "met" else "missed" end;
    def rounded: . * 100 | round / 100;
    . as $all
    | def median($from; $count): $all | map(select(.from == $from and .images == $count))[0].median_ms;
    (map(select(.case == "one image"))[0].ns_more / 1000) as $more
    | "bar: a decision about a known image takes \($more | rounded) us more, at most 2: \(verdict($more; 2))",
      (map(.from // empty) | unique[] | . as $from
       | (median($from; 20) / median($from; 1)) as $ratio
       | "bar: \($from), 20 images take \($ratio | rounded) times one (\($cores) cores), at most 2: \(verdict($ratio; 2))")
    ' "$work/known" "$work/far" | tee "$work/bars"
if grep -q missed "$work/bars"; then exit 1; fi
