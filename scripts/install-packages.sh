#!/usr/bin/env bash
# Installs the Debian packages that a job needs and that are not there yet.
#
#   scripts/install-packages.sh [--dry-run] build|run|test|bench|profile ...
#
# Does nothing, and asks for nothing, where all of them are installed. --dry-run prints the missing ones only.
set -euo pipefail

# What each job needs. A tool is written package=command: any package that provides the command will do.
packages_for() {
    case "$1" in
        # The second line is what a Swift toolchain unpacked from its archive needs itself.
        build)
            echo "libssl-dev libcurl4-openssl-dev libyaml-dev libre2-dev libsimdjson-dev libstdc++-12-dev zlib1g-dev pkg-config"
            echo "git=git ca-certificates binutils=ld libxml2 libncurses6 libsqlite3-0"
            ;;
        run) echo "curl=curl openssl=openssl jq=jq" ;;
        # Moves the clock of a server under load.
        test) echo "libfaketime" ;;
        bench) echo "nginx-light=nginx wrk=wrk valgrind=valgrind" ;;
        profile) echo "linux-perf=perf wrk=wrk" ;;
        *)
            echo "install-packages: unknown job \`$1\`; known are build, run, test, bench and profile" >&2
            return 2
            ;;
    esac
}

is_installed() {
    local package=${1%%=*} tool=
    [[ $1 == *=* ]] && tool=${1#*=}
    if [[ -n $tool ]] && PATH="$PATH:/usr/sbin:/sbin" command -v "$tool" >/dev/null; then return 0; fi
    [[ $(dpkg-query --show --showformat='${db:Status-Status}' "$package" 2>/dev/null) == installed ]]
}

dry_run=false
wanted=()
for argument in "$@"; do
    if [[ $argument == --dry-run ]]; then
        dry_run=true
        continue
    fi
    list=$(packages_for "$argument")
    for package in $list; do wanted+=("$package"); done
done
if [[ ${#wanted[@]} -eq 0 ]]; then
    echo "usage: scripts/install-packages.sh [--dry-run] build|run|test|bench|profile ..." >&2
    exit 2
fi

if ! command -v dpkg-query >/dev/null; then
    echo "install-packages: this is not Debian or a relative of it; please see to these yourself: ${wanted[*]%%=*}" >&2
    exit 0
fi

missing=()
for package in "${wanted[@]}"; do
    is_installed "$package" || missing+=("${package%%=*}")
done
if [[ ${#missing[@]} -eq 0 ]]; then exit 0; fi
if $dry_run; then
    printf '%s\n' "${missing[@]}"
    exit 0
fi

as_root=()
if [[ $(id -u) -ne 0 ]]; then
    if ! command -v sudo >/dev/null; then
        echo "install-packages: these packages are missing, and there is neither root nor sudo to install them:" >&2
        echo "    apt-get install ${missing[*]}" >&2
        exit 1
    fi
    as_root=(sudo)
fi

echo "installing: ${missing[*]}"
apt=("${as_root[@]}" env DEBIAN_FRONTEND=noninteractive apt-get -q -o DPkg::Lock::Timeout=120)
# A mirror that does not answer is no reason to stop where the lists on this machine are good enough.
"${apt[@]}" update || echo "install-packages: could not refresh the package lists; going on with those at hand" >&2
if ! "${apt[@]}" install --yes --no-install-recommends "${missing[@]}"; then
    echo "install-packages: could not install: ${missing[*]}" >&2
    exit 1
fi
