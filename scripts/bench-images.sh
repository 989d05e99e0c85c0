#!/usr/bin/env bash
# Measures policies about images: a decision about a known image, and Pods with 1, 5 and 20 images that a registry on
# loopback (docker-registry, where it is installed) must be asked for.
#
#   scripts/bench-images.sh
set -euo pipefail
cd "$(dirname "$0")/.."

engine=${GUARDRAIL_BIN:-.build/release}/EngineBench
layout=testdata/image-policies/signatures
digest=$(jq --raw-output '.request.object.spec.containers[0].image' testdata/image-policies/requests/01-signed.json)
"$engine" images policies/require-image-signatures.yaml "$layout" "$digest"

if ! command -v docker-registry >/dev/null; then
    echo "bench-images: docker-registry is not installed; no registry is asked" >&2
    exit 0
fi
work=$(mktemp -d)
registry=
stop() {
    if [[ -n $registry ]]; then kill "$registry" 2>/dev/null || true; fi
    rm -rf "$work"
}
trap stop EXIT
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
key=$(scripts/make-signed-images.py --out "$work/layout" --count 20)
python3 Tests/RepositoryTests/push_layout.py "$work/layout" "127.0.0.1:$port"
{
    cat <<YAML
apiVersion: policies.kyverno.io/v1
kind: ImageValidatingPolicy
metadata: {name: signed}
spec:
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
"$engine" images-cold "$work/policy.yaml" "127.0.0.1:$port/bench/app" 30
