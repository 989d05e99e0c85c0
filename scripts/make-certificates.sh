#!/usr/bin/env bash
# Makes a certificate authority and a server certificate for trying things out.
#
#   scripts/make-certificates.sh DIRECTORY NAME|ADDRESS ...
#
# Writes ca.crt, tls.crt and tls.key to DIRECTORY, valid for 30 days. The authority's key is not kept, so nothing else
# can ever be signed with it.
set -euo pipefail

if [[ $# -lt 2 ]]; then
    echo "usage: scripts/make-certificates.sh DIRECTORY NAME|ADDRESS ..." >&2
    exit 2
fi
directory=$1
shift
names=
for name in "$@"; do
    kind=DNS
    [[ $name =~ ^[0-9.]+$ || $name == *:* ]] && kind=IP
    names+="${names:+,}$kind:$name"
done

umask 077
mkdir -p "$directory"
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

run_openssl() {
    if ! openssl "$@" 2>"$scratch/log"; then
        cat "$scratch/log" >&2
        return 1
    fi
}

new_key=(-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes)
run_openssl req -x509 "${new_key[@]}" -keyout "$scratch/ca.key" -out "$directory/ca.crt" -days 30 \
    -subj "/CN=guardrail throw-away authority" \
    -addext basicConstraints=critical,CA:TRUE,pathlen:0 -addext keyUsage=critical,keyCertSign,cRLSign
run_openssl req "${new_key[@]}" -keyout "$directory/tls.key" -out "$scratch/tls.csr" -subj "/CN=$1"
printf '%s\n' "basicConstraints=critical,CA:FALSE" "keyUsage=critical,digitalSignature" \
    "extendedKeyUsage=serverAuth" "subjectAltName=$names" >"$scratch/extensions"
run_openssl x509 -req -in "$scratch/tls.csr" -CA "$directory/ca.crt" -CAkey "$scratch/ca.key" \
    -set_serial "0x$(openssl rand -hex 16)" -days 30 -extfile "$scratch/extensions" -out "$directory/tls.crt"
