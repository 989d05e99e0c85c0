#!/bin/sh
# Measures policy-webhook beside nginx (one worker, TLS, fixed reply of the same size) in one run, and prints ratios.
#
#   scripts/bench-webhook.sh BINARY [ARGUMENT…]
#
# ARGUMENTs go to the server, usually --policy PATH…; --listen, --tls-cert, --tls-key and --threads are added here.
# BENCH_SECONDS (10): length of each measurement. BENCH_BODY: the request, else the shared pod-7k-allowed.json found
# through GUARDRAIL_SHARED. BENCH_ROUNDS (1): rounds, in each of which every server is measured once.
set -eu

[ $# -ge 1 ] || { sed -n '2,8p' "$0" >&2; exit 2; }
binary=$1
shift
here=$(cd "$(dirname "$0")" && pwd)
shared=${GUARDRAIL_SHARED:-$here/../../shared}
BENCH_BODY=${BENCH_BODY:-$shared/bench/pod-7k-allowed.json}
export BENCH_BODY
seconds=${BENCH_SECONDS:-10}
rounds=${BENCH_ROUNDS:-1}
for tool in nginx wrk curl openssl; do
    command -v "$tool" >/dev/null || { echo "error: $tool is missing (apt-get install nginx-light wrk curl openssl)" >&2; exit 2; }
done
[ -r "$BENCH_BODY" ] || { echo "error: cannot read $BENCH_BODY (set BENCH_BODY or GUARDRAIL_SHARED)" >&2; exit 2; }

work=$(mktemp -d)
pids=
stop() {
    for pid in $pids; do kill "$pid" 2>/dev/null || true; done
    for pid in $pids; do wait "$pid" 2>/dev/null || true; done
    rm -rf "$work"
}
trap stop EXIT
trap 'exit 130' INT TERM

openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=localhost \
    -addext subjectAltName=DNS:localhost,IP:127.0.0.1 -keyout "$work/key.pem" -out "$work/cert.pem" 2>/dev/null

now_ms() { echo $(($(date +%s%N) / 1000000)); }
rss_kb() { awk '/^VmRSS/ { print $2 }' "/proc/$1/status"; }
value() { awk -v key="$2" '$1 == key { print $2 }' "$1"; }
post() {
    curl -sk --http1.1 -X POST -H 'Content-Type: application/json' --data-binary "@$BENCH_BODY" "https://127.0.0.1:$1/validate"
}
load() { # PORT SECONDS
    wrk -t2 -c8 -d"$2"s -s "$here/bench-webhook.lua" "https://127.0.0.1:$1/"
}

start_ours() { # NAME THREADS ARGUMENT…; sets pid, port, ready_ms
    log=$work/$1.log
    threads=$2
    shift 2
    began=$(now_ms)
    "$binary" "$@" --listen 127.0.0.1:0 --tls-cert "$work/cert.pem" --tls-key "$work/key.pem" --threads "$threads" 2>"$log" &
    pid=$!
    pids="$pids $pid"
    port=
    until [ -n "$port" ]; do
        kill -0 "$pid" 2>/dev/null || { cat "$log" >&2; exit 1; }
        port=$(sed -n 's/.*"address":"[^"]*:\([0-9]*\)".*/\1/p' "$log")
    done
    ready_ms=$(($(now_ms) - began))
}

start_ours one 1 "$@"
one_pid=$pid one_port=$port one_ready=$ready_ms
cores=$(nproc)
start_ours all "$cores" "$@"
all_pid=$pid all_port=$port all_ready=$ready_ms

# nginx answers with as many bytes as ours: its fixed reply is our own answer.
reply=$(post "$one_port" | tr -d '\n')
nginx_port=$((20000 + $$ % 20000))
cat >"$work/nginx.conf" <<EOF
daemon off;
worker_processes 1;
pid $work/nginx.pid;
error_log $work/nginx-error.log;
events { worker_connections 256; }
http {
    access_log off;
    keepalive_requests 1000000000;
    client_body_buffer_size 64k;
    client_body_temp_path $work/body;
    proxy_temp_path $work/proxy;
    fastcgi_temp_path $work/fastcgi;
    uwsgi_temp_path $work/uwsgi;
    scgi_temp_path $work/scgi;
    server {
        listen 127.0.0.1:$nginx_port ssl;
        ssl_certificate $work/cert.pem;
        ssl_certificate_key $work/key.pem;
        default_type application/json;
        location / { return 200 '$reply'; }
    }
}
EOF
nginx -c "$work/nginx.conf" -p "$work" 2>/dev/null &
pids="$pids $!"
until curl -sk -o /dev/null "https://127.0.0.1:$nginx_port/"; do sleep 0.05; done
[ "$(post "$nginx_port" | wc -c)" -eq "$(printf %s "$reply" | wc -c)" ] || { echo "error: the replies differ" >&2; exit 1; }

one_before=$(rss_kb "$one_pid")
all_before=$(rss_kb "$all_pid")
for server in nginx one all; do
    eval "load \$${server}_port 1" >/dev/null
done
round=1
while [ "$round" -le "$rounds" ]; do
    for server in nginx one all; do
        eval "load \$${server}_port $seconds" >"$work/$server.$round.txt"
    done
    round=$((round + 1))
done
one_after=$(rss_kb "$one_pid")
all_after=$(rss_kb "$all_pid")

printf '%-28s %10s %8s %8s %8s %6s %7s\n' server requests/s p50_us p99_us ratio p99x errors
round=1
while [ "$round" -le "$rounds" ]; do
    base=$work/nginx.$round.txt
    for server in nginx one all; do
        file=$work/$server.$round.txt
        case $server in nginx) name='nginx, 1 worker' ;; one) name='policy-webhook, 1 thread' ;; all) name="policy-webhook, $cores threads" ;; esac
        awk -v name="$name" -v rps="$(value "$file" requests_per_second)" -v p50="$(value "$file" p50_us)" \
            -v p99="$(value "$file" p99_us)" -v errors="$(value "$file" errors)" \
            -v base="$(value "$base" requests_per_second)" -v base99="$(value "$base" p99_us)" \
            'BEGIN { printf "%-28s %10d %8d %8d %8.2f %6.2f %7d\n", name, rps, p50, p99, rps / base, p99 / base99, errors }'
    done
    round=$((round + 1))
done
echo "reply: $(printf %s "$reply" | wc -c) bytes; request: $(wc -c <"$BENCH_BODY") bytes; $(nproc) cores"
echo "start to serving: $one_ready ms (1 thread), $all_ready ms ($cores threads)"
echo "RSS, 1 thread: $one_before kB before, $one_after kB after; $cores threads: $all_before kB before, $all_after kB after"
