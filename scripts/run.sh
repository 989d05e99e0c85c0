#!/usr/bin/env bash
# Shows the whole thing at work: policy-webhook behind TLS with policies/, fed with admission requests, and policy-check
# on manifests. Every verdict is compared with the expected one. On a terminal the server then stays in the foreground.
#
#   scripts/run.sh [--bin DIRECTORY] [--listen ADDRESS:PORT]
#
# --bin takes ready executables instead of building them. Exits 0 only if every verdict was the expected one.
set -euo pipefail
cd "$(dirname "$0")/.."

bin=
listen=127.0.0.1:8443
while [[ $# -gt 0 ]]; do
    case "$1" in
        --bin | --listen)
            if [[ $# -lt 2 ]]; then
                echo "run: $1 needs a value" >&2
                exit 2
            fi
            declare "${1#--}=$2"
            shift 2
            ;;
        *)
            echo "run: unknown argument \`$1\`" >&2
            exit 2
            ;;
    esac
done

if [[ -z $bin ]]; then
    bin=$(swift build --configuration release --show-bin-path)
    swift build --configuration release --product policy-webhook
    swift build --configuration release --product policy-check
fi

reviews=testdata/admission-reviews
manifests=testdata/manifests
images=testdata/image-policies
work=run
url=https://$listen
server=
failures=0

fail() {
    failures=$((failures + 1))
    echo "UNEXPECTED: $*"
}

# Sends SIGTERM and waits up to 10 seconds. Returns the server's exit code, 124 if it had to be killed.
stop_server() {
    local pid=$server code=0
    server=
    kill -TERM "$pid" 2>/dev/null || true
    for _ in $(seq 100); do
        if ! kill -0 "$pid" 2>/dev/null; then break; fi
        sleep 0.1
    done
    if kill -KILL "$pid" 2>/dev/null; then
        wait "$pid" 2>/dev/null || true
        return 124
    fi
    wait "$pid" || code=$?
    return "$code"
}

cleanup() {
    if [[ -n $server ]]; then stop_server || true; fi
}
trap cleanup EXIT
trap 'exit 130' INT
trap 'exit 143' TERM

ask() { curl --silent --show-error --cacert "$work/ca.crt" --max-time 10 "$@"; }

heading() { printf '\n== %s\n\n' "$1"; }

# One row: the message is folded, and its further lines are indented below its first.
indent=$(printf '%59s' '')
columns=160
if [[ -t 1 ]]; then columns=$(tput cols 2>/dev/null || echo 100); fi
if ((columns < 100)); then columns=100; fi
row() {
    local first=true line
    while IFS= read -r line; do
        if $first; then printf '%-49s %-8s %s\n' "$1" "$2" "$line"; else printf '%s%s\n' "$indent" "$line"; fi
        first=false
    done < <(printf '%s\n' "$3" | fold --spaces --width=$((columns - 59)))
}

heading "policy-webhook on $listen, policies from policies/"
mkdir -p "$work"
scripts/make-certificates.sh "$work" 127.0.0.1 localhost "${listen%:*}"
if (exec 3<>"/dev/tcp/${listen%:*}/${listen##*:}") 2>/dev/null; then
    echo "run: something listens on $listen already; stop it, or choose another: scripts/run.sh --listen 127.0.0.1:9443" >&2
    exit 1
fi
"$bin/policy-webhook" --policy policies --signatures "$images/signatures" --listen "$listen" --tls-cert "$work/tls.crt" --tls-key "$work/tls.key" \
    >"$work/server.log" 2>&1 &
server=$!
ready=false
for _ in $(seq 150); do
    if ask --output /dev/null --fail "$url/readyz" 2>/dev/null; then
        ready=true
        break
    fi
    if ! kill -0 "$server" 2>/dev/null; then break; fi
    sleep 0.1
done
if ! $ready; then
    echo "run: policy-webhook did not become ready; it said:" >&2
    cat "$work/server.log" >&2
    exit 1
fi

sent=0
# Sends the requests of a directory; a table says what is to become of each.
send_all() {
    local directory=$1 table=$2 file allowed policy status valid verdict message word
    while IFS=$'\t' read -r file allowed policy; do
        [[ $file == \#* || -z $file ]] && continue
        sent=$((sent + 1))
        status=$(ask --header 'Content-Type: application/json' --data-binary "@$directory/$file" \
            --output "$work/response.json" --write-out '%{http_code}' "$url/validate?timeout=10s") || status=none
        if [[ $status != 200 ]]; then
            fail "$file: HTTP status $status"
            continue
        fi
        # A response counts only if it is an AdmissionReview for the request that was sent.
        IFS=$'\t' read -r valid verdict message < <(jq --raw-output --slurpfile sent "$directory/$file" '
            [(.apiVersion == "admission.k8s.io/v1" and .kind == "AdmissionReview" and .response.uid == $sent[0].request.uid
                and (.response.allowed | type) == "boolean" | tostring),
             (.response.allowed | tostring), (.response.status.message // "-")] | @tsv' "$work/response.json") || valid=false
        if [[ $valid != true ]]; then
            fail "$file: not a valid AdmissionReview response: $(head --bytes=200 "$work/response.json")"
            continue
        fi
        if [[ $verdict == true ]]; then word=allowed; else word=denied; fi
        row "${file%.json}" "$word" "$message"
        if [[ $verdict != "$allowed" ]]; then
            fail "$file: allowed should be $allowed"
        elif [[ $policy != - && $message != *"'$policy'"* ]]; then
            fail "$file: the denial should come from $policy"
        fi
    done <"$table"
}

row REQUEST VERDICT MESSAGE
send_all "$reviews" "$reviews/expected.tsv"

heading "images: signed, unsigned, tampered; signatures from $images/signatures"
row REQUEST VERDICT MESSAGE
send_all "$images/requests" "$images/expected.tsv"
echo
echo "a tag, as the mutating webhook pins it:"
ask --header 'Content-Type: application/json' --data-binary "@$images/requests/08-tag-without-digest.json" \
    "$url/mutate?timeout=10s" | jq --raw-output '.response.patch // empty | @base64d' >"$work/patch.json"
cat "$work/patch.json"
grep --quiet '@sha256:' "$work/patch.json" || fail "the tag was not pinned"
echo
echo "$sent requests"

heading "the same policies on manifests, offline"
show() {
    local code=0
    echo "\$ policy-check --policy policies $*"
    "$bin/policy-check" --policy policies "$@" || code=$?
    printf '(exit code %s)\n\n' "$code"
}
show "$manifests/good"
show "$manifests/bad/one-line-service-without-owner.yaml" "$manifests/bad/one-line-public-load-balancer.yaml" \
    "$manifests/bad/pod-init-container-without-limits.yaml"
checked=0
while IFS=$'\t' read -r file expected policies; do
    [[ $file == \#* || -z $file ]] && continue
    checked=$((checked + 1))
    code=0
    "$bin/policy-check" --policy policies "$manifests/$file" >"$work/check.log" 2>&1 || code=$?
    if [[ $code != "$expected" ]]; then
        fail "$file: policy-check ended with $code instead of $expected:"
        cat "$work/check.log"
    elif [[ $policies != - ]]; then
        for policy in ${policies//,/ }; do
            grep --quiet --fixed-strings "$policy" "$work/check.log" || fail "$file: $policy is not among the findings"
        done
    fi
done <"$manifests/expected.tsv"
echo "$checked manifests checked one by one"

heading "the tests of the policy about images"
echo "\$ policy-check test $images"
"$bin/policy-check" test "$images" || fail "policy-check test $images ended with $?"

if [[ -t 0 && -t 1 ]]; then
    if [[ $failures -gt 0 ]]; then printf '\n%s of the results above are not the expected ones\n' "$failures"; fi
    heading "policy-webhook goes on serving on $listen; Ctrl-C stops it"
    cat <<HINT
Try, from another terminal:
    curl --cacert $work/ca.crt $url/readyz
    curl --cacert $work/ca.crt -H 'Content-Type: application/json' \\
        --data-binary @$reviews/03-public-load-balancer.json $url/validate | jq .response
    $bin/policy-check --policy policies $manifests/bad
    edit a file in policies/, and run \`make run\` again
HINT
    trap 'echo' INT
    wait "$server" || true
fi

code=0
if [[ -n $server ]]; then stop_server || code=$?; fi
if [[ $code -ne 0 ]]; then
    fail "policy-webhook ended with $code after SIGTERM; it said:"
    cat "$work/server.log"
fi
echo
if [[ $failures -gt 0 ]]; then
    echo "$failures of the results above are not the expected ones"
    exit 1
fi
echo "all $sent verdicts and $checked checks were the expected ones"
