#!/bin/sh
# The client that sigstore's conformance suite drives: its ENTRYPOINT (docs/image-signatures.md says how to run it).
#
#     sigstore-conformance.sh verify-bundle [--staging] --bundle FILE (--certificate-identity TEXT
#         --certificate-oidc-issuer URL | --key FILE) [--trusted-root FILE] FILE_OR_DIGEST
#
# Nothing is fetched, so the trust roots that the suite leaves to its clients are files:
# SIGSTORE_TRUSTED_ROOT, and with --staging SIGSTORE_STAGING_TRUSTED_ROOT. POLICY_CHECK names the program (default:
# policy-check, along PATH). Bundles are verified only, not made: sign-bundle exits with 2.
set -eu

command=${1:-}
if [ "$command" != verify-bundle ]; then
    echo "sigstore-conformance.sh: \`$command\` is not supported, only \`verify-bundle\`" >&2
    exit 2
fi
shift

root=${SIGSTORE_TRUSTED_ROOT:-}
names_root=no
count=$#
# Once around: what is kept goes to the end of the list.
while [ "$count" -gt 0 ]; do
    word=$1
    shift
    count=$((count - 1))
    case $word in
    --staging) root=${SIGSTORE_STAGING_TRUSTED_ROOT:-} ;;
    *)
        [ "$word" = --trusted-root ] && names_root=yes
        set -- "$@" "$word"
        ;;
    esac
done
if [ "$names_root" = no ]; then
    if [ -z "$root" ]; then
        echo "sigstore-conformance.sh: no --trusted-root, and SIGSTORE_TRUSTED_ROOT names none" >&2
        exit 2
    fi
    set -- --trusted-root "$root" "$@"
fi
exec "${POLICY_CHECK:-policy-check}" bundle-verify "$@"
