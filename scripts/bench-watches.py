#!/usr/bin/env python3
"""Memory and start of policy-webhook with --kubernetes, beside an API server that has many Namespaces.

    scripts/bench-watches.py --binary PATH [--namespaces 5000] [--policies DIR] [--bar MB]

Prints a row of a table; ends with 1 where the bar is missed. The API server here knows lists in pages and watches that
bring a changed Namespace now and then, which is all that the measurement needs.
"""

import argparse
import http.server
import json
import pathlib
import re
import subprocess
import sys
import tempfile
import threading
import time
import urllib.parse
import urllib.request

ROOT = pathlib.Path(__file__).resolve().parent.parent


def namespace(number, version=1000):
    """As clusters have them: labels and annotations of a platform team, and what servers add."""
    name = f"team-{number % 97}-service-{number}"
    return {
        "metadata": {
            "name": name,
            "uid": f"00000000-0000-4000-8000-{number:012d}",
            "resourceVersion": str(version),
            "creationTimestamp": "2026-01-01T00:00:00Z",
            "labels": {
                "kubernetes.io/metadata.name": name,
                "team": f"team-{number % 97}",
                "environment": "production" if number % 3 else "staging",
                "pod-security.kubernetes.io/enforce": "restricted",
            },
            "annotations": {
                "owner": f"team-{number % 97}@example.com",
                "kubectl.kubernetes.io/last-applied-configuration": json.dumps(
                    {"apiVersion": "v1", "kind": "Namespace", "metadata": {"name": name, "labels": {"team": "x"}}}),
            },
            "managedFields": [{
                "manager": "kubectl-client-side-apply", "operation": "Update", "apiVersion": "v1",
                "time": "2026-01-01T00:00:00Z", "fieldsType": "FieldsV1",
                "fieldsV1": {"f:metadata": {"f:labels": {".": {}, "f:team": {}, "f:environment": {}}}},
            }],
        },
        "spec": {"finalizers": ["kubernetes"]},
        "status": {"phase": "Active"},
    }


class Server(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, count, changes):
        super().__init__(("127.0.0.1", 0), Handler)
        self.count, self.changes = count, changes


class Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"

    def log_message(self, *_):
        pass

    def answer(self, value, status=200):
        body = json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def do_GET(self):
        url = urllib.parse.urlparse(self.path)
        query = {key: values[0] for key, values in urllib.parse.parse_qs(url.query).items()}
        if url.path == "/api/v1":
            resource = {"name": "namespaces", "kind": "Namespace", "namespaced": False}
            return self.answer({"kind": "APIResourceList", "resources": [resource]})
        if url.path != "/api/v1/namespaces":
            return self.answer({"kind": "Status", "code": 404, "reason": "NotFound", "message": "not here"}, 404)
        if "watch" in query:
            return self.watch()
        start = int(query.get("continue", 0))
        end = min(start + int(query.get("limit") or self.server.count), self.server.count)
        metadata = {"resourceVersion": "1000"}
        if end < self.server.count:
            metadata["continue"] = str(end)
        self.answer({"kind": "NamespaceList", "metadata": metadata, "items": [namespace(n) for n in range(start, end)]})

    def watch(self):
        self.send_response(200)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        try:
            for change in range(self.server.changes):
                time.sleep(0.01)
                event = {"type": "MODIFIED", "object": namespace(change % self.server.count, 1001 + change)}
                line = json.dumps(event).encode() + b"\n"
                self.wfile.write(b"%x\r\n%s\r\n" % (len(line), line))
            time.sleep(3600)
        except OSError:
            pass


def resident(process, field):
    text = pathlib.Path(f"/proc/{process.pid}/status").read_text()
    return int(re.search(rf"{field}:\s+(\d+)", text)[1]) / 1024


def measure(arguments, directory):
    server = Server(arguments.namespaces, arguments.changes)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    kubeconfig = directory / "kubeconfig"
    kubeconfig.write_text(json.dumps({
        "apiVersion": "v1", "kind": "Config", "current-context": "c",
        "clusters": [{"name": "c", "cluster": {"server": f"http://127.0.0.1:{server.server_port}"}}],
        "users": [{"name": "u", "user": {}}], "contexts": [{"name": "c", "context": {"cluster": "c", "user": "u"}}],
    }))
    subprocess.run([ROOT / "scripts/make-certificates.sh", directory, "localhost"], check=True, capture_output=True)
    started = time.monotonic()
    with open(directory / "log", "w") as log:
        process = subprocess.Popen(
            [arguments.binary, "--policy", arguments.policies, "--kubernetes", "--kubeconfig", kubeconfig,
             "--listen", "127.0.0.1:0", "--metrics-listen", "127.0.0.1:0",
             "--tls-cert", directory / "tls.crt", "--tls-key", directory / "tls.key"],
            stderr=log)
    try:
        ready = None
        while ready is None:
            text = (directory / "log").read_text()
            if process.poll() is not None or time.monotonic() - started > 60:
                sys.exit(f"it does not become ready: {text}")
            if '"the Kubernetes API has been read"' in text:
                ready = time.monotonic() - started
            time.sleep(0.005)
        address = re.search(r'"metricsAddress":"([^"]+)"', text)[1]
        at_ready = resident(process, "VmRSS")
        time.sleep(arguments.changes * 0.012 + 3)
        with urllib.request.urlopen(f"http://{address}/metrics") as metrics:
            known = re.search(r'guardrail_watch_objects\{watch="Namespace"\} (\d+)', metrics.read().decode())[1]
        if int(known) != arguments.namespaces:
            sys.exit(f"it knows {known} Namespaces")
        return ready, at_ready, resident(process, "VmRSS"), resident(process, "VmHWM")
    finally:
        process.terminate()
        process.wait()
        server.shutdown()


def main():
    parser = argparse.ArgumentParser()
    parser.add_argument("--binary", required=True)
    parser.add_argument("--namespaces", type=int, default=5000)
    parser.add_argument("--changes", type=int, default=500, help="events of the watch, 10 ms apart")
    parser.add_argument("--policies", default=ROOT / "policies")
    parser.add_argument("--bar", type=float, default=40, help="MB after the changes")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory() as directory:
        ready, at_ready, after, peak = measure(arguments, pathlib.Path(directory))
    print(f"| {arguments.namespaces:,} Namespaces, {arguments.changes} changes | {ready:.2f} s | "
          f"{at_ready:.0f} MB | {after:.0f} MB | {peak:.0f} MB |")
    return 0 if after <= arguments.bar else 1


if __name__ == "__main__":
    sys.exit(main())
