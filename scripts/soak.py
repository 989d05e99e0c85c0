#!/usr/bin/env python3
"""Runs policy-webhook under load while things go wrong, and checks that nobody notices.

    scripts/soak.py --binary PATH [--seconds N] SCENARIO...

Each scenario starts a server of its own. A request fails when it gets no answer, or another verdict than the right one.
`soak` is the long one: constant load with reloads and rotations for --seconds (SOAK_SECONDS, else 600). `list` names all.
"""

import argparse
import atexit
import http.client
import json
import os
import pathlib
import re
import resource
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import threading
import time

ROOT = pathlib.Path(__file__).resolve().parent.parent
REVIEWS = ROOT / "testdata/admission-reviews"
DENIED = (REVIEWS / "05-pod-without-limits.json").read_bytes()
ALLOWED = (REVIEWS / "06-pod-with-limits.json").read_bytes()


def request(body, path="/validate?timeout=10s"):
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


class Failed(Exception):
    pass


def check(condition, message):
    if not condition:
        raise Failed(message)


def wait_for(what, condition, seconds=20):
    end = time.monotonic() + seconds
    while not condition():
        check(time.monotonic() < end, f"waited {seconds} s for {what}")
        time.sleep(0.02)


class Server:
    """One policy-webhook with policies and certificates mounted as a kubelet mounts them."""

    def __init__(self, binary, *arguments, stderr=None, policies=None, environment=None):
        self.directory = pathlib.Path(tempfile.mkdtemp(prefix="soak-"))
        self.generation = 0
        self.authorities = ""
        self.mount("policies", policies or self.shipped())
        self.rotate()
        self.log = self.directory / "server.log"
        self.own_log = stderr is None
        # The ports are in the log, so a server whose log goes elsewhere needs fixed ones.
        self.port = 0 if self.own_log else free_port()
        self.management = 0 if self.own_log else free_port()
        # Through `env`: libfaketime changes the environment of the first program that it is loaded into, and Swift finds a
        # program's arguments beside its environment.
        self.process = subprocess.Popen(
            [*(["env"] if environment else []), binary, "--policy", self.directory / "policies", "--listen", f"127.0.0.1:{self.port}",
             "--metrics-listen", f"127.0.0.1:{self.management}", "--tls-cert", self.directory / "tls/tls.crt",
             "--tls-key", self.directory / "tls/tls.key", "--reload-interval", "0.1", "--threads", "2", *arguments],
            stderr=stderr if stderr is not None else open(self.log, "wb"), env={**os.environ, **(environment or {})})
        atexit.register(self.process.kill)
        if self.own_log:
            wait_for("the server's start", lambda: self.find_ports() or self.process.poll() is not None)
        else:
            wait_for("the server's start", self.is_ready)
        check(self.process.poll() is None, f"the server did not start: {self.log.read_text() if self.own_log else None}")

    def shipped(self):
        return {path.name: path.read_text() for path in (ROOT / "policies").glob("*.yaml")}

    def find_ports(self):
        found = re.search(r'"address":"127.0.0.1:(\d+)","metricsAddress":"127.0.0.1:(\d+)"', self.log.read_text())
        if found:
            self.port, self.management = int(found[1]), int(found[2])
        return found is not None

    def is_ready(self):
        try:
            return self.get("/readyz")[0] == 200
        except OSError:
            return False

    def mount(self, name, files):
        """Writes files and swaps the link ..data to them, as the kubelet updates ConfigMaps and Secrets."""
        volume = self.directory / name
        self.generation += 1
        data = volume / f"..{self.generation}"
        data.mkdir(parents=True)
        for file, text in files.items():
            (data / file).write_text(text)
        old = os.readlink(volume / "..data") if (volume / "..data").is_symlink() else None
        os.symlink(data.name, volume / "..data_tmp")
        os.rename(volume / "..data_tmp", volume / "..data")
        for file in files:
            if not (volume / file).is_symlink():
                os.symlink(f"..data/{file}", volume / file)
        for link in volume.iterdir():
            if not link.name.startswith("..") and link.name not in files:
                link.unlink()
        if old:
            shutil.rmtree(volume / old)

    def rotate(self):
        made = self.directory / "made"
        subprocess.run([ROOT / "scripts/make-certificates.sh", made, "localhost", "127.0.0.1"], check=True)
        authority = (made / "ca.crt").read_text()
        # Clients trust both authorities before the server has the new certificate.
        self.authorities += authority
        self.last_authority = authority
        self.mount("tls", {"tls.crt": (made / "tls.crt").read_text(), "tls.key": (made / "tls.key").read_text()})

    def trust(self, authorities=None):
        context = ssl.create_default_context(cadata=authorities or self.authorities)
        context.check_hostname = False
        return context

    def connect(self, context=None):
        raw = socket.create_connection(("127.0.0.1", self.port), 20)
        return (context or self.trust()).wrap_socket(raw)

    def get(self, path):
        connection = http.client.HTTPConnection("127.0.0.1", self.management, timeout=20)
        try:
            connection.request("GET", path)
            answer = connection.getresponse()
            return answer.status, answer.read().decode()
        finally:
            connection.close()

    def metric(self, name):
        for line in self.get("/metrics")[1].splitlines():
            if line.startswith(name + " "):
                return float(line.split()[-1])
        raise Failed(f"no metric {name}")

    def rss_kb(self):
        status = pathlib.Path(f"/proc/{self.process.pid}/status").read_text()
        return int(re.search(r"VmRSS:\s+(\d+)", status)[1])

    def descriptors(self):
        return len(os.listdir(f"/proc/{self.process.pid}/fd"))

    def stop(self):
        if self.process.poll() is None:
            self.process.send_signal(signal.SIGTERM)
        try:
            status = self.process.wait(40)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise Failed("the server did not end after SIGTERM") from None
        shutil.rmtree(self.directory, ignore_errors=True)
        check(status == 0, f"the server ended with {status}")


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def read_answer(stream):
    line = stream.readline()
    if not line.startswith(b"HTTP/1.1 "):
        raise ConnectionError(f"no answer but {line[:60]!r}")
    length, closes = 0, False
    while header := stream.readline().strip().lower():
        if header.startswith(b"content-length:"):
            length = int(header[15:])
        closes = closes or header == b"connection: close"
    body = stream.read(length)
    if len(body) != length:
        raise ConnectionError("the answer is cut short")
    return int(line.split()[1]), body, closes


class Load:
    """Keep-alive connections that ask without pause; every tenth request on a fresh one."""

    def __init__(self, server, connections=8, body=DENIED, right=None, ends_with_server=False, fresh=200):
        self.server, self.body, self.fresh = server, body, fresh
        self.right = right or (lambda status, answer: status == 200 and b'"allowed":false' in answer)
        self.ends_with_server = ends_with_server
        self.stopping = threading.Event()
        self.failures, self.answered, self.latencies = [], 0, []
        self.lock = threading.Lock()
        self.threads = [threading.Thread(target=self.work, daemon=True) for _ in range(connections)]

    def __enter__(self):
        for thread in self.threads:
            thread.start()
        try:
            wait_for("the first answers", lambda: self.answered > 0 or self.failures)
        except Failed:
            self.stopping.set()
            raise
        return self

    def __exit__(self, *_):
        self.stop()

    def stop(self):
        self.stopping.set()
        for thread in self.threads:
            thread.join(30)

    def work(self):
        message = request(self.body)
        answered, latencies = 0, []
        try:
            while not self.stopping.is_set():
                try:
                    connection = self.server.connect()
                except (ConnectionError, ssl.SSLError, OSError):
                    if self.ends_with_server:
                        return
                    raise
                stream = connection.makefile("rb")
                for number in range(self.fresh):
                    began = time.monotonic()
                    connection.sendall(message)
                    status, answer, closes = read_answer(stream)
                    latencies.append(time.monotonic() - began)
                    if not self.right(status, answer):
                        raise Failed(f"status {status}: {answer[:300]!r}")
                    answered += 1
                    if number % 20 == 0:
                        with self.lock:
                            self.answered += answered
                            self.latencies += latencies
                        answered, latencies = 0, []
                    if closes or self.stopping.is_set():
                        break
                connection.close()
        except Exception as error:  # whatever it is, a request failed
            with self.lock:
                self.failures.append(repr(error))
        with self.lock:
            self.answered += answered
            self.latencies += latencies

    def take_p99(self):
        with self.lock:
            sample, self.latencies = sorted(self.latencies), []
        return sample[int(len(sample) * 0.99)] if sample else 0.0

    def verify(self):
        self.stop()
        check(not self.failures, f"{len(self.failures)} connections failed: {self.failures[:3]}")
        check(self.answered > 0, "nothing was answered")
        return f"{self.answered} requests, none failed"


def sigterm(options):
    """SIGTERM under load: every request that was sent is answered, then the server ends with 0"""
    server = Server(options.binary)
    with Load(server, ends_with_server=True) as load:
        time.sleep(0.5)
        server.process.send_signal(signal.SIGTERM)
        server.process.wait(40)
        said = load.verify()
    server.stop()
    return said


def rotation(options):
    """certificate and key rotated under load: nothing fails, and new connections get the new certificate"""
    server = Server(options.binary)
    with Load(server) as load:
        for _ in range(3):
            server.rotate()
            trust = server.trust(server.last_authority)

            def is_served():
                try:
                    server.connect(trust).close()
                    return True
                except ssl.SSLError:
                    return False

            wait_for("the new certificate", is_served)
        # A key that does not belong to the certificate: refused, and the one before stays.
        certificate = (server.directory / "tls/tls.crt").read_text()
        server.mount("tls", {"tls.crt": certificate, "tls.key": "no key"})
        wait_for("the refusal", lambda: server.metric("guardrail_certificate_current") == 0)
        server.connect(trust).close()
        said = load.verify()
    server.stop()
    return said


def policies(options):
    """set of policies broken and mended under load: no wrong verdict, and everything says so"""
    server = Server(options.binary)
    good = server.shipped()
    changed = {name: text.replace("every container and init container", "each container") for name, text in good.items()}
    with Load(server) as load:
        for _ in range(3):
            server.mount("policies", {**good, "broken.yaml": "kind: ValidatingAdmissionPolicy\napiVersion: nonsense\n"})
            wait_for("the refusal", lambda: server.metric("guardrail_policy_current") == 0)
            listing = json.loads(server.get("/policies")[1])
            check(listing["lastLoad"]["result"] == "refused" and listing["lastLoad"]["diagnostics"], "no diagnostics")
            check(len(listing["policies"]) == 4, "the set before is not in force")
            check(server.get("/readyz")[0] == 200, "a broken set must not take the server away")
            check("refused" in server.get("/readyz?verbose")[1], "the probe does not say so")
            server.mount("policies", changed)
            wait_for("the mended set", lambda: server.metric("guardrail_policy_current") == 1)
            connection = server.connect()
            connection.sendall(request(DENIED))
            check(b"each container needs" in read_answer(connection.makefile("rb"))[1], "the old set still judges")
            connection.close()
            server.mount("policies", {})
            wait_for("the refusal of nothing", lambda: server.metric("guardrail_policy_current") == 0)
            server.mount("policies", good)
            wait_for("the first set", lambda: server.metric("guardrail_policy_current") == 1)
        said = load.verify()
    server.stop()
    return said


def misbehaving(options):
    """clients that stop mid-body, half-close, send garbage or huge headers, beside a load that does not notice"""
    server = Server(options.binary)
    with Load(server) as load:
        held = []
        for _ in range(50):
            connection = server.connect()
            connection.sendall(request(DENIED)[:-10])
            held.append(connection)
            connection = server.connect()
            connection.sendall(request(DENIED)[:-10])
            connection.shutdown(socket.SHUT_WR)
            held.append(connection)
            raw = socket.create_connection(("127.0.0.1", server.port), 20)
            raw.sendall(os.urandom(2000))
            held.append(raw)
            connection = server.connect()
            try:
                connection.sendall(b"GET /readyz HTTP/1.1\r\nHost: h\r\n" + b"x: " + b"y" * 100_000 + b"\r\n\r\n")
                check(read_answer(connection.makefile("rb"))[0] == 431, "huge headers were not refused")
            except (ConnectionError, ssl.SSLError):
                pass
            connection.close()
        said = load.verify()
        for connection in held:
            connection.close()
    wait_for("the connections' end", lambda: server.metric("guardrail_connections") == 0)
    check(server.metric("guardrail_requests_in_flight") == 0, "requests are still counted as in flight")
    server.stop()
    return said


def connections(options):
    """10,000 connections: those above the bound are closed at once, those below are served"""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    count = min(options.connections, hard - 1000)
    resource.setrlimit(resource.RLIMIT_NOFILE, (min(hard, count + 500), hard))
    server = Server(options.binary)
    with Load(server, fresh=1_000_000) as load:
        held = [socket.create_connection(("127.0.0.1", server.port), 20) for _ in range(count)]
        def shed():
            lines = server.get("/metrics")[1].splitlines()
            return int([line for line in lines if 'reason="connections"' in line][0].split()[-1])

        # The kernel has accepted them all; the server comes to each in its turn.
        wait_for("connections above the bound to be shed", lambda: shed() >= min(count - 4200, count))
        said = load.verify()
        shed = shed()
        rss = server.rss_kb()
        for connection in held:
            connection.close()
    wait_for("the connections' end", lambda: server.metric("guardrail_connections") <= 1)
    server.stop()
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return f"{said}; {count} connections held, {shed} shed, RSS {rss} kB"


def descriptors(options):
    """out of file descriptors: open connections are served, reloads come later, and it recovers by itself"""
    server = Server(options.binary)
    with Load(server, connections=2, fresh=1_000_000) as load:
        held = []
        allowed = server.descriptors() + 10
        hard = resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE)[1]
        resource.prlimit(server.process.pid, resource.RLIMIT_NOFILE, (allowed, hard))
        for _ in range(60):
            raw = socket.create_connection(("127.0.0.1", server.port), 20)
            held.append(raw)
        time.sleep(1)
        for raw in held:
            raw.close()
        said = load.verify()
    wait_for("recovery", server.is_ready)
    connection = server.connect()
    connection.sendall(request(ALLOWED))
    check(b'"allowed":true' in read_answer(connection.makefile("rb"))[1], "it does not judge any more")
    connection.close()
    server.stop()
    return said


def full_disk(options):
    """log on a full disk: verdicts go on, and a metric counts the lost lines"""
    server = Server(options.binary, stderr=open("/dev/full", "wb"))
    with Load(server) as load:
        time.sleep(1)
        said = load.verify()
    check(server.metric("guardrail_log_lines_dropped_total") > 0, "lost lines are not counted")
    server.stop()
    return said


def record_full_disk(options):
    """--record to a disk that is full: verdicts go on, and a metric counts what was not recorded"""
    directory = pathlib.Path(tempfile.mkdtemp(prefix="recordings-"))
    # To the server, a disk that refuses is one that refuses: directories in the place of its files.
    for number in range(10):
        (directory / f"request-{number:05}.json.part").mkdir()
    server = Server(options.binary, "--record", directory, "--record-limit", "10")
    with Load(server) as load:
        time.sleep(1)
        said = load.verify()
    check(server.metric("guardrail_unrecorded_requests_total") > 0, "lost recordings are not counted")
    check(server.metric("guardrail_recorded_requests_total") == 0, "something was recorded")
    server.stop()
    return said


def stuck_log(options):
    """log whose reader stopped reading: verdicts go on"""
    reader, writer = os.pipe()
    server = Server(options.binary, stderr=writer)
    with Load(server) as load:
        time.sleep(5)
        said = load.verify()
    check(server.metric("guardrail_log_lines_dropped_total") > 0, "dropped lines are not counted")
    server.stop()
    os.close(reader)
    os.close(writer)
    return said


EXPENSIVE = """
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicy
metadata: {name: expensive}
spec:
  matchConstraints:
    resourceRules: [{apiGroups: [""], apiVersions: ["v1"], operations: ["*"], resources: ["pods"]}]
  validations:
    - expression: "[1,2,3,4,5,6,7,8,9,10].all(a, [1,2,3,4,5,6,7,8,9,10].all(b, [1,2,3,4,5,6,7,8,9,10].all(c, [1,2,3,4,5,6,7,8,9,10].all(d, [1,2,3,4,5,6,7,8,9,10].all(e, [1,2,3,4,5,6,7,8,9,10].all(f, [1,2,3,4,5,6,7,8,9,10].all(g, a + b + c + d + e + f + g > 0)))))))"
---
apiVersion: admissionregistration.k8s.io/v1
kind: ValidatingAdmissionPolicyBinding
metadata: {name: expensive}
spec: {policyName: expensive, validationActions: [Deny]}
"""


def cost_limit(options):
    """a policy at its cost limit at every request: denied as its failurePolicy says, in time, and probes answer"""
    server = Server(options.binary, policies={"expensive.yaml": EXPENSIVE})

    def right(status, answer):
        return status == 200 and b'"allowed":false' in answer and b"cost" in answer or status in (429, 503)

    with Load(server, body=ALLOWED, right=right) as load:
        for _ in range(10):
            began = time.monotonic()
            check(server.get("/livez")[0] == 200, "no probe")
            check(time.monotonic() - began < 5, "the probe took too long")
            time.sleep(0.1)
        said = load.verify()
        p99 = load.take_p99()
    server.stop()
    return f"{said}, p99 {p99 * 1000:.0f} ms"


def clock_jump(options):
    """the time of day jumps by years under load, forth and back: no request fails, and the certificate's end is seen"""
    library = next(iter(sorted(pathlib.Path("/usr/lib").glob("*/faketime/libfaketimeMT.so.1"))), None)
    if library is None:
        return "not tried: libfaketime is not installed (apt-get install libfaketime)"
    with tempfile.TemporaryDirectory() as directory:
        clock = pathlib.Path(directory) / "clock"

        def jump(offset):
            (clock.parent / "next").write_text(offset)
            os.rename(clock.parent / "next", clock)

        jump("+0d")
        # Only the time of day: the monotonic clock is one that does not jump.
        server = Server(options.binary, environment={
            "LD_PRELOAD": str(library), "FAKETIME_TIMESTAMP_FILE": str(clock), "FAKETIME_NO_CACHE": "1",
            "FAKETIME_DONT_FAKE_MONOTONIC": "1", "DONT_FAKE_MONOTONIC": "1"})
        left = server.metric("guardrail_certificate_expiry_seconds")
        with Load(server) as load:
            for offset, days in (("+3650d", 3650), ("-3650d", -3650), ("+1d", 1), ("+0d", 0)):
                jump(offset)
                wait_for(
                    f"the jump by {offset}",
                    lambda: abs(server.metric("guardrail_certificate_expiry_seconds") - (left - days * 86400)) < 120)
                before = load.answered
                wait_for("answers after it", lambda: load.answered > before + 200 or load.failures)
                check(server.get("/livez")[0] == 200, "the probe fails")
                # Reloads still happen: what is waited for is not the time of day.
                loads = server.metric("guardrail_policy_last_load_seconds")
                server.mount("policies", server.shipped())
                wait_for("a reload", lambda: server.metric("guardrail_policy_last_load_seconds") != loads)
            said = load.verify()
        check("the certificate has expired" in server.log.read_text(), "the log does not say that it has expired")
        server.stop()
    return said


def soak(options):
    """constant load with reloads and rotations: no error, RSS and descriptors flat, p99 steady"""
    server = Server(options.binary)
    good = server.shipped()
    with Load(server, connections=4, fresh=2000) as load:
        end = time.monotonic() + options.seconds
        warm = time.monotonic() + max(5, options.seconds * 0.2)
        base, rounds, p99s = None, 0, []
        while time.monotonic() < end and not load.failures:
            rounds += 1
            server.mount("policies", {**good, "broken.yaml": "nonsense: ["} if rounds % 2 else good)
            if rounds % 5 == 0:
                server.rotate()
                server.authorities = server.authorities[-20_000:][server.authorities[-20_000:].find("-----BEGIN"):]
            time.sleep(1)
            p99s.append(load.take_p99())
            if base is None and time.monotonic() >= warm:
                base = (server.rss_kb(), server.descriptors())
                p99s = []
        rss, open_descriptors = server.rss_kb(), server.descriptors()
        said = load.verify()
    server.stop()
    if base is None:
        return f"{said}; too short to compare memory"
    check(rss <= base[0] * 1.05, f"RSS grew from {base[0]} kB to {rss} kB")
    check(open_descriptors <= base[1] + 8, f"descriptors grew from {base[1]} to {open_descriptors}")
    p99s.sort()
    return (f"{said} in {options.seconds:.0f} s with {rounds} reloads; RSS {base[0]} kB, then {rss} kB; "
            f"descriptors {base[1]}, then {open_descriptors}; p99 of the median second "
            f"{p99s[len(p99s) // 2] * 1000:.1f} ms, of the worst {p99s[-1] * 1000:.1f} ms")


SCENARIOS = {
    "sigterm": sigterm, "rotation": rotation, "policies": policies, "misbehaving": misbehaving,
    "connections": connections, "descriptors": descriptors, "full-disk": full_disk, "record-full-disk": record_full_disk,
    "stuck-log": stuck_log, "clock-jump": clock_jump,
    "cost-limit": cost_limit, "soak": soak,
}


def main():
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--binary", help="the policy-webhook to run")
    parser.add_argument("--seconds", type=float, default=float(os.environ.get("SOAK_SECONDS", 600)))
    parser.add_argument("--connections", type=int, default=10_000, help="how many the scenario `connections` opens")
    parser.add_argument("scenarios", nargs="+", metavar="SCENARIO", choices=[*SCENARIOS, "all", "list"])
    options = parser.parse_args()
    if "list" in options.scenarios:
        for name, scenario in SCENARIOS.items():
            print(f"{name:12} {scenario.__doc__}")
        return 0
    if not options.binary:
        parser.error("--binary is needed")
    names = list(SCENARIOS) if "all" in options.scenarios else options.scenarios
    failures = 0
    for name in names:
        try:
            print(f"ok   {name}: {SCENARIOS[name](options)}", flush=True)
        except Failed as failure:
            failures += 1
            print(f"FAIL {name}: {failure}", flush=True)
    return 1 if failures else 0


sys.exit(main())
