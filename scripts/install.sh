#!/usr/bin/env bash
# Installs the executables of a build with the manual page and completions.
#
#   scripts/install.sh BIN PREFIX        BIN is the build's directory, PREFIX such as /usr/local
set -euo pipefail
if [[ $# -ne 2 ]]; then
    echo "usage: scripts/install.sh BIN PREFIX" >&2
    exit 2
fi
bin=$1 prefix=$2
install -d "$prefix/bin" "$prefix/share/man/man1" "$prefix/share/bash-completion/completions" \
    "$prefix/share/zsh/site-functions" "$prefix/share/fish/vendor_completions.d"
for name in policy-check policy-webhook; do
    if [[ -x $bin/$name ]]; then install -m 755 "$bin/$name" "$prefix/bin/$name"; fi
done
# With it `kubectl policy-check` works.
ln -sf policy-check "$prefix/bin/kubectl-policy_check"
"$bin/policy-check" man > "$prefix/share/man/man1/policy-check.1"
"$bin/policy-check" completion bash > "$prefix/share/bash-completion/completions/policy-check"
"$bin/policy-check" completion zsh > "$prefix/share/zsh/site-functions/_policy-check"
"$bin/policy-check" completion fish > "$prefix/share/fish/vendor_completions.d/policy-check.fish"
