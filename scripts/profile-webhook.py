#!/usr/bin/env python3
"""Where policy-webhook's time goes: processor time by stage, and what each thread takes.

    scripts/profile-webhook.py --binary PATH [--policies DIR] [--seconds 10] [--threads 2] [--body FILE]

Samples a release build with perf while wrk asks over 8 keep-alive TLS connections, and prints two tables. A sample belongs to
the innermost function on its stack that is of a known stage: reference counting and memory count for who wanted them. The
kernel's samples are apart. Needs perf (Debian: linux-perf), wrk and openssl.
"""

import argparse
import collections
import os
import pathlib
import re
import shutil
import subprocess
import sys
import tempfile
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent

# By mangled names (`$s`, then the module with its length) and by files of libraries; the first that fits counts.
STAGES = [
    ("kernel: sockets, epoll", lambda name, file: file.startswith("[") and "vdso" not in file),
    ("TLS", lambda name, file: "libssl" in file or "libcrypto" in file or has(name, "OpenSSLTLS")),
    ("encode", lambda name, file: re.search("encode|JSONWriter|AdmissionResponse", name) and has(name, *ENGINE, "PolicyWebhook")),
    ("decode", lambda name, file: "simdjson" in file or "simdjson" in name or has(name, "Documents")
        or (has(name, "Admission", "Values") and re.search("AdmissionReview|AdmissionRequest|RequestFields", name))),
    ("match", lambda name, file: re.search("MatchIndex|MatchResources|matches|LabelSelector|ResourceRule|Enforcement", name)
        and has(name, "PolicyEngine", "ValidatingAdmissionPolicies", "KyvernoPolicies", "Admission")),
    ("evaluate", lambda name, file: "re2" in file or has(name, *ENGINE)),
    ("HTTP", lambda name, file: has(name, "NIOHTTP1", "Webhook", "PolicyWebhook", "CNIOLLHTTP") or "llhttp" in name),
    ("event loop", lambda name, file: has(name, "NIOPosix", "NIOCore", "NIO", "NIOConcurrencyHelpers", "_NIOBase64")
        or name.startswith("CNIO") or name == "epoll_wait"),
]
ENGINE = ("PolicyEngine", "CEL", "KubernetesCEL", "ValidatingAdmissionPolicies", "KyvernoPolicies", "GatekeeperPolicies",
          "ImageVerification", "RegularExpressions", "Admission", "Values", "Documents")
ORDER = ["kernel: sockets, epoll", "TLS", "HTTP", "decode", "match", "evaluate", "encode", "event loop", "other"]


def has(name, *modules):
    """Whether a mangled name begins with one of the modules, or is an extension in one."""
    return any(name.startswith(f"$s{len(module)}{module}") for module in modules)


def stage(stack):
    for name, file in stack:
        for label, fits in STAGES:
            if fits(name, file):
                return label
    return "other"


def stacks(text):
    """The stacks of `perf script`, innermost first, as (symbol, file)."""
    stack = []
    for line in text.splitlines():
        if not line.strip():
            if stack:
                yield stack
            stack = []
            continue
        found = re.match(r"\s+[0-9a-f]+ (.*) \((.*)\)$", line)
        if found:
            stack.append((re.sub(r"\+0x[0-9a-f]+$", "", found[1]), os.path.basename(found[2]) if "/" in found[2] else found[2]))
    if stack:
        yield stack


def thread_times(pid):
    """Processor seconds of each thread, by name and number."""
    ticks = os.sysconf("SC_CLK_TCK")
    times = {}
    for task in pathlib.Path(f"/proc/{pid}/task").iterdir():
        text = (task / "stat").read_text()
        fields = text.rsplit(")", 1)[1].split()
        times[(text[text.index("(") + 1:text.rindex(")")], task.name)] = (int(fields[11]) + int(fields[12])) / ticks
    return times


def serve(arguments, directory):
    subprocess.run([ROOT / "scripts/make-certificates.sh", directory, "localhost"], check=True, capture_output=True)
    with open(directory / "log", "w") as log:
        process = subprocess.Popen(
            [arguments.binary, "--policy", arguments.policies, "--listen", "127.0.0.1:0", "--threads", str(arguments.threads),
             "--metrics-listen", "127.0.0.1:0", "--tls-cert", directory / "tls.crt", "--tls-key", directory / "tls.key"],
            stderr=log)
    for _ in range(500):
        found = re.search(r'"address":"[^"]*:(\d+)"', (directory / "log").read_text())
        if found:
            return process, int(found[1])
        time.sleep(0.02)
    process.kill()
    sys.exit(f"the server does not start: {(directory / 'log').read_text()}")


def load(port, seconds, body):
    output = subprocess.run(
        ["wrk", "-t2", "-c8", f"-d{seconds}s", "-s", ROOT / "scripts/bench-webhook.lua", f"https://127.0.0.1:{port}/"],
        env={**os.environ, "BENCH_BODY": str(body)}, check=True, capture_output=True, text=True).stdout
    values = dict(re.findall(r"^(requests_per_second|errors) (\d+)$", output, re.M))
    if int(values["errors"]):
        sys.exit(f"requests failed: {output}")
    return int(values["requests_per_second"])


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--policies", default=ROOT / "policies")
    parser.add_argument("--seconds", type=int, default=10)
    parser.add_argument("--threads", type=int, default=2)
    shared = os.environ.get("GUARDRAIL_SHARED", ROOT.parent / "shared")
    parser.add_argument("--body", default=pathlib.Path(shared) / "bench/pod-7k-allowed.json")
    arguments = parser.parse_args()
    for tool in ("perf", "wrk", "openssl"):
        if not shutil.which(tool):
            sys.exit(f"{tool} is missing (apt-get install linux-perf wrk openssl)")
    if not os.access(arguments.body, os.R_OK):
        sys.exit(f"cannot read {arguments.body} (set --body or GUARDRAIL_SHARED)")

    with tempfile.TemporaryDirectory() as name:
        directory = pathlib.Path(name)
        process, port = serve(arguments, directory)
        try:
            load(port, 2, arguments.body)
            before = thread_times(process.pid)
            started = time.monotonic()
            data = directory / "perf.data"
            perf = subprocess.Popen(
                ["perf", "record", "--freq", "1999", "--call-graph", "fp", "--pid", str(process.pid), "--output", data,
                 "--", "sleep", str(arguments.seconds)],
                stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
            rate = load(port, arguments.seconds, arguments.body)
            # wrk and perf end at about the same time; the time that threads took is over wrk's.
            elapsed = time.monotonic() - started
            after = thread_times(process.pid)
            errors = perf.communicate()[1]
            if perf.returncode:
                sys.exit(f"perf: {errors}")
        finally:
            process.terminate()
            process.wait()
        script = subprocess.run(
            ["perf", "script", "--no-demangle", "--fields", "ip,sym,dso", "--input", data], check=True, capture_output=True,
            text=True).stdout
    counts = collections.Counter(stage(stack) for stack in stacks(script))
    total = sum(counts.values())
    if total < 1000:
        sys.exit(f"only {total} samples: is this machine able to sample?")
    used = {key: after[key] - before.get(key, 0) for key in after}
    each = sum(used.values()) / (rate * elapsed) * 1e6
    print(f"{rate:,} requests/s with {arguments.threads} event loops, {each:.1f} us of processor time each; {total:,} samples\n")
    print("| stage | share | us a request |\n|---|---:|---:|")
    for label in ORDER:
        print(f"| {label} | {counts[label] / total:.1%} | {counts[label] / total * each:.1f} |")
    print("\n| thread | share of a core |\n|---|---:|")
    for (name, _), seconds in sorted(used.items(), key=lambda item: -item[1]):
        if seconds / elapsed >= 0.005:
            print(f"| {name} | {seconds / elapsed:.0%} |")
    idle = sum(1 for seconds in used.values() if seconds / elapsed < 0.005)
    print(f"| {idle} others | 0% |")


if __name__ == "__main__":
    main()
