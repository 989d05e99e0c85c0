-- wrk: POST one AdmissionReview; the last lines are "key value" pairs for bench-webhook.sh.
local file = assert(io.open(os.getenv("BENCH_BODY"), "rb"))
wrk.method = "POST"
wrk.path = "/validate?timeout=10s"
wrk.body = file:read("*a")
wrk.headers["Content-Type"] = "application/json"
wrk.headers["User-Agent"] = "kube-apiserver-admission"
wrk.headers["Accept-Encoding"] = "gzip"
file:close()

function done(summary, latency)
    io.write(string.format("requests_per_second %.0f\n", summary.requests / (summary.duration / 1e6)))
    io.write(string.format("p50_us %d\n", latency:percentile(50)))
    io.write(string.format("p99_us %d\n", latency:percentile(99)))
    local e = summary.errors
    io.write(string.format("errors %d\n", e.connect + e.read + e.write + e.status + e.timeout))
end
